import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { lockAccount } from '#lib/identity/accounts/lock-account.sql.ts';
import { recordFailedSignIn, type NotingApp } from './record-failed-sign-in.ts';
import type { SessionUser } from '#lib/identity/schema.ts';
import { hashSecret } from '#lib/identity/credentials/secrets.ts';
import { toSessionUser } from '#lib/identity/accounts/store.ts';

type RedeemInput = { secret: string; address: string | null; userAgent?: string | null };

/** Signs in with a one-time link. Of two concurrent calls, one succeeds. @throws AppError `unauthenticated` */
export async function redeemSignInLink(app: { db: Db } & NotingApp, input: RedeemInput): Promise<SessionUser> {
  return recordFailedSignIn(app, { ...input, method: 'link', email: null }, () => redeem(app, input));
}

async function redeem(app: { db: Db }, { secret, address }: RedeemInput): Promise<SessionUser> {
  return app.db.$transaction(async (tx) => {
    const secretHash = hashSecret(secret);
    const found = await tx.signInLink.findUnique({ where: { secretHash }, select: { userId: true } });
    if (found) await lockAccount(tx, found.userId);
    const { count } = await tx.signInLink.updateMany({
      where: { secretHash, usedAt: null, expiresAt: { gt: new Date() }, user: { disabledAt: null } },
      data: { usedAt: new Date() },
    });
    if (count === 0) {
      throw new AppError(
        'unauthenticated',
        'This link was already used or has expired. Sign in another way. If no admin can, restart the server to get a new link.',
      );
    }
    const { user } = await tx.signInLink.findUniqueOrThrow({ where: { secretHash }, include: { user: true } });
    await tx.user.update({ where: { id: user.id }, data: { lastSignInAt: new Date() } });
    const caller = {
      principal: { kind: 'user', userId: user.id, email: user.email } as const,
      context: { address, requestId: null },
    };
    await recordChange(tx, { caller, type: 'user.sign-in-by-link', resource: { name: user.email } });
    return toSessionUser(user);
  });
}
