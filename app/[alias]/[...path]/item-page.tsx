import { notFound } from 'next/navigation';
import { Section } from '#components/explorer/section.tsx';
import { TagHistory } from '#components/explorer/tag-history.tsx';
import { compareLink, repositoryLink, type RepositoryItem } from '#components/links.ts';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { formatCount } from '#components/ui/format-number.ts';
import { Pager } from '#components/ui/pager.tsx';
import { listTagEvents } from '#lib/gallery/manifest-queries.ts';
import type { RepositoryPage } from '#lib/gallery/gallery-queries.ts';
import { findPreviousVersion } from '#lib/gallery/repository/find-previous-version.ts';
import { getTag } from '#lib/gallery/tag-queries.ts';
import { getApp } from '#lib/app.ts';
import type { LoadedRepository } from '../../_lib/repository/load-repository.ts';
import { pageParam, type RawSearchParams } from '../../_lib/search-params.ts';
import { ComparePage } from './compare-page.tsx';
import { LineagePart } from './lineage-part.tsx';
import { LayerPage } from './layer-page.tsx';
import { ManifestParts } from './manifest-page.tsx';
import { loadManifest } from './load-item.ts';
import { findNearTags } from './load-shown-images.ts';
import { PullCard } from './pull.tsx';
import { UnknownImage } from './unknown-image.tsx';

const EVENTS_PER_PAGE = 20;

type ItemProps = { loaded: LoadedRepository; query: RawSearchParams };

/** The page of a tag, manifest or layer. Content of other repositories is not found. */
export function ItemPage({ loaded, query, item }: ItemProps & { item: RepositoryItem }) {
  if ('tag' in item) return <TagPage loaded={loaded} query={query} tag={item.tag} />;
  if ('view' in item) return <ComparePage loaded={loaded} query={query} />;
  if ('layer' in item) return <LayerPage digest={item.layer} loaded={loaded} query={query} />;
  return <DigestPage digest={item.digest} loaded={loaded} query={query} />;
}

async function TagPage({ loaded, query, tag }: ItemProps & { tag: string }) {
  const { repository } = loaded;
  const app = getApp();
  const image = await getTag(app, { repositoryId: repository.id, tag });
  const view = image && (await loadManifest(repository.id, image.digest));
  if (!image || !view) return <UnknownTag repository={repository} tag={tag} />;
  const at = { alias: repository.primaryAlias, name: repository.name };
  const page = pageParam(query);
  const [{ events, total }, previous] = await Promise.all([
    listTagEvents(app, {
      repositoryId: repository.id,
      tag,
      offset: (page - 1) * EVENTS_PER_PAGE,
      limit: EVENTS_PER_PAGE,
    }),
    findPreviousVersion(app, { repositoryId: repository.id, tag }),
  ]);
  return (
    <>
      <h2 className="mb-3 text-lg">
        <span className="text-muted">Tag</span> <span className="font-mono font-semibold break-all">{tag}</span>
      </h2>
      <PullCard image={image} repository={repository} />
      <p className="mt-3 flex flex-wrap items-center gap-x-1 text-sm">
        <span className="text-muted">Digest</span>
        <a className="link font-mono break-all" href={repositoryLink({ ...at, item: { digest: view.digest } })}>
          {view.digest}
        </a>
        <CopyButton label="Copy digest" text={view.digest} />
      </p>
      <p className="mt-1 text-sm">
        {previous === null ? (
          <a className="link" href={repositoryLink({ ...at, item: { view: 'compare' } }, { to: tag })} rel="nofollow">
            Compare with another tag
          </a>
        ) : (
          <a className="link" href={compareLink(at, { from: previous, to: tag })} rel="nofollow">
            What changed since {previous}
          </a>
        )}
      </p>
      <LineagePart image={image} loaded={loaded} />
      <ManifestParts item={{ tag }} loaded={loaded} query={query} view={view} />
      <Section id="history" title="Tag history">
        <p className="mb-2 text-muted">
          {total === 0 ? 'No events yet.' : `${formatCount(total)} in total, newest first`}
        </p>
        {events.length > 0 && <TagHistory events={events} repository={at} />}
        <Pager
          href={(to) => `${repositoryLink({ ...at, item: { tag } }, { page: to === 1 ? null : to })}#history`}
          label="Tag history pages"
          page={page}
          pageSize={EVENTS_PER_PAGE}
          total={total}
        />
      </Section>
    </>
  );
}

/** Keeps the repository's page, which the tag's visitor was looking for. */
async function UnknownTag({ repository, tag }: { repository: RepositoryPage; tag: string }) {
  const near = await findNearTags(repository.id, tag);
  return (
    <>
      <meta content="noindex" name="robots" />
      <UnknownImage isTagPage repository={repository} shown={null} unknown={{ text: tag, near }} />
    </>
  );
}

async function DigestPage({ loaded, digest, query }: ItemProps & { digest: string }) {
  const { repository } = loaded;
  const view = await loadManifest(repository.id, digest);
  if (!view) notFound();
  return (
    <>
      <h2 className="mb-3 text-lg">
        <span className="text-muted">{view.isIndex ? 'Index' : 'Manifest'}</span>{' '}
        <span className="font-mono text-sm font-semibold break-all">{digest}</span>
      </h2>
      <PullCard image={view} repository={repository} />
      <ManifestParts item={{ digest }} loaded={loaded} query={query} view={view} />
    </>
  );
}
