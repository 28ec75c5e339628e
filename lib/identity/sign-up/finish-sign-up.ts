import { recordChange } from '#lib/events/record-change.ts';
import type { Config } from '#lib/platform/config/config.ts';
import type { Db, DbOrTx } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import { lockAccountByEmail } from '#lib/identity/accounts/lock-account.ts';
import { hashPassword } from '#lib/identity/accounts/password-hash.ts';
import { signUpFinishSchema, type SessionUser } from '#lib/identity/schema.ts';
import { hashSecret } from '#lib/identity/credentials/secrets.ts';
import { insertUser, toSessionUser } from '#lib/identity/accounts/store.ts';
import { takeOverAccount } from '#lib/identity/accounts/take-over-account.ts';

export type FinishSignUpInput = { secret: string; displayName: string; password: string; address: string | null };

export type OpenSignUp = {
  email: string;
  displayName: string;
  /** An account holds the address unproven: finishing takes it over. */
  isTakeOver: boolean;
};

/** What the holder of a mailed link is asked to finish; null when it can't be any more. */
export async function findSignUp(app: { db: Db }, { secret }: { secret: string }): Promise<OpenSignUp | null> {
  const select = { email: true, displayName: true };
  const proof = await app.db.emailProof.findFirst({ where: openSignUp(secret), select });
  return proof && { ...proof, isTakeOver: (await app.db.user.count({ where: { email: proof.email } })) > 0 };
}

/**
 * Creates the account, whose address the link has proven. The password comes from whoever has the link, never from whoever typed
 * the address in. Works once.
 * @throws AppError `forbidden` where sign-up is closed, `invalid_input`, `unauthenticated`, `name_taken`
 */
export async function finishSignUp(
  app: { db: Db; config: Config },
  { secret, address, ...input }: FinishSignUpInput,
): Promise<SessionUser> {
  if (!app.config.isSignUpOpen) throw new AppError('forbidden', 'Only the operator of this site creates accounts.');
  const { displayName, password } = parseInput(signUpFinishSchema, input);
  // Before the password is hashed: that is work which strangers can't have done.
  if (!(await findSignUp(app, { secret }))) throw unusableLink();
  const passwordHash = await hashPassword(password);
  return app.db.$transaction(async (tx) => {
    const [proof] = await tx.emailProof.updateManyAndReturn({
      where: openSignUp(secret),
      data: { usedAt: new Date() },
    });
    if (!proof) throw unusableLink();
    const { email } = proof;
    await tx.emailProof.deleteMany({ where: { email, userId: null, usedAt: null } });
    const user = await makeOwner(tx, { email, displayName, passwordHash, address });
    const caller = {
      principal: { kind: 'user', userId: user.userId, email } as const,
      context: { address, requestId: null },
    };
    await recordChange(tx, { caller, type: 'user.sign-up', resource: { name: email } });
    return user;
  });
}

type Owner = { email: string; displayName: string; passwordHash: string; address: string | null };

/** An account that holds the address unproven is the prover's from now on. */
async function makeOwner(tx: DbOrTx, { address, ...owner }: Owner): Promise<SessionUser> {
  const existing = await lockAccountByEmail(tx, owner.email);
  if (!existing) return toSessionUser(await insertUser(tx, { ...owner, role: 'user', isEmailProven: true }));
  if (existing.emailProvenAt || existing.disabledAt) {
    throw new AppError('name_taken', 'This address has an account already. Sign in to it instead.');
  }
  const caller = {
    principal: { kind: 'user', userId: existing.id, email: owner.email } as const,
    context: { address, requestId: null },
  };
  await takeOverAccount(tx, { user: existing, caller });
  const { displayName, passwordHash } = owner;
  return toSessionUser(await tx.user.update({ where: { id: existing.id }, data: { displayName, passwordHash } }));
}

function openSignUp(secret: string) {
  return { secretHash: hashSecret(secret), userId: null, usedAt: null, expiresAt: { gt: new Date() } };
}

function unusableLink(): AppError {
  return new AppError('unauthenticated', 'This link was used before or has expired. Sign up again for a new one.');
}
