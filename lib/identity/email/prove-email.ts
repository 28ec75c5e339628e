import { requireAllowed } from '#lib/access/authorize.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { addressChangedEmail, trySendAccountEmail, type EmailApp } from './account-emails.ts';
import { lockAccount } from '#lib/identity/accounts/lock-account.sql.ts';
import { requireLiveCredential } from '#lib/identity/accounts/lock-account.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { hashSecret } from '#lib/identity/credentials/secrets.ts';
import { emailTaken } from '#lib/identity/accounts/store.ts';

type ProveEmailInput = { caller: UserCaller; secret: string };

/** Returns the address a mailed link would prove, or null if the link is used, expired or another user's. */
export async function findEmailProof(
  app: { db: Db },
  { caller, secret }: ProveEmailInput,
): Promise<{ email: string } | null> {
  return app.db.emailProof.findFirst({ where: openProof(caller, secret), select: { email: true } });
}

/**
 * Redeems a mailed link once, and changes the account's address if it differs. Requires a session of the account that
 * requested the link, so that the recipient can't prove the address for a stranger.
 * @throws AppError `not_found`, `name_taken`, `forbidden` for an access token
 */
export async function proveEmail(app: EmailApp & { db: Db }, { caller, secret }: ProveEmailInput): Promise<void> {
  const { userId } = caller.principal;
  requireAllowed({ ...caller, action: 'vitrine:ChangeSignIn' });
  const before = await app.db.$transaction(async (tx) => {
    await lockAccount(tx, userId);
    await requireLiveCredential(tx, caller.principal);
    const [proof] = await tx.emailProof.updateManyAndReturn({
      where: openProof(caller, secret),
      data: { usedAt: new Date() },
    });
    if (!proof)
      throw new AppError('not_found', 'This link was already used, has expired or belongs to another account.');
    const { email } = proof;
    const user = await tx.user.findUniqueOrThrow({ where: { id: userId } });
    await tx.user
      .update({ where: { id: userId }, data: { email, emailProvenAt: new Date() } })
      .catch((cause: unknown) => {
        throw emailTaken(cause);
      });
    const action = email === user.email ? 'user.prove-email' : 'user.change-email';
    await recordChange(tx, {
      caller,
      type: action,
      resource: { name: user.email },
      before: { email: user.email },
      after: { email },
    });
    return email !== user.email && user.emailProvenAt !== null ? user.email : null;
  });
  if (before !== null) await trySendAccountEmail(app, addressChangedEmail(app.config, before));
}

function openProof({ principal }: UserCaller, secret: string) {
  return { secretHash: hashSecret(secret), userId: principal.userId, usedAt: null, expiresAt: { gt: new Date() } };
}
