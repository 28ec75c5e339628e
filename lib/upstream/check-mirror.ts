import type { Caller } from '#lib/identity/schema.ts';
import type { Db } from '#lib/platform/db.ts';
import { isAppError } from '#lib/platform/errors.ts';
import { findOwnMirror } from './find-own-mirror.ts';
import { loadUpstream } from './load-upstream.ts';
import { askUpstream } from './ask-upstream.ts';
import type { UpstreamRuntime } from './upstream-runtime.ts';

type App = { db: Db; authKeys: { sealing: Uint8Array }; upstream: UpstreamRuntime };

/**
 * Asks the upstream now, and says in words how that went. `problem` is null when it answered.
 * @throws AppError `repository_not_found`, `forbidden`
 */
export async function checkMirror(
  app: App,
  { caller, fullName }: { caller: Caller; fullName: string },
): Promise<{ problem: string | null }> {
  const repository = await findOwnMirror(app, { caller, fullName });
  const { upstreamId, name } = repository.upstream;
  app.upstream.settings.delete(upstreamId);
  const settings = await loadUpstream(app, upstreamId);
  try {
    const asked = { method: 'GET', repository: name, path: 'tags/list?n=1', kind: 'metadata' } as const;
    const { status, body } = await askUpstream(app, settings, asked);
    body.destroy();
    return { problem: status === 404 ? `${settings.host} has no repository ${name}.` : null };
  } catch (error) {
    if (isAppError(error)) return { problem: error.message };
    throw error;
  } finally {
    await app.upstream.stats.flush();
  }
}
