import { ALIASES } from '../links.ts';
import { Notice } from '../ui/notice.tsx';

/** Whether others see a registry's name, and what to do when they don't. */
export function BrandingNotice({ isShown, alias }: { isShown: boolean; alias: string }) {
  if (isShown) {
    return <p className="text-sm text-muted">The gallery shows this beside {alias}.</p>;
  }
  return (
    <Notice tone="warning">
      Only members and reviewers see this: the gallery shows the names of verified publishers, and of others just the
      alias, here {alias}.{' '}
      <a className="link" href={ALIASES}>
        Prove a domain to become verified
      </a>
      ; what you write here is kept until then.
    </Notice>
  );
}
