import { authorize } from '#lib/access/authorize.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { lockRegistry } from './lock-registry.sql.ts';
import { getRegistrySettings } from './registry-settings.ts';
import { registrySettingsSchema, type RegistrySettings } from './schema.ts';

export type UpdateRegistrySettingsInput = { caller: UserCaller; registryKey: bigint } & Partial<RegistrySettings>;

/** Omitted settings keep their values. @throws AppError `invalid_input`, `forbidden` */
export async function updateRegistrySettings(app: { db: Db }, input: UpdateRegistrySettingsInput): Promise<void> {
  const { caller, registryKey } = input;
  const given = parseInput(registrySettingsSchema.partial(), input);
  await app.db.$transaction(async (tx) => {
    await authorize({ db: tx }, { ...caller, action: 'ecr:PutAccountSetting', registryKey });
    await lockRegistry(tx, registryKey);
    const before = await getRegistrySettings({ db: tx }, { registryKey });
    const { pushVisibility = before.pushVisibility, pushCreation = before.pushCreation } = given;
    const after = { pushVisibility, pushCreation };
    if (pushVisibility === before.pushVisibility && pushCreation === before.pushCreation) return;
    const { registryId } = await tx.registry.update({ where: { id: registryKey }, data: after });
    const resource = { name: registryId };
    await recordChange(tx, { caller, registryKey, type: 'registry.update-settings', resource, before, after });
  });
}
