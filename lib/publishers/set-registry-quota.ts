import { requireAllowed } from '#lib/access/authorize.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { Caller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { parseField } from '#lib/platform/parse-input.ts';
import { quotaSchema } from './registry-quota.ts';

export type SetRegistryQuotaInput = {
  caller: Caller;
  /** 12 digits. */
  registryId: string;
  /** A size such as `10GB`, `unlimited`, or `default` for the site's default. */
  quota: string;
};

/**
 * Sets a registry's storage quota. A registry over its quota keeps its content but accepts no more.
 * @throws AppError `forbidden`, `invalid_input`, `not_found`
 */
export async function setRegistryQuota(app: { db: Db }, input: SetRegistryQuotaInput): Promise<void> {
  const { caller, registryId } = input;
  requireAllowed({ ...caller, action: 'vitrine:SetRegistryQuota' });
  const quotaBytes = parseField('quota', quotaSchema, input.quota);
  await app.db.$transaction(async (tx) => {
    const before = await tx.registry.findUnique({ where: { registryId }, select: { id: true, quotaBytes: true } });
    if (!before) throw new AppError('not_found', `Registry ${registryId} not found.`);
    await tx.registry.update({ where: { registryId }, data: { quotaBytes }, select: { id: true } });
    await recordChange(tx, {
      caller,
      registryKey: before.id,
      resource: { name: registryId },
      type: 'registry.set-quota',
      before: { quotaBytes: toJson(before.quotaBytes) },
      after: { quotaBytes: toJson(quotaBytes) },
    });
  });
}

const toJson = (quotaBytes: bigint | null) => (quotaBytes === null ? null : Number(quotaBytes));
