import { CompactRow, ListPanel } from '#components/catalog/compact-row.tsx';
import { PushGuide } from '#components/tags/push-guide.tsx';
import { HOME, publisherLink, repositoryLink, searchLink } from '#components/links.ts';
import { SearchField } from '#components/site/search-field.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { countOf } from '#components/ui/format-number.ts';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { KIND_LABELS } from '#components/catalog/kind.ts';
import { listNewPublishers } from '#lib/gallery/gallery-queries.ts';
import { KINDS, type SearchHit, type Sort } from '#lib/search/schema.ts';
import type { Metadata } from 'next';
import type { ReactNode } from 'react';
import { getApp } from '#lib/app.ts';
import { getPullAddress } from './_lib/repository/pull-address.ts';
import { SitePage } from './_lib/frames/site-page.tsx';

const ROWS = 6;

export const metadata: Metadata = { alternates: { canonical: HOME } };

export default async function HomePage() {
  const app = getApp();
  const list = (sort: Sort) => app.search.search({ query: '', filters: {}, sort, offset: 0, limit: ROWS });
  const [recent, popular, publishers] = await Promise.all([
    list('updated'),
    list('pulls'),
    listNewPublishers(app, { limit: ROWS }),
  ]);
  return (
    <SitePage hasSearch={false}>
      <div className="mx-auto max-w-2xl pt-8 pb-10 sm:pt-14">
        <h1 className="mb-4 text-xl font-semibold tracking-tight sm:text-2xl">Find a container image</h1>
        <SearchField isLarge />
        {recent.total > 0 && (
          <ul className="mt-3 flex flex-wrap gap-x-4 gap-y-1 text-sm">
            {KINDS.map((kind) => (
              <li key={kind}>
                <a className="link" href={searchLink({ kind })}>
                  {KIND_LABELS[kind].many}
                </a>
              </li>
            ))}
            <li>
              <a className="link" href={searchLink({})}>
                All {countOf(recent.total, 'repository', 'repositories')}
              </a>
            </li>
          </ul>
        )}
      </div>
      {recent.total === 0 ? (
        <EmptyGallery />
      ) : (
        <div className="grid gap-8 lg:grid-cols-3">
          <RepositoryList
            hits={recent.hits}
            meta={(hit) => (
              <>
                pushed <TimeAgo date={hit.pushedAt} />
              </>
            )}
            sort="updated"
            title="Recently pushed"
          />
          <RepositoryList
            hits={popular.hits}
            meta={(hit) => countOf(hit.pullCount, 'pull')}
            sort="pulls"
            title="Most pulled"
          />
          <ListPanel title="New publishers">
            {publishers.map(({ alias, displayName, logoId, repositoryCount, createdAt }) => (
              <CompactRow
                href={publisherLink(alias)}
                key={alias}
                logoId={logoId}
                meta={
                  <>
                    {displayName && `${displayName} · `}
                    {countOf(repositoryCount, 'repository', 'repositories')} · <TimeAgo date={createdAt} />
                  </>
                }
                tileName={displayName || alias}
                title={<span className="font-semibold">{alias}</span>}
              />
            ))}
          </ListPanel>
        </div>
      )}
    </SitePage>
  );
}

type RepositoryListProps = { title: string; sort: Sort; hits: SearchHit[]; meta: (hit: SearchHit) => ReactNode };

function RepositoryList({ title, sort, hits, meta }: RepositoryListProps) {
  const more = (
    <a className="link text-sm" href={searchLink({ sort })}>
      All<span className="sr-only">: {title}</span>
    </a>
  );
  return (
    <ListPanel more={more} title={title}>
      {hits.map((hit) => (
        <CompactRow
          href={repositoryLink(hit)}
          logoId={hit.logoId}
          key={`${hit.alias}/${hit.name}`}
          meta={meta(hit)}
          tileName={hit.name.split('/').at(-1) ?? hit.name}
          title={
            <>
              <span className="text-muted">{hit.alias}/</span>
              <span className="font-semibold">{hit.name}</span>
            </>
          }
        />
      ))}
    </ListPanel>
  );
}

async function EmptyGallery() {
  const { host } = await getPullAddress();
  return (
    <EmptyState title="No images yet">
      <p>Public repositories appear here after their first push. Push the first image:</p>
      <PushGuide alias="ALIAS" host={host} name="NAME" />
    </EmptyState>
  );
}
