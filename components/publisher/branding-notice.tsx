import type { NameState } from '#lib/repositories/queries.ts';
import { ALIASES } from '../links.ts';
import { Notice } from '../ui/notice.tsx';

type BrandingNoticeProps = { isShown: boolean; isVerified: boolean; nameState: NameState; alias: string };

const WAITING: Record<Exclude<NameState, 'approved'>, string> = {
  in_review: 'The name could be mistaken for another publisher’s, so a reviewer checks it first.',
  declined: 'A reviewer declined this name. Choose another one.',
};

/** Says whether others see the registry's name, and what to do if they don't. */
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
          Only members and reviewers see this name. The gallery shows names of verified publishers only, and the alias
          of others, here {alias}.{' '}
          <a className="link" href={ALIASES}>
            Verify a domain to become a verified publisher
          </a>
          .
        </>
      )}
    </Notice>
  );
}
