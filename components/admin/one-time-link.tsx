import { CodeLine } from '../ui/code-line.tsx';
import { Notice } from '../ui/notice.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';

export type ShownLink = { email: string; url: string; expiresAt: Date };

/** A one-time link, which the page shows only once. */
export function OneTimeLink({ link: { email, url, expiresAt } }: { link: ShownLink }) {
  return (
    <Notice tone="success">
      <p>
        Send this link to {email} over a channel you trust. It sets a password once, and expires{' '}
        <TimeAgo date={expiresAt} />. It isn’t shown again.
      </p>
      <div className="mt-2 text-ink">
        <CodeLine code={url} label="Copy link" />
      </div>
    </Notice>
  );
}
