// Fetches a missing blob of a mirrored repository while its readers stream it.
import type pg from 'pg';
import { openBytes, siteBlob, type BlobStore, type OpenBlob } from '#lib/blobs/blob-store.ts';
import type { Intake } from '#lib/blobs/intake.ts';
import { mountBlobLink } from '#lib/images/mount-blob-link.sql.ts';
import { isDigest, type Digest } from '#lib/oci/digest.ts';
import { isForeignLayer } from '#lib/oci/media-types.ts';
import type { StoredSecrets } from '#lib/keys/stored-secrets.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError, isAppError } from '#lib/platform/errors.ts';
import type { Log } from '#lib/platform/log.ts';
import { requestUpstream } from './request-upstream.ts';
import { joinFlight, type BlobWanted } from './blob-flight.ts';
import { loadUpstream } from '#lib/upstream/mirrors/load-upstream.ts';
import { readContentRange } from '#lib/upstream/client/bodies/partial-content.ts';
import type { MirroredRepository } from '#lib/upstream/mirrors/mirrored-repository.ts';
import type { UpstreamRuntime } from './upstream-runtime.ts';

type App = {
  db: Db;
  pool: pg.Pool;
  blobs: BlobStore;
  intake: Intake;
  log: Log;
  secrets: StoredSecrets;
  upstream: UpstreamRuntime;
};
type Input = { repository: Pick<MirroredRepository, 'id' | 'upstream'>; digest: Digest };

/** @throws AppError `blob_not_found`, `upstream_*` */
export async function openMirroredBlob(app: App, input: Input): Promise<OpenBlob> {
  const owned = await app.upstream.owners?.open(input);
  if (owned) return owned;
  const wanted = await describeWanted(app, input);
  return (await openElsewhere(app, wanted)) ?? joinFlight(app, wanted).open();
}

/**
 * Returns only the size, as HEAD needs it, without fetching the blob.
 * @throws AppError `blob_not_found`, `upstream_*`
 */
export async function findMirroredBlobSize(app: App, input: Input): Promise<number> {
  const wanted = await describeWanted(app, input);
  return wanted.sizeBytes ?? askSize(app, wanted);
}

async function describeWanted(app: App, { repository, digest }: Input): Promise<BlobWanted> {
  const named = await app.db.manifestBlob.findFirst({
    where: { repositoryId: repository.id, digest },
    select: { sizeBytes: true, mediaType: true },
  });
  if (named && isForeignLayer(named.mediaType)) {
    throw new AppError(
      'blob_not_found',
      'This layer may not be redistributed. Download it from the URL in the manifest.',
    );
  }
  const { upstreamId, name } = repository.upstream;
  // A manifest may omit the size.
  const sizeBytes = named?.sizeBytes ? Number(named.sizeBytes) : null;
  return { settings: await loadUpstream(app, upstreamId), name, digest, sizeBytes, repositoryId: repository.id };
}

/**
 * Another repository may already have the bytes, which grants no access to them. Once the upstream confirms that this
 * repository has them too, they needn't be fetched again.
 */
async function openElsewhere(app: App, wanted: BlobWanted): Promise<OpenBlob | null> {
  const { digest, repositoryId } = wanted;
  const row = await app.db.blob.findFirst({
    where: { OR: [{ sha256: digest }, { sha512: digest }], damage: null },
    select: { id: true, sha256: true, sizeBytes: true },
  });
  if (!row || !isDigest(row.sha256)) return null;
  const sizeBytes = Number(row.sizeBytes);
  if ((await askSize(app, wanted).catch(nullUnlessMissing)) !== sizeBytes) return null;
  const blob = await openBytes(app.blobs, siteBlob(row.sha256));
  if (!blob) return null;
  let isMounted = false;
  try {
    const link = { repositoryId, digest, blobId: row.id, event: null };
    isMounted = blob.sizeBytes === sizeBytes && (await mountBlobLink(app, link));
    return isMounted ? blob : null;
  } finally {
    if (!isMounted) await blob.close();
  }
}

/** Asks by HEAD, or for the first byte where the upstream doesn't answer HEAD. */
async function askSize(app: App, { settings, name, digest }: BlobWanted): Promise<number> {
  const path = `blobs/${digest}`;
  const asked = { repository: name, path, kind: 'metadata' } as const;
  const head = await requestUpstream(app, settings, { ...asked, method: 'HEAD' }).catch(nullForAppError);
  head?.body.destroy();
  if (head?.status === 404) throw new AppError('blob_not_found', 'The upstream has no such blob.');
  const length = head?.status === 200 ? head.headers['content-length'] : undefined;
  if (length !== undefined && /^\d{1,15}$/.test(length)) return Number(length);
  const part = await requestUpstream(app, settings, { ...asked, method: 'GET', headers: { range: 'bytes=0-0' } });
  part.body.destroy();
  if (part.status === 404) throw new AppError('blob_not_found', 'The upstream has no such blob.');
  const sizeBytes =
    part.status === 206
      ? readContentRange(part.headers['content-range'])?.totalBytes
      : Number(part.headers['content-length'] ?? NaN);
  if (sizeBytes !== null && sizeBytes !== undefined && Number.isSafeInteger(sizeBytes)) return sizeBytes;
  throw new AppError('upstream_invalid', `${settings.host} doesn't report the size of the blob.`);
}

/** Rethrows a definite `blob_not_found`. Any other failure leaves the answer open. */
function nullUnlessMissing(error: unknown): null {
  if (isAppError(error) && error.code === 'blob_not_found') throw error;
  return nullForAppError(error);
}

function nullForAppError(error: unknown): null {
  if (isAppError(error)) return null;
  throw error;
}
