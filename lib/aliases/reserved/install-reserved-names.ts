import { recordChange } from '#lib/events/record-change.ts';
import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import { foldAlias } from '#lib/publishers/names/fold-alias.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { lockReservedNames } from './install-reserved-names.sql.ts';
import { STARTER_NAMES } from './starter-names.ts';

const ACTION = 'reserved-name.install';

/** Installs the starter list once, so that admins can remove entries, and the site's routes on every start. */
export async function installReservedNames(app: { db: Db }): Promise<void> {
  await app.db.$transaction(async (tx) => {
    // Serialises concurrent first starts.
    await lockReservedNames(tx);
    const isInstalled = (await tx.auditEvent.findFirst({ where: { action: ACTION } })) !== null;
    const wanted = STARTER_NAMES.filter(({ kind }) => !isInstalled || kind === 'route');
    const data = wanted.map((entry) => ({ ...entry, foldedKey: foldAlias(entry.name) }));
    await tx.reservedName.createMany({ data, skipDuplicates: true });
    if (!isInstalled)
      await recordChange(tx, { caller: SYSTEM_CALLER, type: ACTION, resource: { name: `${data.length} names` } });
  });
}
