import { authorize } from '#lib/access/authorize.ts';
import { z } from 'zod';
import { recordChange } from '#lib/events/record-change.ts';
import type { Caller, UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import { saveUpstream } from './save-upstream.ts';
import { upstreamPrefixSchema, upstreamSettingsSchema, type UpstreamSettingsInput } from '#lib/upstream/schema.ts';
import type { UpstreamRuntime } from '#lib/upstream/pull-through/upstream-runtime.ts';

export type MirrorRegistryInput = {
  caller: Caller;
  /** Internal id. */
  registryKey: bigint;
  upstream: UpstreamSettingsInput;
  /** Before every name: `library`, or nothing. */
  prefix: string;
};

const inputSchema = z.object({ upstream: upstreamSettingsSchema, prefix: upstreamPrefixSchema });

type App = { db: Db; authKeys: { sealing: Uint8Array }; upstream: UpstreamRuntime };

/**
 * From now on every name below the registry's aliases that is not here is pulled through, and listed from its first pull on.
 * What is here stays and comes first.
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
 * Names that are not here are no longer looked for elsewhere. Mirrored repositories stay mirrors.
 * @throws AppError `forbidden`, `conflict` while the operator has the registry answer for others' names
 */
export async function stopMirroringRegistry(
  app: { db: Db },
  { caller, registryKey }: { caller: UserCaller; registryKey: bigint },
): Promise<void> {
  await authorize(app, { ...caller, action: 'vitrine:ManageMirrors', registryKey });
  await app.db.$transaction(async (tx) => {
    const route = await tx.mirrorRoute.findFirst({ where: { registryKey } });
    if (route) {
      const message = `The site's operator has this registry answer for ${route.host}: an admin must end that first.`;
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
