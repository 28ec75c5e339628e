import type { Metadata } from 'next';
import { notFound, redirect } from 'next/navigation';
import { cache } from 'react';
import { KIND_LABELS } from '#components/catalog/kind.ts';
import { RepositoryCards } from '#components/catalog/repository-cards.tsx';
import { RepositoryRow } from '#components/catalog/repository-row.tsx';
import { ChoiceLinks } from '#components/ui/choice-links.tsx';
import { PublisherHeader } from '#components/publisher/publisher-header.tsx';
import { PublisherPullChart } from '#components/publisher/publisher-pull-chart.tsx';
import { feedLink, previewImageLink, publisherLink, reportLink } from '#components/links.ts';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { countOf, formatCount } from '#components/ui/format-number.ts';
import { Pager } from '#components/ui/pager.tsx';
import { TabNav } from '#components/ui/tab-nav.tsx';
import { getPublisherPage, type PublisherPage as Publisher } from '#lib/gallery/gallery-queries.ts';
import { loadPublisherActivity, type PublisherActivity } from '#lib/gallery/publisher/load-publisher-activity.ts';
import { aliasSchema } from '#lib/publishers/schema.ts';
import { getApp } from '#lib/app.ts';
import { KINDS, type Kind, type SearchResult } from '#lib/search/schema.ts';
import { previewMetadata } from '../_lib/frames/page-metadata.ts';
import { PublisherFollowButton } from './publisher-follow-button.tsx';
import { choiceParam, pageParam, textParam, type RawSearchParams } from '../_lib/search-params.ts';
import { SitePage } from '../_lib/frames/site-page.tsx';

const PAGE_SIZE = 25;
const SORTS = ['updated', 'pulls', 'stars', 'name'] as const;
const SORT_LABELS = { updated: 'Recently pushed', pulls: 'Most pulled', stars: 'Most starred', name: 'Name' } as const;

type PublisherPageProps = { params: Promise<{ alias: string }>; searchParams: Promise<RawSearchParams> };

/** Once per request, for the metadata and the page. */
const loadPublisher = cache(async (alias: string): Promise<Publisher> => {
  const publisher = aliasSchema.safeParse(alias).success ? await getPublisherPage(getApp(), alias) : null;
  return publisher ?? notFound();
});

export async function generateMetadata({ params }: PublisherPageProps): Promise<Metadata> {
  const { primaryAlias, displayName, repositoryCount, profile } = await loadPublisher((await params).alias);
  const title = displayName ? `${displayName} (${primaryAlias})` : primaryAlias;
  const path = publisherLink(primaryAlias);
  const totals = `${countOf(repositoryCount, 'public repository', 'public repositories')} of ${title}`;
  const description = profile.bio.replaceAll(/\s+/g, ' ') || totals;
  const image = previewImageLink({ alias: primaryAlias, version: repositoryCount });
  return {
    ...previewMetadata({ title, description, path, image }),
    title,
    alternates: {
      canonical: path,
      types: { 'application/atom+xml': [{ url: feedLink({ alias: primaryAlias }), title: 'New repositories' }] },
    },
  };
}

export default async function PublisherPage({ params, searchParams }: PublisherPageProps) {
  const { alias } = await params;
  const query = await searchParams;
  const publisher = await loadPublisher(alias);
  const list = readList(query);
  const link = (changes: Partial<ListState>) => listLink(publisher.primaryAlias, { ...list, page: 1, ...changes });
  if (alias !== publisher.primaryAlias) redirect(link({ page: list.page }));
  const [{ pins, kinds, pullDays, pullsThisWeek }, result] = await Promise.all([
    loadPublisherActivity(getApp(), { registryKey: publisher.id }),
    searchList(alias, list),
  ]);
  const isFirst = list.q === '' && list.kind === null && list.page === 1;
  return (
    <SitePage>
      <PublisherHeader
        buttons={<PublisherFollowButton publisher={publisher} />}
        publisher={publisher}
        pullsThisWeek={pullsThisWeek}
      />
      <div className="mt-6 grid gap-x-8 gap-y-6 lg:grid-cols-[minmax(0,1fr)_18rem]">
        <div className="min-w-0">
          {isFirst && <RepositoryCards hits={pins} title="Pinned" />}
          <KindTabs kinds={kinds} link={link} list={list} />
          <RepositoryList alias={alias} link={link} list={list} result={result} />
        </div>
        <aside aria-label="Pulls" className="min-w-0 lg:border-l lg:border-line lg:pl-6">
          <PublisherPullChart days={pullDays} />
          <ul className="mt-6 flex flex-wrap gap-x-4 gap-y-1 text-sm lg:flex-col">
            <li>
              <a className="text-muted hover:text-ink" href={feedLink({ alias: publisher.primaryAlias })}>
                New repositories feed
              </a>
            </li>
            <li>
              <a className="text-muted hover:text-ink" href={reportLink(publisher.primaryAlias)} rel="nofollow">
                Report this page
              </a>
            </li>
          </ul>
        </aside>
      </div>
    </SitePage>
  );
}

/** What the URL says about the list of repositories. */
type ListState = { q: string; kind: Kind | null; sort: (typeof SORTS)[number] | null; page: number };
type ListLink = (changes: Partial<ListState>) => string;

function readList(query: RawSearchParams): ListState {
  return {
    q: textParam(query, 'q'),
    kind: choiceParam(query, 'kind', KINDS) ?? null,
    sort: choiceParam(query, 'sort', SORTS) ?? null,
    page: pageParam(query),
  };
}

/** Searches default to relevance, so only then is the default order of lists a choice. */
function listLink(alias: string, { q, kind, sort, page }: ListState): string {
  return publisherLink(alias, {
    q,
    kind,
    sort: sort === 'updated' && !q ? null : sort,
    page: page === 1 ? null : page,
  });
}

type ListProps = { list: ListState; link: ListLink };

/** Renders nothing for a publisher of one kind only. */
function KindTabs({ kinds, list, link }: ListProps & Pick<PublisherActivity, 'kinds'>) {
  if (kinds.length < 2 && list.kind === null) return null;
  const total = kinds.reduce((sum, { count }) => sum + count, 0);
  const tab = (kind: Kind | null, text: string, count: number) => ({
    text,
    href: link({ kind }),
    isCurrent: kind === list.kind,
    count: formatCount(count),
  });
  const tabs = [tab(null, 'All', total), ...kinds.map(({ kind, count }) => tab(kind, KIND_LABELS[kind].many, count))];
  return (
    <div className="mt-6 first:mt-0">
      <TabNav label="Kinds" tabs={tabs} />
    </div>
  );
}

function sortOf({ q, sort }: ListState) {
  return sort ?? (q ? 'relevance' : 'updated');
}

function searchList(alias: string, list: ListState): Promise<SearchResult> {
  const { q, kind, page } = list;
  return getApp().search.search({
    query: q,
    filters: { alias, kind: kind ?? undefined },
    sort: sortOf(list),
    offset: (page - 1) * PAGE_SIZE,
    limit: PAGE_SIZE,
  });
}

function RepositoryList({ alias, list, link, result }: ListProps & { alias: string; result: SearchResult }) {
  const { q, kind, page } = list;
  const { hits, total } = result;
  return (
    <>
      <div className="mt-4 mb-3 flex flex-wrap items-center justify-between gap-x-4 gap-y-2 first:mt-0">
        <form action={publisherLink(alias)} aria-label={alias} className="flex w-full gap-2 sm:w-auto" role="search">
          <label className="min-w-0 flex-1">
            <span className="sr-only">Search in {alias}</span>
            <input
              className="control sm:w-64"
              defaultValue={q}
              name="q"
              placeholder={`Search in ${alias}`}
              type="search"
            />
          </label>
          {kind && <input name="kind" type="hidden" value={kind} />}
          <button className="button">Search</button>
        </form>
        <ChoiceLinks
          current={sortOf(list)}
          href={(value) => link({ sort: value })}
          labels={SORT_LABELS}
          values={SORTS}
        />
      </div>
      {hits.length === 0 ? (
        <EmptyState title={emptyTitle(list)} />
      ) : (
        <ul className="rounded-lg border border-line">
          {hits.map((hit) => (
            <RepositoryRow hit={hit} key={hit.name} query={q} />
          ))}
        </ul>
      )}
      <Pager
        href={(to) => link({ page: to })}
        label="Pages of repositories"
        page={page}
        pageSize={PAGE_SIZE}
        total={total}
      />
    </>
  );
}

function emptyTitle({ q, kind }: ListState): string {
  if (q) return `No repositories match “${q}”`;
  return kind ? 'No repositories of this kind' : 'No public repositories yet';
}
