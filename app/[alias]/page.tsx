import type { Metadata } from 'next';
import { notFound, redirect } from 'next/navigation';
import { AvatarTile } from '#components/catalog/avatar-tile.tsx';
import { RepositoryRow } from '#components/catalog/repository-row.tsx';
import { ChoiceLinks } from '#components/ui/choice-links.tsx';
import { VerifiedBadge } from '#components/catalog/verified-badge.tsx';
import { feedLink, previewImageLink, publisherLink, reportLink } from '#components/links.ts';
import { Chip } from '#components/ui/chip.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { countOf } from '#components/ui/format-number.ts';
import { Pager } from '#components/ui/pager.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { getPublisherPage, type PublisherPage as Publisher } from '#lib/gallery/gallery-queries.ts';
import { aliasSchema } from '#lib/publishers/schema.ts';
import { getApp } from '#lib/app.ts';
import { previewMetadata } from '../_lib/frames/page-metadata.ts';
import { PublisherFollowButton } from './publisher-follow-button.tsx';
import { choiceParam, pageParam, textParam, type RawSearchParams } from '../_lib/search-params.ts';
import { SitePage } from '../_lib/frames/site-page.tsx';

const PAGE_SIZE = 25;
const SORTS = ['updated', 'pulls', 'name'] as const;
const SORT_LABELS = { updated: 'Recently pushed', pulls: 'Most pulled', name: 'Name' } as const;

type PublisherPageProps = { params: Promise<{ alias: string }>; searchParams: Promise<RawSearchParams> };

async function loadPublisher(alias: string): Promise<Publisher> {
  const publisher = aliasSchema.safeParse(alias).success ? await getPublisherPage(getApp(), alias) : null;
  return publisher ?? notFound();
}

export async function generateMetadata({ params }: PublisherPageProps): Promise<Metadata> {
  const { primaryAlias, displayName, repositoryCount } = await loadPublisher((await params).alias);
  const title = displayName ? `${displayName} (${primaryAlias})` : primaryAlias;
  const path = publisherLink(primaryAlias);
  const description = `${countOf(repositoryCount, 'public repository', 'public repositories')} of ${title}`;
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
  const q = textParam(query, 'q');
  const chosen = choiceParam(query, 'sort', SORTS);
  // Searches default to relevance.
  const sort = chosen ?? (q ? 'relevance' : 'updated');
  const page = pageParam(query);
  const link = (changes: { sort?: string; page?: number }) => {
    const order = changes.sort ?? chosen;
    return publisherLink(publisher.primaryAlias, {
      q,
      sort: order === 'updated' && !q ? null : order,
      page: changes.page === 1 ? null : changes.page,
    });
  };
  if (alias !== publisher.primaryAlias) redirect(link({ page }));
  const { hits, total } = await getApp().search.search({
    query: q,
    filters: { alias },
    sort,
    offset: (page - 1) * PAGE_SIZE,
    limit: PAGE_SIZE,
  });
  return (
    <SitePage>
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-3">
        <PublisherHeader publisher={publisher} />
        <PublisherFollowButton publisher={publisher} />
      </div>
      <div className="mt-6 mb-3 flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
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
          <button className="button">Search</button>
        </form>
        <ChoiceLinks current={sort} href={(value) => link({ sort: value })} labels={SORT_LABELS} values={SORTS} />
      </div>
      {hits.length === 0 ? (
        <EmptyState title={q ? `No repositories match “${q}”` : 'No public repositories yet'} />
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
      <p className="mt-8 text-sm">
        <a className="text-muted hover:text-ink" href={reportLink(publisher.primaryAlias)} rel="nofollow">
          Report this page
        </a>
        <a className="ml-4 text-muted hover:text-ink" href={feedLink({ alias: publisher.primaryAlias })}>
          New repositories feed
        </a>
      </p>
    </SitePage>
  );
}

function PublisherHeader({ publisher }: { publisher: Publisher }) {
  const { displayName, primaryAlias, otherAliases, verification, isDemo } = publisher;
  return (
    <header className="flex gap-4">
      <AvatarTile logoId={publisher.logoId} name={displayName || primaryAlias} size="large" />
      <div className="min-w-0">
        <h1 className="flex flex-wrap items-center gap-x-2.5 text-xl font-semibold">
          <span className="font-mono break-words">{primaryAlias}</span>
          {verification && <VerifiedBadge verification={verification} />}
          {isDemo && <DemoChip />}
        </h1>
        {displayName && (
          <p className="text-muted" dir="auto">
            {displayName}
          </p>
        )}
        <dl className="mt-2 flex flex-wrap gap-x-5 gap-y-1 text-sm text-muted tabular-nums">
          <div>
            <dt className="sr-only">Public repositories</dt>
            <dd>{countOf(publisher.repositoryCount, 'public repository', 'public repositories')}</dd>
          </div>
          <div>
            <dt className="sr-only">Pulls</dt>
            <dd>{countOf(publisher.pullCount, 'pull')}</dd>
          </div>
          <div>
            <dt className="sr-only">Since</dt>
            <dd>
              Joined <TimeAgo date={publisher.createdAt} />
            </dd>
          </div>
          {otherAliases.length > 0 && (
            <div>
              <dt className="inline">Also </dt>
              <dd className="inline font-mono text-ink">{otherAliases.join(', ')}</dd>
            </div>
          )}
        </dl>
      </div>
    </header>
  );
}

function DemoChip() {
  return (
    <Chip title="Sample content that shows what a gallery looks like" tone="warning">
      Demo
    </Chip>
  );
}
