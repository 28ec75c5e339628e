import { requireAllowed } from '#lib/access/authorize.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db, DbOrTx } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { lockUser } from '#lib/identity/accounts/lock-account.sql.ts';
import { DEFAULT_FIRST } from './default-first.ts';
import { insertRegistry } from './insert-registry.ts';

/**
 * Returns the key of the registry that the caller owns: the default one, else the oldest. Creates it with its default
 * alias on first use.
 * @throws AppError `forbidden` for a robot, which can't own one
 */
export async function ensureRegistry(app: { db: Db }, { caller }: { caller: UserCaller }): Promise<bigint> {
  requireAllowed({ ...caller, action: 'sts:GetCallerIdentity' });
  const { userId, robot } = caller.principal;
  if (robot) throw new AppError('forbidden', `The robot ${robot.name} can't own a registry.`);
  const owned = await findOwned(app.db, userId);
  if (owned) return owned;
  return app.db.$transaction(async (tx) => {
    // Of two concurrent first calls, the second waits here, then finds what the first created.
    await lockUser(tx, userId);
    return (
      (await findOwned(tx, userId)) ??
      (await insertRegistry(tx, { caller, displayName: caller.principal.displayName })).id
    );
  });
}

async function findOwned(db: DbOrTx, userId: string): Promise<bigint | null> {
  const where = { userId, role: 'owner' } as const;
  const member = await db.member.findFirst({ where, orderBy: [...DEFAULT_FIRST] });
  return member?.registryKey ?? null;
}
