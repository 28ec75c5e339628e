import type { NameState } from '#lib/repositories/queries.ts';
import { ALIASES } from '../links.ts';
import { Notice } from '../ui/notice.tsx';

type BrandingNoticeProps = { isShown: boolean; isVerified: boolean; nameState: NameState; alias: string };

const WAITING: Record<Exclude<NameState, 'approved'>, string> = {
  in_review: 'The name could be taken for somebody else’s. A reviewer looks at it first.',
  declined: 'A reviewer declined this name. Choose another one.',
};

/** Whether others see a registry's name, and what to do when they don't. */
export function BrandingNotice({ isShown, isVerified, nameState, alias }: BrandingNoticeProps) {
  if (isShown) {
    return <p className="text-sm text-muted">The gallery shows this beside {alias}.</p>;
  }
  return (
    <Notice tone="warning">
      {nameState !== 'approved' && `${WAITING[nameState]} `}
      {isVerified ? (
        <>Until then the gallery shows the alias {alias}.</>
      ) : (
        <>
          Only members and reviewers see this: the gallery shows the names of verified publishers, and of others just
          the alias, here {alias}.{' '}
          <a className="link" href={ALIASES}>
            Prove a domain to become verified
          </a>
          .
        </>
      )}
    </Notice>
  );
}
