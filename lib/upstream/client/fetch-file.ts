import type { Connections } from './connections.ts';
import { discardBody } from '#lib/upstream/client/bodies/discard-body.ts';
import { followRedirects } from './follow-redirects.ts';
import { guardBody } from '#lib/upstream/client/bodies/guard-body.ts';
import { readBounded } from '#lib/upstream/client/bodies/read-bounded.ts';

type Context = { send: Connections['send']; idleMs: number };

/**
 * Downloads a small file that an image's annotations name, without any credentials. Null when it is missing or too
 * long.
 * @throws AppError `upstream_unavailable`, `upstream_invalid`
 */
export async function fetchFile(
  { send, idleMs }: Context,
  { url, maxBytes, signal }: { url: URL; maxBytes: number; signal?: AbortSignal | undefined },
): Promise<Buffer | null> {
  const { host } = url;
  const outgoing = { url, method: 'GET' as const, headers: {}, kind: 'metadata' as const, signal };
  const { response } = await followRedirects({ send, host }, outgoing);
  if (response.statusCode !== 200 || Number(response.headers['content-length'] ?? 0) > maxBytes) {
    discardBody(response);
    return null;
  }
  return readBounded(guardBody(response, { host, idleMs, signal }), maxBytes);
}
