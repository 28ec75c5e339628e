import { recordChange } from '#lib/events/record-change.ts';
import type { IdentityConfig } from '#lib/identity/identity-config.ts';
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
  /** Finishing takes over an existing account with this unproven address. */
  isTakeOver: boolean;
};

/** Finds the sign-up of a mailed link. Returns null if the link is used or expired. */
export async function findSignUp(app: { db: Db }, { secret }: { secret: string }): Promise<OpenSignUp | null> {
  const select = { email: true, displayName: true };
  const proof = await app.db.emailProof.findFirst({ where: openSignUp(secret), select });
  return proof && { ...proof, isTakeOver: (await app.db.user.count({ where: { email: proof.email } })) > 0 };
}

/**
 * Creates an account with the address that the link proves. Works once. The holder of the link sets the password, never
 * the person who entered the address.
 * @throws AppError `forbidden` where sign-up is closed, `invalid_input`, `unauthenticated`, `name_taken`
 */
export async function finishSignUp(
  app: { db: Db; config: IdentityConfig },
  { secret, address, ...input }: FinishSignUpInput,
): Promise<SessionUser> {
  if (!app.config.isSignUpOpen)
    throw new AppError('forbidden', 'Sign-up is closed. Ask the operator of this site for an account.');
  const { displayName, password } = parseInput(signUpFinishSchema, input);
  // Checked before hashing, so that a request without a valid link can't cause that work.
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

/** Creates the account, or takes over one with this unproven address. */
async function makeOwner(tx: DbOrTx, { address, ...owner }: Owner): Promise<SessionUser> {
  const existing = await lockAccountByEmail(tx, owner.email);
  if (!existing) return toSessionUser(await insertUser(tx, { ...owner, role: 'user', isEmailProven: true }));
  if (existing.emailProvenAt || existing.disabledAt) {
    throw new AppError('name_taken', 'An account with this address already exists. Sign in instead.');
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
  return new AppError('unauthenticated', 'This link was already used or has expired. Sign up again to get a new one.');
}
