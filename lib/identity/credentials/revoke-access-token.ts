import { requireAllowed } from '#lib/access/authorize.ts';
import { z } from 'zod';
import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { UserCaller } from '#lib/access/schema.ts';

/** Revokes one of the caller's tokens. Other users' tokens are reported as not found. @throws AppError `not_found`, `forbidden` */
export async function revokeAccessToken(
  app: { db: Db },
  { caller, id }: { caller: UserCaller; id: string },
): Promise<void> {
  requireAllowed({ ...caller, action: 'vitrine:ManageAccessTokens' });
  await app.db.$transaction(async (tx) => {
    if (!z.uuid().safeParse(id).success) throw unknownToken();
    const [token] = await tx.accessToken.updateManyAndReturn({
      where: { id, userId: caller.principal.userId, revokedAt: null },
      data: { revokedAt: new Date() },
    });
    if (!token) throw unknownToken();
    await recordChange(tx, { caller, type: 'access-token.revoke', resource: { name: token.name } });
  });
}

function unknownToken(): AppError {
  return new AppError('not_found', 'Access token not found, or already revoked.');
}
