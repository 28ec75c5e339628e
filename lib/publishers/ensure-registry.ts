import { requireAllowed } from '#lib/access/authorize.ts';
import { randomInt } from 'node:crypto';
import { recordChange } from '#lib/events/record-change.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db, DbOrTx } from '#lib/platform/pg/db.ts';
import { lockUser } from '#lib/identity/accounts/lock-account.sql.ts';
import { foldAlias } from '#lib/publishers/names/fold-alias.ts';
import { evaluateName } from '#lib/publishers/names/name-check.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/** Returns the key of the caller's own registry. Creates it with its default alias on first use. */
export async function ensureRegistry(app: { db: Db }, { caller }: { caller: UserCaller }): Promise<bigint> {
  requireAllowed({ ...caller, action: 'sts:GetCallerIdentity' });
  const { userId } = caller.principal;
  const owned = await findOwned(app.db, userId);
  if (owned) return owned;
  return app.db.$transaction(async (tx) => {
    // Of two concurrent first calls, the second waits here, then finds what the first created.
    await lockUser(tx, userId);
    return (await findOwned(tx, userId)) ?? (await createRegistry(tx, caller));
  });
}

async function findOwned(db: DbOrTx, userId: string): Promise<bigint | null> {
  const member = await db.member.findFirst({ where: { userId, role: 'owner' }, orderBy: { createdAt: 'asc' } });
  return member?.registryKey ?? null;
}

async function createRegistry(tx: DbOrTx, caller: UserCaller): Promise<bigint> {
  const { userId, displayName } = caller.principal;
  const registryId = await pickFree(createRegistryId, (id) => tx.registry.findUnique({ where: { registryId: id } }));
  const alias = await pickFree(createDefaultAlias, (name) =>
    tx.alias.findFirst({ where: { OR: [{ name }, { foldedKey: foldAlias(name) }] } }),
  );
  const { id } = await tx.registry.create({
    data: { registryId, displayName, members: { create: { userId, role: 'owner' } } },
  });
  const { id: aliasId } = await tx.alias.create({
    data: { name: alias, foldedKey: foldAlias(alias), registryKey: id },
  });
  await tx.registry.update({
    where: { id },
    data: {
      defaultAliasId: aliasId,
      primaryAliasId: aliasId,
      ...(await evaluateName(tx, { name: displayName, registryKey: id })),
    },
  });
  const after = { registryId, defaultAlias: alias };
  await recordChange(tx, { caller, registryKey: id, type: 'registry.create', resource: { name: registryId }, after });
  return id;
}

/** There are billions of values, so a second draw is rare. The unique constraint catches races. */
async function pickFree(draw: () => string, find: (value: string) => Promise<unknown>): Promise<string> {
  for (;;) {
    const value = draw();
    if (!(await find(value))) return value;
  }
}

function createRegistryId(): string {
  return Array.from({ length: 12 }, (_, i) => randomInt(i === 0 ? 1 : 0, 10)).join('');
}

/** A letter and a digit four times, such as `m2z1h0k9`. */
function createDefaultAlias(): string {
  return Array.from({ length: 4 }, () => (LETTERS[randomInt(LETTERS.length)] ?? 'a') + String(randomInt(10))).join('');
}
