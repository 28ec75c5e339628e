import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { StoredSecrets } from '#lib/keys/stored-secrets.ts';
import { tagRulesSchema } from '#lib/upstream/schema.ts';
import type { UpstreamRuntime, UpstreamSettings } from '#lib/upstream/pull-through/upstream-runtime.ts';

type App = { db: Db; secrets: StoredSecrets; upstream: UpstreamRuntime };

/**
 * Loads an upstream's settings and credentials. Cached for seconds, because another replica may have changed them.
 * @throws AppError `not_found`, or as StoredSecrets.open
 */
export async function loadUpstream(app: App, upstreamId: bigint): Promise<UpstreamSettings> {
  const { settings } = app.upstream;
  const known = settings.get(upstreamId);
  if (known) return known;
  const row = await app.db.upstream.findUnique({ where: { id: upstreamId } });
  if (!row) throw new AppError('not_found', "This repository's upstream has been removed.");
  const { id, host, isPlainHttp, tokenHost, username, sealedPassword } = row;
  const password = sealedPassword && (await app.secrets.open(passwordContext(row), sealedPassword));
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

/** Binds a sealed password to its host, so that it can't be opened in another host's row. */
export function passwordContext({ registryKey, host }: { registryKey: bigint; host: string }): string {
  return `upstream ${registryKey} ${host}`;
}
