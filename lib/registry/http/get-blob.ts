import type { OpenBlob } from '#lib/blobs/blob-store.ts';
import { leaseBlob } from '#lib/catalog/lease-blob.ts';
import type { Digest } from '#lib/oci/digest.ts';
import { parseRange } from '#lib/oci/range.ts';
import { AppError } from '#lib/platform/errors.ts';
import { isMirrored } from '#lib/upstream/mirrored-repository.ts';
import type { CacheStatus } from '#lib/upstream/schema.ts';
import { isGranted } from '../credentials.ts';
import { measureBlob, openBlob } from '../pull-blob.ts';
import { pullMirroredBlob } from '../pull-mirrored-blob.ts';
import type { PullRequest } from './registry-request.ts';
import { immutableCacheControl, isNotModified, toETag, writeHead } from './respond.ts';

type BlobRequest = PullRequest<{ digest: Digest }>;

/** GET and HEAD, with single ranges: Docker goes on with a broken download only by 206 and Content-Range. */
export async function getBlob(request: BlobRequest): Promise<void> {
  const { req, res, repository } = request;
  const { digest } = request.params;
  const isHead = req.method === 'HEAD';
  if (isHead) await leaseForPush(request);
  const blob = await findBlob(request, isHead);
  try {
    const headers = {
      'Docker-Content-Digest': digest,
      ETag: toETag(digest),
      'Cache-Control': immutableCacheControl(repository),
      'Accept-Ranges': 'bytes',
      // Never a type of the publisher's choosing: a browser must not run what it is led to here.
      'Content-Type': 'application/octet-stream',
      'Content-Disposition': 'attachment',
      ...(blob.status && { 'X-Cache': blob.status }),
    };
    if (isNotModified(req, digest)) {
      writeHead(res, 304, headers).end();
      return;
    }
    const range = isRangeCurrent(request) ? parseRange(req.headers.range, blob.sizeBytes) : null;
    if (range === 'unsatisfiable') {
      res.setHeader('Content-Range', `bytes */${blob.sizeBytes}`);
      throw new AppError('range_invalid', `The blob has ${blob.sizeBytes} bytes.`);
    }
    if (range) {
      const contentRange = `bytes ${range.start}-${range.end}/${blob.sizeBytes}`;
      const lengthBytes = range.end - range.start + 1;
      writeHead(res, 206, { ...headers, 'Content-Length': lengthBytes, 'Content-Range': contentRange });
    } else {
      writeHead(res, 200, { ...headers, 'Content-Length': blob.sizeBytes });
    }
    if (!isHead) {
      // The first bytes of a blob that is still coming may take a while: the client knows its size meanwhile.
      res.flushHeaders();
      await blob.copyTo(res, range);
    }
    res.end();
  } finally {
    await blob.close();
  }
}

type FoundBlob = OpenBlob & { status: CacheStatus | null };

/** For HEAD of what was pushed here it is not opened: nothing is read of it. */
async function findBlob({ app, repository, params }: BlobRequest, isHead: boolean): Promise<FoundBlob> {
  const { digest } = params;
  if (isMirrored(repository)) return pullMirroredBlob(app, { repository, digest, isHead });
  const of = { repositoryId: repository.id, digest };
  if (!isHead) return { ...(await openBlob(app, of)), status: null };
  const nothing = () => Promise.resolve();
  return { sizeBytes: await measureBlob(app, of), copyTo: nothing, close: nothing, status: null };
}

/** Before a push clients ask for each blob by HEAD, and do not send those that are here. */
async function leaseForPush({ app, repository, credentials, params }: BlobRequest): Promise<void> {
  if (credentials.kind === 'none' || isMirrored(repository)) return;
  if (!isGranted(credentials, repository.fullName, 'push')) return;
  const { gcGraceSeconds: graceSeconds } = app.config;
  await leaseBlob(app, { repositoryId: repository.id, digest: params.digest, graceSeconds });
}

/** RFC 9110 §13.1.5: a range of another version than the client has part of would not fit. */
function isRangeCurrent({ req, params }: BlobRequest): boolean {
  const ifRange = req.headers['if-range'];
  return ifRange === undefined || ifRange === toETag(params.digest);
}
