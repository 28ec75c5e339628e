import { notFound } from 'next/navigation';
import { DigestLink } from '#components/explorer/digest-link.tsx';
import { FolderTable } from '#components/explorer/folder-table.tsx';
import { LISTING_ENDS } from '#components/explorer/listing-ends.ts';
import { repositoryLink, type Query } from '#components/links.ts';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { countOf, formatBytes } from '#components/ui/format-number.ts';
import { Notice } from '#components/ui/notice.tsx';
import { Pager } from '#components/ui/pager.tsx';
import { findPresentBlobs, type LayerView } from '#lib/gallery/manifest-queries.ts';
import { listFolder } from '#lib/distribution/layers/list-folder.ts';
import { mayBeArchive } from '#lib/distribution/layers/may-be-archive.ts';
import { isDigest, type Digest } from '#lib/oci/digest.ts';
import { isForeignLayer } from '#lib/oci/media-types.ts';
import { listLayerFiles } from '#lib/distribution/layers/list-layer-files.ts';
import type { TarListing } from '#lib/distribution/layers/read-tar-entries.ts';
import { getApp } from '#lib/app.ts';
import type { LoadedRepository } from '../../_lib/repository/load-repository.ts';
import { DocumentsPart } from './documents-part.tsx';
import { loadLayer } from './load-item.ts';
import { pageParam, textParam, type RawSearchParams } from '../../_lib/search-params.ts';
import { getWorkKey } from '../../_lib/session/session.ts';

const ROWS_PER_PAGE = 200;
/** Limit of a displayed path. read-tar-entries.ts cuts paths before they are escaped. */
const MAX_PATH_LENGTH = 10_000;
/** Bounds the breadcrumb, because each link contains the whole path. */
const MAX_TRAIL = 30;

type LayerPageProps = { loaded: LoadedRepository; digest: string; query: RawSearchParams };

export async function LayerPage({ loaded, digest, query }: LayerPageProps) {
  const { repository, found } = loaded;
  const app = getApp();
  const layer = await loadLayer(repository.id, digest);
  if (!layer) notFound();
  if (isDigest(digest) && !mayBeArchive(layer.mediaType) && !isForeignLayer(layer.mediaType)) {
    return <DocumentPage digest={digest} layer={layer} loaded={loaded} query={query} />;
  }
  const isHere = (await findPresentBlobs(app, { repositoryId: repository.id, digests: [digest] })).has(digest);
  const { listing, problem } = await listLayerFiles(app, {
    repository: found,
    layer,
    isHere,
    viewer: await getWorkKey(),
  });
  const at = { alias: repository.primaryAlias, name: repository.name };
  return (
    <>
      <LayerTitle digest={digest} />
      <p className="flex flex-wrap items-center gap-x-3 text-sm text-muted">
        <span className="tabular-nums">{formatBytes(layer.sizeBytes)} compressed</span>
        <span className="font-mono text-xs break-all">{layer.mediaType}</span>
        <span className="flex flex-wrap items-center gap-2">
          In
          {layer.manifests.map((manifest) => (
            <DigestLink digest={manifest} href={repositoryLink({ ...at, item: { digest: manifest } })} key={manifest} />
          ))}
        </span>
      </p>
      <div className="mt-4">
        {listing ? (
          <Files
            href={(more) => repositoryLink({ ...at, item: { layer: digest } }, more)}
            listing={listing}
            page={pageParam(query)}
            path={textParam(query, 'path', MAX_PATH_LENGTH)}
          />
        ) : (
          <EmptyState title="Files can’t be listed">
            <p>{problem}</p>
          </EmptyState>
        )}
      </div>
    </>
  );
}

type DocumentPageProps = Pick<LayerPageProps, 'loaded' | 'query'> & { layer: LayerView; digest: Digest };

/** A layer that is a document, as attachments and artifacts have. */
function DocumentPage({ loaded, layer, digest, query }: DocumentPageProps) {
  const { mediaType, sizeBytes } = layer;
  return (
    <>
      <LayerTitle digest={digest} />
      <DocumentsPart
        artifactType={null}
        documents={[{ layer: { digest, mediaType, size: sizeBytes }, number: 1 }]}
        item={{ layer: digest }}
        loaded={loaded}
        manifest={layer.manifests[0] ?? digest}
        query={query}
        subject={null}
      />
    </>
  );
}

function LayerTitle({ digest }: { digest: string }) {
  return (
    <h2 className="mb-1 text-lg">
      <span className="text-muted">Layer</span>{' '}
      <span className="font-mono text-sm font-semibold break-all">{digest}</span>
    </h2>
  );
}

type FilesProps = { listing: TarListing; path: string; page: number; href: (query: Query) => string };

function Files({ listing, path, page, href }: FilesProps) {
  const rows = listFolder(listing.entries, path);
  const folderHref = (to: string) => href({ path: to });
  return (
    <>
      {listing.end !== 'complete' && (
        <div className="mb-3">
          <Notice tone="warning">
            {LISTING_ENDS[listing.end]} Showing the first {countOf(listing.entries.length, 'entry', 'entries')}.
          </Notice>
        </div>
      )}
      <FolderTrail href={folderHref} path={path} />
      {rows === null || rows.length === 0 ? (
        <EmptyState title={rows ? 'This folder is empty' : 'Folder not found in this layer'}>
          {path !== '' && (
            <a className="link" href={href({})}>
              Go to the root folder
            </a>
          )}
        </EmptyState>
      ) : (
        <FolderTable href={folderHref} rows={rows.slice((page - 1) * ROWS_PER_PAGE, page * ROWS_PER_PAGE)} />
      )}
      <Pager
        href={(to) => href({ path, page: to === 1 ? null : to })}
        label="File list pages"
        page={page}
        pageSize={ROWS_PER_PAGE}
        total={rows?.length ?? 0}
      />
      <p className="mt-3 text-sm text-muted">
        {countOf(listing.entries.length, 'entry', 'entries')} in the archive, {formatBytes(listing.unpackedBytes)}{' '}
        unpacked. Files that this layer removes from lower layers are marked as whiteouts.
      </p>
    </>
  );
}

/** Breadcrumb of the folder. */
function FolderTrail({ path, href }: { path: string; href: (path: string) => string }) {
  const parts = path === '' ? [] : path.split('/');
  const first = Math.max(0, parts.length - MAX_TRAIL);
  return (
    <nav aria-label="Folders" className="mb-2 flex flex-wrap items-center gap-x-1 font-mono text-sm">
      <a
        aria-current={parts.length === 0 ? 'page' : undefined}
        className="link inline-flex min-h-6 min-w-6 items-center"
        href={href('')}
      >
        root
      </a>
      {first > 0 && <span className="text-muted">/ …</span>}
      {parts.slice(first).map((part, i) => (
        <span className="inline-flex items-center gap-x-1" key={i}>
          <span className="text-muted">/</span>
          <a
            aria-current={first + i === parts.length - 1 ? 'page' : undefined}
            className="link inline-flex min-h-6 min-w-6 items-center break-all"
            href={href(parts.slice(0, first + i + 1).join('/'))}
            rel="nofollow"
          >
            {part}
          </a>
        </span>
      ))}
    </nav>
  );
}
