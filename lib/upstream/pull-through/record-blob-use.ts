import type pg from 'pg';
import type { Digest } from '#lib/oci/digest.ts';
import type { Log } from '#lib/platform/log.ts';
import { touchBlob } from './record-blob-use.sql.ts';
import type { UpstreamRuntime } from './upstream-runtime.ts';

/** Records a use for LRU eviction, at most once per blob and hour. Doesn't block the caller. */
export function recordBlobUse(app: { pool: pg.Pool; log: Log; upstream: UpstreamRuntime }, digest: Digest): void {
  if (app.upstream.noted.has(digest)) return;
  app.upstream.noted.set(digest, true);
  touchBlob(app.pool, digest).catch((error: unknown) =>
    app.log.warn({ err: error }, 'recording the use of a cached blob failed'),
  );
}
