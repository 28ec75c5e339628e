import type pg from 'pg';
import type { Digest } from '#lib/oci/digest.ts';
import type { Log } from '#lib/platform/log.ts';
import type { UpstreamRuntime } from './upstream-runtime.ts';

/** What is used stays in the cache. Written once an hour and blob, and nobody waits for it. */
export function noteBlobUse(app: { pool: pg.Pool; log: Log; upstream: UpstreamRuntime }, digest: Digest): void {
  if (app.upstream.noted.has(digest)) return;
  app.upstream.noted.set(digest, true);
  app.pool
    .query({
      name: 'note-blob-use',
      text: 'UPDATE blobs SET last_used_at = now() WHERE sha256 = $1 OR sha512 = $1',
      values: [digest],
    })
    .catch((error: unknown) => app.log.warn({ err: error }, 'the use of a cached blob could not be noted'));
}
