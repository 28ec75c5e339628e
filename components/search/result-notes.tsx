import type { SearchResult } from '#lib/search/schema.ts';
import { repositoryLink, searchLink, type RepositoryLink, type SearchLink } from '../links.ts';
import { Notice } from '../ui/notice.tsx';

type ResultNotesProps = {
  search: SearchLink;
  result: Pick<SearchResult, 'correction' | 'isPartial' | 'isFallback'>;
  /** Repositories that the query itself names. */
  pasted: RepositoryLink[];
};

/** Notes above the results. */
export function ResultNotes({ search, result: { correction, isPartial, isFallback }, pasted }: ResultNotesProps) {
  return (
    <div className="mb-3 flex flex-col gap-2 empty:hidden">
      {isFallback && (
        <Notice tone="warning">
          The search engine is unavailable, so these results may be incomplete. Reload in a minute.
        </Notice>
      )}
      {pasted.length > 0 && (
        <section aria-label="Repositories with this digest" className="rounded-lg border border-line p-3">
          <p className="font-medium">This digest is in:</p>
          <ul className="mt-1 list-disc pl-5">
            {pasted.map((link) => (
              <li key={`${link.alias}/${link.name}`}>
                <a className="link font-mono text-sm break-all" href={repositoryLink(link)}>
                  {link.alias}/{link.name}
                </a>
              </li>
            ))}
          </ul>
        </section>
      )}
      {correction !== null && (
        <p>
          Did you mean{' '}
          <a className="link font-semibold" href={searchLink({ ...search, q: correction, page: 1 })}>
            {correction}
          </a>
          ?
        </p>
      )}
      {isPartial && <p className="text-muted">No repository matches all of these words. These match some of them:</p>}
    </div>
  );
}
