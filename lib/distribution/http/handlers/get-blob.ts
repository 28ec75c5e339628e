import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Digest } from '#lib/oci/digest.ts';
import { parseRange, type ByteRange } from '#lib/oci/range.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import { isGranted, type Credentials } from '#lib/distribution/authorization/credentials.ts';
import {
  confirmBlob,
  measureBlob,
  pullBlob,
  type PulledBlob,
  type SizedBlob,
} from '#lib/distribution/pull/pull-blob.ts';
import type { DistributionApp, PullRequest } from '#lib/distribution/http/distribution-request.ts';
import { toTraffic } from '#lib/distribution/http/metering/to-traffic.ts';
import { contentCacheControl } from './cache-headers.ts';
import { isNotModified, sendAnswer, toETag, writeHead, type HttpAnswer } from '#lib/distribution/http/respond.ts';

type MeteringApp = Pick<DistributionApp, 'traffic'>;
type BlobRequest = PullRequest<{ digest: Digest }>;
export type AskedBlob = { repository: FoundRepository; digest: Digest };

/** Answers GET and HEAD, with single ranges. Docker resumes a download only after a 206 with Content-Range. */
export async function getBlob({ app, req, res, repository, credentials, params }: BlobRequest): Promise<void> {
  const asked = { repository, digest: params.digest };
  if (req.method === 'HEAD') {
    const isPushed = mayPush(credentials, repository);
    return sendAnswer(res, presentBlob(res, asked, await measureBlob(app, { ...asked, isPushed })).head);
  }
  if (isNotModified(req, params.digest)) {
    return sendAnswer(res, presentBlob(res, asked, await confirmBlob(app, asked)).head);
  }
  const pulled = await pullBlob(app, asked);
  if ('url' in pulled) {
    const { sizeBytes } = await confirmBlob(app, asked);
    return sendAnswer(res, presentRedirect(app, req, asked, { url: pulled.url, sizeBytes }));
  }
  await sendBlob(app, res, asked, pulled);
}

/** What the client will get from elsewhere: it repeats its Range header there. */
function partBytes({ headers }: IncomingMessage, sizeBytes: number): number {
  const range = parseRange(headers.range, sizeBytes);
  if (range === 'unsatisfiable') return 0;
  return range ? range.end - range.start + 1 : sizeBytes;
}

/** Whether the caller may push. Before a push, clients check each blob by HEAD and skip those that exist. */
export function mayPush(credentials: Credentials, { fullName }: FoundRepository): boolean {
  if (credentials.kind === 'none' || credentials.kind === 'stale') return false;
  return isGranted(credentials, fullName, 'push');
}

/** Meters a blob that the client fetches elsewhere, with the Range header of this request. The URL may expire, so the answer mustn't be cached. */
export function presentRedirect(
  { traffic }: MeteringApp,
  req: IncomingMessage,
  { repository, digest }: AskedBlob,
  { url, sizeBytes }: { url: string; sizeBytes: number },
): HttpAnswer {
  traffic.sent(toTraffic(req, repository), partBytes(req, sizeBytes));
  return {
    status: 307,
    headers: { Location: url, 'Docker-Content-Digest': digest, 'Cache-Control': 'no-store' },
    body: '',
  };
}

/** Sends the requested part, meters it and closes the blob. */
export async function sendBlob(
  { traffic }: MeteringApp,
  res: ServerResponse,
  asked: AskedBlob,
  { blob, status }: PulledBlob,
): Promise<void> {
  const { socket } = res.req;
  const sentBefore = socket.bytesWritten;
  let sentBytes = 0;
  try {
    const { head, part } = presentBlob(res, asked, { sizeBytes: blob.sizeBytes, status });
    writeHead(res, head.status, head.headers);
    // A blob that is still being fetched has a known size, but its first bytes may take a while.
    if (status === 'MISS') res.flushHeaders();
    sentBytes = part.end - part.start + 1;
    await blob.copyTo(res, part);
    res.end();
  } catch (error) {
    // The connection knows how much of it was sent.
    sentBytes = Math.min(sentBytes, socket.bytesWritten - sentBefore);
    throw error;
  } finally {
    traffic.sent(toTraffic(res.req, asked.repository), sentBytes);
    await blob.close();
  }
}

/**
 * Returns the head, and the part of the blob to send with it.
 * @throws AppError `range_invalid`
 */
export function presentBlob(
  res: ServerResponse,
  { repository, digest }: AskedBlob,
  { sizeBytes, status }: SizedBlob,
): { head: HttpAnswer; part: ByteRange } {
  const { req } = res;
  const headers = {
    'Docker-Content-Digest': digest,
    ETag: toETag(digest),
    'Cache-Control': contentCacheControl(repository),
    'Accept-Ranges': 'bytes',
    // Never the publisher's type, because a browser must not run a blob.
    'Content-Type': 'application/octet-stream',
    'Content-Disposition': 'attachment',
    ...(status && { 'X-Cache': status }),
  };
  const whole = { start: 0, end: sizeBytes - 1 };
  if (isNotModified(req, digest)) return { head: { status: 304, headers, body: null }, part: whole };
  const range = isRangeCurrent(req, digest) ? parseRange(req.headers.range, sizeBytes) : null;
  if (range === 'unsatisfiable') {
    res.setHeader('Content-Range', `bytes */${sizeBytes}`);
    throw new AppError('range_invalid', `The blob has ${sizeBytes} bytes.`);
  }
  if (!range)
    return { head: { status: 200, headers: { ...headers, 'Content-Length': sizeBytes }, body: null }, part: whole };
  const ofPart = {
    'Content-Length': range.end - range.start + 1,
    'Content-Range': `bytes ${range.start}-${range.end}/${sizeBytes}`,
  };
  return { head: { status: 206, headers: { ...headers, ...ofPart }, body: null }, part: range };
}

/** Evaluates If-Range (RFC 9110 §13.1.5). A range of another version wouldn't fit the client's part. */
function isRangeCurrent({ headers }: IncomingMessage, digest: Digest): boolean {
  const ifRange = headers['if-range'];
  return ifRange === undefined || ifRange === toETag(digest);
}
