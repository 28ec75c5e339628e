import { authorize } from '#lib/access/authorize.ts';
import { z } from 'zod';
import { recordChange } from '#lib/events/record-change.ts';
import type { Caller, UserCaller } from '#lib/access/schema.ts';
import type { StoredSecrets } from '#lib/keys/stored-secrets.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import { saveUpstream } from './save-upstream.ts';
import { upstreamPrefixSchema, upstreamSettingsSchema, type UpstreamSettingsInput } from '#lib/upstream/schema.ts';
import type { UpstreamRuntime } from '#lib/upstream/pull-through/upstream-runtime.ts';

export type MirrorRegistryInput = {
  caller: Caller;
  /** Database id. */
  registryKey: bigint;
  upstream: UpstreamSettingsInput;
  /** Prepended to every name: `library`, or empty. */
  prefix: string;
};

const inputSchema = z.object({ upstream: upstreamSettingsSchema, prefix: upstreamPrefixSchema });

type App = { db: Db; secrets: StoredSecrets; upstream: UpstreamRuntime };

/**
 * Starts pulling through every name below the registry's aliases that doesn't exist here. The gallery lists each one
 * from its first pull on. Local repositories take precedence.
 * @throws AppError `invalid_input`, `forbidden`
 */
export async function mirrorRegistry(app: App, input: MirrorRegistryInput): Promise<void> {
  const { caller, registryKey } = input;
  const { upstream: settings, prefix } = parseInput(inputSchema, input);
  await authorize(app, { ...caller, action: 'vitrine:ManageMirrors', registryKey });
  const upstreamId = await app.db.$transaction(async (tx) => {
    const upstream = await saveUpstream(app, tx, { caller, registryKey, settings });
    const data = { mirrorUpstreamId: upstream.id, mirrorPrefix: prefix };
    const registry = await tx.registry.update({ where: { id: registryKey }, data, select: { registryId: true } });
    const after = { upstream: upstream.host, prefix };
    await recordChange(tx, {
      caller,
      registryKey,
      type: 'registry.mirror',
      resource: { name: registry.registryId },
      after,
    });
    return upstream.id;
  });
  app.upstream.settings.delete(upstreamId);
}

/**
 * Stops pulling unknown names through. Mirrored repositories stay mirrors.
 * @throws AppError `forbidden`, `conflict` while a route of the operator's uses the registry
 */
export async function stopMirroringRegistry(
  app: { db: Db },
  { caller, registryKey }: { caller: UserCaller; registryKey: bigint },
): Promise<void> {
  await authorize(app, { ...caller, action: 'vitrine:ManageMirrors', registryKey });
  await app.db.$transaction(async (tx) => {
    const route = await tx.mirrorRoute.findFirst({ where: { registryKey } });
    if (route) {
      const message = `This registry answers for ${route.host}. Ask an admin to remove that route first.`;
      throw new AppError('conflict', message);
    }
    const data = { mirrorUpstreamId: null, mirrorPrefix: '' };
    const registry = await tx.registry.update({ where: { id: registryKey }, data, select: { registryId: true } });
    await recordChange(tx, {
      caller,
      registryKey,
      type: 'registry.stop-mirroring',
      resource: { name: registry.registryId },
    });
  });
}
