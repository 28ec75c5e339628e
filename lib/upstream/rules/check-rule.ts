import type { StoredSecrets } from '#lib/keys/stored-secrets.ts';
import { isAppError } from '#lib/platform/errors.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { loadUpstream } from '#lib/upstream/mirrors/load-upstream.ts';
import { requestUpstream } from '#lib/upstream/pull-through/request-upstream.ts';
import type { UpstreamRuntime } from '#lib/upstream/pull-through/upstream-runtime.ts';

type App = { db: Db; secrets: StoredSecrets; upstream: UpstreamRuntime };

/** An upstream that reports this repository as missing is reachable. */
const PROBE = 'vitrine-probe/none';

/** Asks a rule's upstream now, with its credentials. Returns what is wrong, or null. Callers authorize. */
export async function checkRule(app: App, upstreamId: bigint): Promise<string | null> {
  app.upstream.settings.delete(upstreamId);
  try {
    const settings = await loadUpstream(app, upstreamId);
    const asked = { method: 'GET', repository: PROBE, path: 'tags/list?n=1', kind: 'metadata' } as const;
    (await requestUpstream(app, settings, asked)).body.destroy();
    return null;
  } catch (error) {
    if (!isAppError(error)) throw error;
    // A registry that hides names from anonymous clients has answered too.
    return error.code === 'upstream_denied' ? null : error.message;
  } finally {
    await app.upstream.stats.flush();
  }
}
