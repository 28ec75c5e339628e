import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { StoredSecrets } from '#lib/keys/stored-secrets.ts';
import { tagRulesSchema } from '#lib/upstream/schema.ts';
import type { UpstreamRateLimit } from '#lib/upstream/client/upstream-client.ts';
import type { UpstreamRuntime, UpstreamSettings } from '#lib/upstream/pull-through/upstream-runtime.ts';

type App = { db: Db; secrets: StoredSecrets; upstream: UpstreamRuntime };

/**
 * Loads an upstream's settings, credentials and pauses. Cached for seconds, because another replica may have changed them.
 * @throws AppError `not_found`, or as StoredSecrets.open
 */
export async function loadUpstream(app: App, upstreamId: bigint): Promise<UpstreamSettings> {
  const { settings } = app.upstream;
  const known = settings.get(upstreamId);
  if (known) return known;
  const row = await app.db.upstream.findUnique({ where: { id: upstreamId }, include: { pauses: true } });
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
    rateLimit: readStoredLimit(row),
    pauses: Object.fromEntries(
      row.pauses.map(({ kind, until, openings, isLimited }) => [
        kind,
        { untilMs: until.getTime(), openings, isLimited },
      ]),
    ),
  };
  settings.set(upstreamId, loaded);
  return loaded;
}

type LimitRow = Record<'rateLimit' | 'rateRemaining' | 'rateWindowSeconds', number | null> & {
  rateSeenAt: Date | null;
};

/** Null for an upstream that has never sent RateLimit headers. */
export function readStoredLimit(row: LimitRow): UpstreamRateLimit | null {
  const { rateLimit: limit, rateRemaining: remaining, rateWindowSeconds: windowSeconds, rateSeenAt: seenAt } = row;
  if (limit === null || remaining === null || windowSeconds === null || seenAt === null) return null;
  return { limit, remaining, windowSeconds, seenAt };
}

/** Binds a sealed password to its host, so that it can't be opened in another host's row. */
export function passwordContext({ registryKey, host }: { registryKey: bigint; host: string }): string {
  return `upstream ${registryKey} ${host}`;
}
