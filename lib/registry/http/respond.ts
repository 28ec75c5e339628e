import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FoundRepository } from '#lib/catalog/find-repository.ts';

type Headers = Record<string, string | number | string[]>;

/** On every answer: what a browser is led to here must stay inert, whoever has pushed it. */
export function setCommonHeaders(res: ServerResponse): void {
  res.setHeader('Docker-Distribution-API-Version', 'registry/2.0');
  res.setHeader('X-Content-Type-Options', 'nosniff');
  res.setHeader('Content-Security-Policy', "sandbox; default-src 'none'");
}

export function sendBytes(res: ServerResponse, status: number, headers: Headers, body: Buffer | string = ''): void {
  res.writeHead(status, { 'Content-Length': Buffer.byteLength(body), ...headers });
  res.end(body);
}

export function sendJson(res: ServerResponse, status: number, body: unknown, headers: Headers = {}): void {
  sendBytes(res, status, { 'Content-Type': 'application/json', ...headers }, JSON.stringify(body));
}

/** Content that a digest names never changes; what only some may see is for their own cache. */
export function immutableCacheControl(repository: FoundRepository): string {
  return `${repository.visibility}, max-age=31536000, immutable`;
}

export function toETag(digest: string): string {
  return `"${digest}"`;
}

/** RFC 9110 §13.1.2: a list of tags, each perhaps weak, or `*`. */
export function isNotModified(req: IncomingMessage, digest: string): boolean {
  const header = req.headers['if-none-match'];
  if (header === undefined) return false;
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(toETag(digest));
}
