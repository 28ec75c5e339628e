import type { OpenBlob } from '#lib/blobs/blob-store.ts';
import { leaseBlob } from '#lib/images/lease-blob.sql.ts';
import type { Digest } from '#lib/oci/digest.ts';
import { parseRange, type ByteRange } from '#lib/oci/range.ts';
import { AppError } from '#lib/platform/errors.ts';
import { goOn, type MaybePromise } from '#lib/platform/concurrency/maybe-promise.ts';
import { isMirrored } from '#lib/upstream/mirrors/mirrored-repository.ts';
import type { CacheStatus } from '#lib/upstream/schema.ts';
import { isGranted } from '#lib/distribution/authorization/credentials.ts';
import { findLinked, measureBlob, openBlob } from '#lib/distribution/pull/pull-blob.ts';
import { pullMirroredBlob } from '#lib/distribution/pull/pull-mirrored-blob.ts';
import type { PullRequest } from '#lib/distribution/http/distribution-request.ts';
import { contentCacheControl } from './cache-headers.ts';
import { end, isNotModified, toETag, writeHead } from '#lib/distribution/http/respond.ts';

type BlobRequest = PullRequest<{ digest: Digest }>;

/** GET and HEAD, with single ranges: Docker goes on with a broken download only by 206 and Content-Range. */
export function getBlob(request: BlobRequest): MaybePromise<void> {
  const { app, req, repository, params } = request;
  const { digest } = params;
  const isHead = req.method === 'HEAD';
  // A cache that asks whether it may go on: the bytes are its own, so that nothing is opened or fetched for it.
  const isCurrent = isNotModified(req, digest);
  if (isMirrored(repository)) return getMirroredBlob(request, { repository, digest, isHead: isHead || isCurrent });
  const of = { repositoryId: repository.id, digest };
  if (!isHead && isCurrent) return goOn(findLinked(app, of), (blob) => sendBlobHead(request, blob));
  if (!isHead) return goOn(openBlob(app, of), (blob) => sendBlob(request, blob));
  // It is not opened: nothing is read of it.
  const measured = goOn(leaseForPush(request), () => measureBlob(app, of));
  return goOn(measured, (sizeBytes) => sendBlobHead(request, { sizeBytes }));
}

async function getMirroredBlob(request: BlobRequest, input: MirroredInput): Promise<void> {
  const blob = await pullMirroredBlob(request.app, input);
  return input.isHead ? sendBlobHead(request, blob) : sendBlob(request, blob);
}

type MirroredInput = Parameters<typeof pullMirroredBlob>[1];
/** `status` of what is mirrored: how it came to be here. */
type SizedBlob = { sizeBytes: number; status?: CacheStatus };

async function sendBlob(request: BlobRequest, blob: OpenBlob & SizedBlob): Promise<void> {
  const { res } = request;
  try {
    const part = writeBlobHead(request, blob);
    if (part) {
      // The first bytes of a blob that is still coming may take a while: the client knows its size meanwhile.
      if (blob.status === 'MISS') res.flushHeaders();
      await blob.copyTo(res, part);
    }
    res.end();
  } finally {
    await blob.close();
  }
}

function sendBlobHead(request: BlobRequest, blob: SizedBlob): void {
  writeBlobHead(request, blob);
  end(request.res);
}

/** Answers which part of the blob follows; null: nothing does. */
function writeBlobHead(request: BlobRequest, { sizeBytes, status }: SizedBlob): ByteRange | null {
  const { req, res, repository } = request;
  const { digest } = request.params;
  const headers = {
    'Docker-Content-Digest': digest,
    ETag: toETag(digest),
    'Cache-Control': contentCacheControl(repository),
    'Accept-Ranges': 'bytes',
    // Never a type of the publisher's choosing: a browser must not run what it is led to here.
    'Content-Type': 'application/octet-stream',
    'Content-Disposition': 'attachment',
    ...(status && { 'X-Cache': status }),
  };
  if (isNotModified(req, digest)) {
    writeHead(res, 304, headers);
    return null;
  }
  const range = isRangeCurrent(request) ? parseRange(req.headers.range, sizeBytes) : null;
  if (range === 'unsatisfiable') {
    res.setHeader('Content-Range', `bytes */${sizeBytes}`);
    throw new AppError('range_invalid', `The blob has ${sizeBytes} bytes.`);
  }
  if (!range) {
    writeHead(res, 200, { ...headers, 'Content-Length': sizeBytes });
    return { start: 0, end: sizeBytes - 1 };
  }
  const contentRange = `bytes ${range.start}-${range.end}/${sizeBytes}`;
  const lengthBytes = range.end - range.start + 1;
  writeHead(res, 206, { ...headers, 'Content-Length': lengthBytes, 'Content-Range': contentRange });
  return range;
}

/** Before a push clients ask for each blob by HEAD, and do not send those that are here. */
function leaseForPush({ app, repository, credentials, params }: BlobRequest): MaybePromise<void> {
  if (credentials.kind === 'none' || !isGranted(credentials, repository.fullName, 'push')) return;
  const { gcGraceSeconds: graceSeconds } = app.config;
  return leaseBlob(app, { repositoryId: repository.id, digest: params.digest, graceSeconds });
}

/** RFC 9110 §13.1.5: a range of another version than the client has part of would not fit. */
function isRangeCurrent({ req, params }: BlobRequest): boolean {
  const ifRange = req.headers['if-range'];
  return ifRange === undefined || ifRange === toETag(params.digest);
}
