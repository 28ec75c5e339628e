import { EmptyState } from '../ui/empty-state.tsx';

type NoTagsProps = {
  /** Attachments and build caches were asked for, instead of tags that can be pulled. */
  isAttached: boolean;
  /** What the list is filtered by; empty: nothing. */
  query: string;
  /** The list without the filter. */
  allHref: string;
};

/** Stands in the place of a list of tags that is empty. */
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
        Signatures, attestations and SBOMs show here once a client such as cosign pushes them.
      </EmptyState>
    );
  }
  return <EmptyState title="No tags">Pull images by digest. The pull command above has the newest one.</EmptyState>;
}
