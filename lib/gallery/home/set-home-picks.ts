import { requireAllowed } from '#lib/access/authorize.ts';
import type { Caller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { invalidField } from '#lib/platform/parse-input.ts';
import type { Db, DbOrTx } from '#lib/platform/pg/db.ts';
import { findRepository } from '#lib/repositories/find-repository.ts';
import { ADDRESS_COLUMNS, registryAddress } from '#lib/publishers/registry-address.ts';

export const MAX_HOME_PICKS = 12;

/** Lists the picks as `ALIAS/NAME`, also those that the gallery doesn't show at the moment. */
export async function listHomePicks({ db }: { db: DbOrTx }): Promise<string[]> {
  const picks = await db.homePick.findMany({
    orderBy: { position: 'asc' },
    select: {
      repository: { select: { name: true, registry: { select: ADDRESS_COLUMNS } } },
    },
  });
  return picks.map(({ repository: { name, registry } }) => `${registryAddress(registry)}/${name}`);
}

/**
 * Replaces the repositories that admins picked for the home page.
 * @throws AppError `forbidden`, `invalid_input`
 */
export async function setHomePicks(
  app: { db: Db },
  { caller, picks }: { caller: Caller; picks: string[] },
): Promise<void> {
  requireAllowed({ ...caller, action: 'vitrine:UpdateSite' });
  const names = [...new Set(picks)];
  if (names.length > MAX_HOME_PICKS) throw invalidField('picks', `Pick at most ${MAX_HOME_PICKS} repositories.`);
  const ids = new Set<bigint>();
  for (const name of names) ids.add(await findPickable(app, name));
  await app.db.$transaction(async (tx) => {
    const before = await listHomePicks({ db: tx });
    await tx.homePick.deleteMany({ where: { repositoryId: { notIn: [...ids] } } });
    for (const [position, repositoryId] of [...ids].entries()) {
      const pick = { repositoryId, position };
      await tx.homePick.upsert({ where: { repositoryId }, create: pick, update: pick });
    }
    const after = await listHomePicks({ db: tx });
    if (before.join() === after.join()) return;
    await recordChange(tx, {
      caller,
      type: 'site.set-picks',
      resource: { name: 'picks' },
      before: { picks: before },
      after: { picks: after },
    });
  });
}

/** A name may use any alias of the registry. */
async function findPickable(app: { db: Db }, name: string): Promise<bigint> {
  const found = await findRepository(app, name);
  // A private repository counts as missing, because admins may not know of it.
  if (found?.visibility !== 'public') {
    throw invalidField('picks', `No public repository is called ${name.slice(0, 300)}. Enter ALIAS/NAME.`);
  }
  return found.id;
}
