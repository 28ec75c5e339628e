// Answers that a cache or a client may keep, with what they need to ask whether that is still so (RFC 9110 §13).
import { createHash } from 'node:crypto';

export type CacheableAnswer = {
  body: string | Uint8Array<ArrayBuffer>;
  /** Content-Type and Cache-Control among them. */
  headers: Record<string, string>;
  status?: 200 | 404;
  lastModified?: Date;
};

/** The ETag is of the very bytes: whatever changed, it tells. */
export function answerCacheable(
  request: Request,
  { body, headers, status = 200, lastModified }: CacheableAnswer,
): Response {
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  const all = new Headers(headers);
  all.set('ETag', etag);
  if (lastModified) all.set('Last-Modified', lastModified.toUTCString());
  if (status === 200 && isUnchanged(request.headers, etag, lastModified)) {
    all.delete('Content-Type');
    return new Response(null, { status: 304, headers: all });
  }
  return new Response(body, { status, headers: all });
}

/** RFC 9110 §13.2.2: with If-None-Match, the date does not count. */
function isUnchanged(headers: Headers, etag: string, lastModified: Date | undefined): boolean {
  const known = headers.get('if-none-match');
  if (known !== null) {
    // Weak comparison, as §13.1.2 wants it: a proxy that compresses makes the tag weak.
    const tags = known.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
    return tags.includes(etag) || known.trim() === '*';
  }
  const since = Date.parse(headers.get('if-modified-since') ?? '');
  // A Last-Modified has no milliseconds.
  return (
    lastModified !== undefined && !Number.isNaN(since) && Math.floor(lastModified.getTime() / 1_000) * 1_000 <= since
  );
}
