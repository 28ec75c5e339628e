import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { openSecret } from '#lib/platform/sealed-secret.ts';
import { tagRulesSchema } from '#lib/upstream/schema.ts';
import type { UpstreamRuntime, UpstreamSettings } from '#lib/upstream/pull-through/upstream-runtime.ts';

type App = { db: Db; authKeys: { sealing: Uint8Array }; upstream: UpstreamRuntime };

/**
 * An upstream as it is set up, ready to be asked. Kept for seconds: another replica may have changed it.
 * @throws AppError `not_found`; `internal` when its password can't be read any more
 */
export async function loadUpstream(app: App, upstreamId: bigint): Promise<UpstreamSettings> {
  const { settings } = app.upstream;
  const known = settings.get(upstreamId);
  if (known) return known;
  const row = await app.db.upstream.findUnique({ where: { id: upstreamId } });
  if (!row) throw new AppError('not_found', 'The upstream of this repository is no longer set up.');
  const { id, host, isPlainHttp, tokenHost, username, sealedPassword } = row;
  const password = sealedPassword && openSecret(app.authKeys.sealing, sealingContext(row), sealedPassword);
  const loaded = {
    id,
    host,
    isPlainHttp,
    tokenHost,
    credentials: username !== null && password !== null ? { username, password } : null,
    tagTtlSeconds: row.tagTtlSeconds,
    tagRules: tagRulesSchema.parse(row.tagRules),
    staleSeconds: row.staleSeconds,
  };
  settings.set(upstreamId, loaded);
  return loaded;
}

/** A password is for one host: moved to the row of another, it can't be opened. */
export function sealingContext({ registryKey, host }: { registryKey: bigint; host: string }): string {
  return `upstream ${registryKey} ${host}`;
}
