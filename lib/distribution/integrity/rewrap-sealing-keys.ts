import { requireAllowed } from '#lib/access/authorize.ts';
import type { Caller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { contextOf } from '#lib/keys/wrap-sealing-key.ts';
import type { WrappedSecret } from '#lib/keys/services/key-service.ts';
import type { KeyServices } from '#lib/keys/services/open-key-services.ts';
import type { Db } from '#lib/platform/pg/db.ts';

/**
 * Wraps every sealing key of the site with the newest key of the site's key service, without touching blobs. Keys of
 * repositories stay under the keys that their owners chose. Resolves to the number of keys that
 * were wrapped anew.
 * @throws AppError `forbidden`, `unavailable`, `key_refused` when a service that still protects a key doesn't unwrap it
 */
export async function rewrapSealingKeys(
  app: { db: Db; keyServices: KeyServices },
  { caller }: { caller: Caller },
): Promise<number> {
  requireAllowed({ ...caller, action: 'vitrine:UpdateSite' });
  const rewrapped: (WrappedSecret & { id: string; before: string })[] = [];
  for (const row of await app.db.sealingKey.findMany()) {
    const before = { ...row, wrapped: Buffer.from(row.wrapped) };
    const after = await app.keyServices.rewrap(before, contextOf(row));
    if (after !== before) rewrapped.push({ id: row.id, before: before.wrappedBy, ...after });
  }
  return app.db.$transaction(async (tx) => {
    let count = 0;
    for (const { id, before, wrapped, wrappedBy } of rewrapped) {
      const where = { id, wrappedBy: before };
      const updated = await tx.sealingKey.updateMany({ where, data: { wrapped: new Uint8Array(wrapped), wrappedBy } });
      count += updated.count;
    }
    const after = { keys: count, by: rewrapped[0]?.wrappedBy ?? '' };
    if (count > 0) await recordChange(tx, { caller, type: 'site.rewrap-keys', resource: { name: 'keys' }, after });
    return count;
  });
}
