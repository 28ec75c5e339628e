import { formatReference, type Reference } from '#lib/oci/reference.ts';
import { goOn, type MaybePromise } from '#lib/platform/concurrency/maybe-promise.ts';
import { isMirrored } from '#lib/upstream/mirrors/mirrored-repository.ts';
import { pullManifest, type PulledManifest } from '#lib/distribution/pull/pull-manifest.ts';
import { pullMirroredManifest, type CacheState } from '#lib/distribution/pull/pull-mirrored-manifest.ts';
import { cacheHeaders, contentCacheControl, latestCacheControl } from './cache-headers.ts';
import { recordPull } from './record-pull.ts';
import { limitPull } from '#lib/distribution/http/limit-requests.ts';
import type { PullRequest } from '#lib/distribution/http/distribution-request.ts';
import { end, isNotModified, sendBytes, toETag, writeHead } from '#lib/distribution/http/respond.ts';

type ManifestRequest = PullRequest<{ reference: Reference }>;

/**
 * GET and HEAD. The exact bytes that were pushed, under the type they were pushed with, whatever Accept says: to convert
 * them would change their digest.
 */
export function getManifest(request: ManifestRequest): MaybePromise<void> {
  limitPull(request);
  return goOn(readManifest(request), (manifest) => sendManifest(request, manifest));
}

function sendManifest(request: ManifestRequest, manifest: ReadManifest): void {
  const { req, res, repository, params } = request;
  const { reference } = params;
  const isHead = req.method === 'HEAD';
  const headers = {
    'Docker-Content-Digest': manifest.digest,
    ETag: toETag(manifest.digest),
    'Cache-Control': reference.kind === 'digest' ? contentCacheControl(repository) : latestCacheControl(repository),
    ...(manifest.cache && cacheHeaders(manifest.cache)),
  };
  if (isNotModified(req, manifest.digest)) {
    return end(writeHead(res, 304, headers));
  }
  const entity = { 'Content-Type': manifest.mediaType, 'Content-Length': manifest.sizeBytes };
  if (!isHead) recordPull(request, manifest);
  sendBytes(res, 200, { ...headers, ...entity }, isHead ? undefined : manifest.payload);
}

/** A mirrored one says where it is kept, and how it came to be. */
type ReadManifest = PulledManifest & { repositoryId?: bigint; cache?: CacheState };

/** HEAD reads the bytes too: GET comes next, and of a mirror it must find them. */
function readManifest({ app, params, repository }: ManifestRequest): MaybePromise<ReadManifest> {
  const { reference } = params;
  if (isMirrored(repository)) return pullMirroredManifest(app, { repository, reference });
  const input = { repositoryId: repository.id, reference };
  const of = { repositoryId: repository.id, key: `${reference.kind} ${formatReference(reference)}` };
  return app.pullCache.content(
    of,
    () => pullManifest(app, input),
    ({ sizeBytes }) => sizeBytes,
  );
}
