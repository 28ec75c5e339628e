import { EmptyState } from '../ui/empty-state.tsx';

type NoTagsProps = {
  /** Whether the list shows attachments and build caches instead of tags. */
  isAttached: boolean;
  /** The filter, or empty. */
  query: string;
  /** URL of the unfiltered list. */
  allHref: string;
};

/** The empty state of a tag list. */
export function NoTags({ isAttached, query, allHref }: NoTagsProps) {
  if (query !== '') {
    const what = isAttached ? 'attachment' : 'tag';
    return (
      <EmptyState title={query.includes(':') ? `No ${what} points to “${query}”` : `No ${what} contains “${query}”`}>
        <a className="link" href={allHref}>
          Show all {what}s
        </a>
      </EmptyState>
    );
  }
  if (isAttached) {
    return (
      <EmptyState title="No attachments or build caches">
        Signatures, attestations and SBOMs appear here once a client such as cosign pushes them.
      </EmptyState>
    );
  }
  return <EmptyState title="No tags">Pull images by digest. The pull command above has the newest one.</EmptyState>;
}
