import { requireAllowed } from '#lib/access/authorize.ts';
import { z } from 'zod';
import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { UserCaller } from '#lib/access/schema.ts';

/** Revokes one of the caller's sessions. Other users' sessions are reported as not found. @throws AppError `not_found`, `forbidden` */
export async function revokeSession(
  app: { db: Db },
  { caller, id }: { caller: UserCaller; id: string },
): Promise<void> {
  requireAllowed({ ...caller, action: 'vitrine:ManageAccount' });
  if (!z.uuid().safeParse(id).success) throw unknownSession();
  const { userId, email } = caller.principal;
  await app.db.$transaction(async (tx) => {
    const [session] = await tx.session.updateManyAndReturn({
      where: { id, userId, revokedAt: null },
      data: { revokedAt: new Date() },
    });
    if (!session) throw unknownSession();
    const before = { method: session.method, address: session.address, userAgent: session.userAgent };
    await recordChange(tx, { caller, type: 'session.revoke', resource: { name: email }, before });
  });
}

function unknownSession(): AppError {
  return new AppError('not_found', 'Session not found, or already ended.');
}
