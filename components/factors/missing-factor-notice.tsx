import { SECURITY } from '../links.ts';
import { Notice } from '../ui/notice.tsx';

/** For reviewers and admins without the second factor that the site requires. */
export function MissingFactorNotice({ hasLink }: { hasLink: boolean }) {
  return (
    <div className="mt-4 max-w-2xl">
      <Notice tone="warning">
        This site requires a second factor for reviewers and admins. Until you add one, you can’t use the review and
        admin pages.{' '}
        {hasLink && (
          <a className="link" href={SECURITY}>
            Add a second factor
          </a>
        )}
      </Notice>
    </div>
  );
}
