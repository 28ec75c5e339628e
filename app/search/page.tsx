import type { Metadata } from 'next';
import { cookies } from 'next/headers';
import { redirect } from 'next/navigation';
import { CLIENT_COOKIE } from '#components/pulls/pull-box.tsx';
import { RepositoryRow } from '#components/catalog/repository-row.tsx';
import { CategoryLinks } from '#components/home/category-links.tsx';
import { hasFilters } from '#components/search/filter-groups.ts';
import { RememberedOrder } from '#components/search/remembered-order.tsx';
import { AppliedFilters, SearchFilterForm } from '#components/search/search-filters.tsx';
import { ResultNotes } from '#components/search/result-notes.tsx';
import { ChoiceLinks } from '#components/ui/choice-links.tsx';
import { repositoryLink, searchLink } from '#components/links.ts';
import { ResultKeys } from '#components/search/result-keys.tsx';
import { SearchField } from '#components/site/search-field.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { countOf, formatCount } from '#components/ui/format-number.ts';
import { Icon } from '#components/ui/icon.tsx';
import { Kbd } from '#components/ui/kbd.tsx';
import { Pager } from '#components/ui/pager.tsx';
import { MAX_COUNTED, MAX_REACHABLE, SORTS, type SearchHit } from '#lib/search/schema.ts';
import { findPastedReference } from '#lib/gallery/find-pasted-reference.ts';
import { getApp } from '#lib/app.ts';
import { getPullAddress } from '../_lib/repository/pull-address.ts';
import { filtersOf, parseSearch, SORT_COOKIE, type RawSearchParams, type Search } from '../_lib/search-params.ts';
import { SitePage } from '../_lib/frames/site-page.tsx';

const PAGE_SIZE = 25;
const SORT_LABELS = {
  relevance: 'Best match',
  pulls: 'Most pulled',
  stars: 'Most starred',
  updated: 'Recently pushed',
  name: 'Name',
} as const;

type SearchPageProps = { searchParams: Promise<RawSearchParams> };

export async function generateMetadata({ searchParams }: SearchPageProps): Promise<Metadata> {
  const search = parseSearch(await searchParams);
  const { q } = search;
  return { title: q ? `“${q}”` : hasFilters(search) ? 'Search' : 'Explore', robots: { index: false } };
}

export default async function SearchPage({ searchParams }: SearchPageProps) {
  const remembered = (await cookies()).get(SORT_COOKIE)?.value;
  const search = parseSearch(await searchParams, remembered);
  const { q: query, sort, page, ...chosen } = search;
  const filters = filtersOf(search);
  const app = getApp();
  const [pasted, result, facets] = await Promise.all([
    findPastedReference(app, query),
    app.search.search({ query, filters, sort, offset: (page - 1) * PAGE_SIZE, limit: PAGE_SIZE }),
    app.search.countFacets({ query, filters }),
  ]);
  const [onlyPasted] = pasted;
  if (onlyPasted && pasted.length === 1) redirect(repositoryLink(onlyPasted));
  const { hits, total } = result;
  const isExploring = query === '' && !hasFilters(search) && page === 1;
  const reachable = Math.min(total, MAX_REACHABLE);
  if (hits.length === 0 && total > 0) redirect(searchLink({ ...search, page: Math.ceil(reachable / PAGE_SIZE) }));
  return (
    <SitePage hasSearch={false}>
      <h1 className={isExploring ? 'mb-4 text-2xl font-semibold' : 'sr-only'}>
        {isExploring ? 'Explore' : query ? `Search results for ${query}` : 'Search'}
      </h1>
      <SearchField hidden={{ ...chosen, sort: sort === 'relevance' ? undefined : sort }} isLarge query={query} />
      {isExploring && (
        <div className="mt-6">
          <CategoryLinks
            categories={facets.category.map(({ value, count }) => ({ category: value, repositories: count }))}
          />
        </div>
      )}
      <div className="mt-6 grid gap-6 md:grid-cols-[11rem_1fr]">
        <aside aria-label="Filters" className="hidden md:block">
          <SearchFilterForm facets={facets} search={search} />
        </aside>
        <details className="group rounded-lg border border-line px-3 md:hidden">
          <summary className="flex min-h-11 items-center gap-1.5 font-medium">
            <Icon className="group-open:rotate-90" name="chevron" size={14} />
            Filters
          </summary>
          <div className="pb-3">
            <SearchFilterForm facets={facets} search={search} />
          </div>
        </details>
        <section aria-label="Results" className="min-w-0">
          <div className="mb-3 flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
            <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
              <p className="tabular-nums" role="status">
                {total > MAX_COUNTED && 'More than '}
                {countOf(Math.min(total, MAX_COUNTED), 'repository', 'repositories')}
              </p>
              <AppliedFilters search={search} />
            </div>
            <RememberedOrder cookie={SORT_COOKIE}>
              <ChoiceLinks
                current={sort}
                href={(value) => searchLink({ ...search, sort: value, page: 1 })}
                labels={SORT_LABELS}
                values={SORTS}
              />
            </RememberedOrder>
          </div>
          <ResultNotes pasted={pasted} result={result} search={search} />
          {hits.length === 0 ? <NoResults search={search} /> : <Results hits={hits} query={query} />}
          <Pager
            href={(to) => searchLink({ ...search, page: to })}
            label="Pages of results"
            page={page}
            pageSize={PAGE_SIZE}
            total={reachable}
          />
          {total > reachable && page * PAGE_SIZE >= reachable && (
            <p className="pt-3 text-sm text-muted">
              Only the first {formatCount(reachable)} results are shown. Add a word or a filter to narrow the search.
            </p>
          )}
        </section>
      </div>
    </SitePage>
  );
}

async function Results({ hits, query }: { hits: SearchHit[]; query: string }) {
  const client = (await cookies()).get(CLIENT_COOKIE)?.value;
  return (
    <ResultKeys client={client} {...await getPullAddress()}>
      <ul className="rounded-lg border border-line">
        {hits.map((hit) => (
          <RepositoryRow hit={hit} key={`${hit.alias}/${hit.name}`} query={query} />
        ))}
      </ul>
      <p className="needs-script hidden pt-2 text-xs text-muted lg:block">
        <Kbd>j</Kbd> and <Kbd>k</Kbd> move between results, <Kbd>c</Kbd> copies the pull command
      </p>
    </ResultKeys>
  );
}

function NoResults({ search }: { search: Search }) {
  return (
    <EmptyState title={search.q ? `No results for “${search.q}”` : 'No results for these filters'}>
      <ul className="list-disc pl-5">
        {hasFilters(search) && (
          <li>
            <a className="link" href={searchLink({ q: search.q })}>
              Remove the filters
            </a>
          </li>
        )}
        {search.q && <li>Try fewer or shorter words, or a part of the name such as “proxy”.</li>}
        <li>Search finds only public repositories that have an image.</li>
        <li>
          <a className="link" href={searchLink({ sort: 'pulls' })}>
            Browse the most pulled repositories
          </a>
        </li>
      </ul>
    </EmptyState>
  );
}
