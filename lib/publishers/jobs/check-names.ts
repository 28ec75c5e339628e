// Display names that nobody has looked at: of registries from before names were checked, or from an earlier version that
// still runs beside this one.
import type { Db } from '#lib/platform/pg/db.ts';
import { judgeName } from '#lib/publishers/names/name-check.ts';
import { announce } from '#lib/events/record-change.ts';

const BATCH = 200;

type Unchecked = { id: bigint; displayName: string };

export async function checkNames(app: { db: Db }): Promise<void> {
  for (let last = 0n; ;) {
    const rows = await app.db.$queryRaw<Unchecked[]>`
      SELECT id, display_name AS "displayName" FROM registries
       WHERE id > ${last} AND display_name <> '' AND display_name IS DISTINCT FROM approved_name
         AND display_name IS DISTINCT FROM declined_name AND display_name IS DISTINCT FROM flagged_name
       ORDER BY id LIMIT ${BATCH}`;
    for (const row of rows) await check(app, row);
    const end = rows.at(-1);
    if (!end || rows.length < BATCH) return;
    last = end.id;
  }
}

async function check(app: { db: Db }, { id, displayName }: Unchecked): Promise<void> {
  await app.db.$transaction(async (tx) => {
    const judged = await judgeName(tx, { name: displayName, registryKey: id });
    // Not if it was changed meanwhile: that has been judged by whoever changed it.
    const { count } = await tx.registry.updateMany({ where: { id, displayName }, data: judged });
    if (count === 0 || !('approvedName' in judged)) return;
    await announce(tx, { type: 'registry.pass-name-check', registryKey: id, resource: { name: displayName } });
  });
}
