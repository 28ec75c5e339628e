// Cacheable responses with validators and conditional requests (RFC 9110 §13).
import { createHash } from 'node:crypto';

export type CacheableAnswer = {
  body: string | Uint8Array<ArrayBuffer>;
  /** Must include Content-Type and Cache-Control. */
  headers: Record<string, string>;
  status?: 200 | 404;
  lastModified?: Date;
};

/** Answers 304 if the client's copy is current. The ETag is a hash of the body. */
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

/** If-None-Match takes precedence over If-Modified-Since (RFC 9110 §13.2.2). */
function isUnchanged(headers: Headers, etag: string, lastModified: Date | undefined): boolean {
  const known = headers.get('if-none-match');
  if (known !== null) {
    // §13.1.2 requires weak comparison. Compressing proxies weaken the tag.
    const tags = known.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
    return tags.includes(etag) || known.trim() === '*';
  }
  const since = Date.parse(headers.get('if-modified-since') ?? '');
  // Last-Modified has a resolution of one second.
  return (
    lastModified !== undefined && !Number.isNaN(since) && Math.floor(lastModified.getTime() / 1_000) * 1_000 <= since
  );
}
