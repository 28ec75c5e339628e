import { requireAllowed } from '#lib/access/authorize.ts';
import type { Caller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { MasterKeys } from '#lib/keys/master-keys.ts';
import { unwrapSealingKey, wrapSealingKey } from '#lib/keys/wrap-sealing-key.ts';
import type { Db } from '#lib/platform/pg/db.ts';

/**
 * Wraps every sealing key with the newest master key, without touching blobs. Resolves to the number of keys that weren't.
 * @throws AppError `forbidden`, `unavailable` when a master key that is still needed isn't listed
 */
export async function rewrapSealingKeys(
  app: { db: Db; masterKeys: MasterKeys },
  { caller }: { caller: Caller },
): Promise<number> {
  requireAllowed({ ...caller, action: 'vitrine:UpdateSite' });
  return app.db.$transaction(async (tx) => {
    let count = 0;
    for (const row of await tx.sealingKey.findMany()) {
      const before = { ...row, wrapped: Buffer.from(row.wrapped) };
      if (before.wrappedBy === `master:${app.masterKeys.newest}`) continue;
      const secret = unwrapSealingKey(app.masterKeys, before);
      const { id, wrapped, wrappedBy } = wrapSealingKey(app.masterKeys, { ...before, secret });
      await tx.sealingKey.update({ where: { id }, data: { wrapped: new Uint8Array(wrapped), wrappedBy } });
      count += 1;
    }
    const after = { keys: count, by: `master:${app.masterKeys.newest}` };
    if (count > 0) await recordChange(tx, { caller, type: 'site.rewrap-keys', resource: { name: 'keys' }, after });
    return count;
  });
}
