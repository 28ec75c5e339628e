// Checks display names that predate name checks, or that an older version running in parallel has written.
import type { Db } from '#lib/platform/pg/db.ts';
import { evaluateName } from '#lib/publishers/names/name-check.ts';
import { announce } from '#lib/events/record-change.ts';
import { listUncheckedNames, type UncheckedName } from './check-names.sql.ts';

const BATCH = 200;

export async function checkNames(app: { db: Db }): Promise<void> {
  for (let last = 0n; ;) {
    const rows = await listUncheckedNames(app.db, { after: last, limit: BATCH });
    for (const row of rows) await check(app, row);
    const end = rows.at(-1);
    if (!end || rows.length < BATCH) return;
    last = end.id;
  }
}

async function check(app: { db: Db }, { id, displayName }: UncheckedName): Promise<void> {
  await app.db.$transaction(async (tx) => {
    const judged = await evaluateName(tx, { name: displayName, registryKey: id });
    // Skip a name that changed in the meantime, because the change has checked it.
    const { count } = await tx.registry.updateMany({ where: { id, displayName }, data: judged });
    if (count === 0 || !('approvedName' in judged)) return;
    await announce(tx, { type: 'registry.pass-name-check', registryKey: id, resource: { name: displayName } });
  });
}
