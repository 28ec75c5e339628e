import { recordChange } from '#lib/events/record-change.ts';
import type { Caller } from '#lib/access/schema.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { StoredSecrets } from '#lib/keys/stored-secrets.ts';
import { passwordContext } from './load-upstream.ts';
import { parseUpstreamHost } from '#lib/upstream/client/parse-upstream-host.ts';
import type { upstreamSettingsSchema } from '#lib/upstream/schema.ts';
import type { z } from 'zod';

type Settings = z.output<typeof upstreamSettingsSchema>;
type App = { secrets: StoredSecrets };

const NO_LIMIT = { rateLimit: null, rateRemaining: null, rateWindowSeconds: null };

/**
 * Creates or updates a publisher's upstream. Omitted settings keep their values.
 * @throws AppError `invalid_input`, `unavailable`
 */
export async function saveUpstream(
  app: App,
  tx: DbOrTx,
  { caller, registryKey, settings }: { caller: Caller; registryKey: bigint; settings: Settings },
): Promise<{ id: bigint; host: string }> {
  const host = requireHost(settings.host, 'host');
  const tokenHost = settings.tokenHost ? requireHost(settings.tokenHost, 'tokenHost') : settings.tokenHost;
  const { isPlainHttp, username, password, tagTtlSeconds, tagRules, staleSeconds } = settings;
  const key = { registryKey_host: { registryKey, host } };
  const before = await tx.upstream.findUnique({ where: key });
  const name = username === undefined ? (before?.username ?? null) : username || null;
  const isPasswordKept = password === undefined && name === before?.username;
  if (name !== null && !password && !(isPasswordKept && before?.sealedPassword)) {
    throw invalid('password', 'Enter a password or an access token for this user name.');
  }
  if (name === null && password) {
    throw invalid('username', 'Enter a user name. If the registry only checks the access token, any name will do.');
  }
  const sealedPassword = password ? await app.secrets.seal(passwordContext({ registryKey, host }), password) : null;
  const data = {
    isPlainHttp,
    tagTtlSeconds,
    staleSeconds,
    tokenHost,
    username: name,
    ...(tagRules && { tagRules }),
    ...(name === null && { sealedPassword: null }),
    ...(name !== null && sealedPassword && { sealedPassword }),
  };
  const isLoginNew = before !== null && (sealedPassword !== null || name !== before.username);
  const { id } = await tx.upstream.upsert({
    where: key,
    create: { registryKey, host, ...data },
    update: { ...data, ...(isLoginNew && { ...NO_LIMIT, rateSeenAt: new Date() }) },
  });
  // What the upstream refused to the former credentials, it may allow to the new ones.
  if (isLoginNew) await tx.upstreamPause.deleteMany({ where: { upstreamId: id } });
  const shown = { host, isPlainHttp, username: name, isPasswordNew: sealedPassword !== null };
  await recordChange(tx, {
    caller,
    registryKey,
    resource: { name: host },
    after: shown,
    type: before ? 'upstream.update' : 'upstream.create',
  });
  return { id, host };
}

function requireHost(text: string, field: string): string {
  const host = parseUpstreamHost(text);
  if (host === null) throw invalid(field, 'Enter a host name, such as ghcr.io or registry.example.org:5000.');
  return host;
}

function invalid(field: string, message: string): AppError {
  return new AppError('invalid_input', message, { detail: { fieldErrors: { [field]: message } } });
}
