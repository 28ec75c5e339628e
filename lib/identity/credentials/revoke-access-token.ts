import { requireAllowed } from '#lib/access/authorize.ts';
import { z } from 'zod';
import { recordChange } from '#lib/events/record-change.ts';
import type { Db, DbOrTx } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Caller, UserCaller } from '#lib/access/schema.ts';
import type { TokenOwner } from './insert-access-token.ts';

/** Revokes one of the caller's tokens. Other users' tokens are reported as not found. @throws AppError `not_found`, `forbidden` */
export async function revokeAccessToken(
  app: { db: Db },
  { caller, id }: { caller: UserCaller; id: string },
): Promise<void> {
  requireAllowed({ ...caller, action: 'vitrine:ManageAccessTokens' });
  await app.db.$transaction((tx) => revokeTokenOf(tx, { caller, id, holder: { userId: caller.principal.userId } }));
}

/** Revokes a token of this holder. @throws AppError `not_found` */
export async function revokeTokenOf(
  tx: DbOrTx,
  { caller, id, holder: { userId, robot } }: { caller: Caller; id: string; holder: TokenOwner },
): Promise<void> {
  if (!z.uuid().safeParse(id).success) throw unknownToken();
  const [token] = await tx.accessToken.updateManyAndReturn({
    where: { id, userId, revokedAt: null },
    data: { revokedAt: new Date() },
  });
  if (!token) throw unknownToken();
  await recordChange(tx, {
    caller,
    type: 'access-token.revoke',
    resource: { name: token.name },
    ...(robot && { registryKey: robot.registryKey, after: { robot: robot.name } }),
  });
}

function unknownToken(): AppError {
  return new AppError('not_found', 'Access token not found, or already revoked.');
}
