import { authorize } from '#lib/access/authorize.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { StoredSecrets } from '#lib/keys/stored-secrets.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import type { UpstreamRuntime } from '#lib/upstream/pull-through/upstream-runtime.ts';
import { upstreamSettingsSchema, type UpstreamSettingsInput } from '#lib/upstream/schema.ts';
import { saveUpstream } from './save-upstream.ts';

type App = { db: Db; secrets: StoredSecrets; upstream: Pick<UpstreamRuntime, 'settings'> };

type Input = { caller: UserCaller; registryKey: bigint; upstream: UpstreamSettingsInput };

/**
 * Changes the settings of an upstream that the registry already has, for all its mirrors and pull-through rules.
 * @throws AppError `invalid_input`, `forbidden`, `not_found`
 */
export async function updateUpstream(app: App, { caller, registryKey, upstream }: Input): Promise<void> {
  const settings = parseInput(upstreamSettingsSchema, upstream);
  await authorize(app, { ...caller, action: 'vitrine:ManageMirrors', registryKey });
  const id = await app.db.$transaction(async (tx) => {
    const where = { registryKey_host: { registryKey, host: settings.host } };
    const known = await tx.upstream.findUnique({ where, select: { id: true } });
    if (!known) throw new AppError('not_found', `This registry has no upstream ${settings.host}.`);
    await saveUpstream(app, tx, { caller, registryKey, settings });
    return known.id;
  });
  app.upstream.settings.delete(id);
}
