import { TimeAgo } from '../ui/time-ago.tsx';

/** Where a fetched README comes from, and when it was fetched. */
export function ReadmeOrigin({ url, fetchedAt }: { url: string; fetchedAt: Date }) {
  return (
    <p className="mt-6 text-sm text-muted">
      README from{' '}
      <a className="link wrap-anywhere" href={url} rel="nofollow ugc noopener noreferrer">
        {url.replace(/^https?:\/\//, '')}
      </a>
      , fetched <TimeAgo date={fetchedAt} />
    </p>
  );
}
