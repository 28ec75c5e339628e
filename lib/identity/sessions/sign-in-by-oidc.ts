import { recordChange } from '#lib/events/record-change.ts';
import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import type { IdentityConfig } from '#lib/identity/identity-config.ts';
import type { Db, DbOrTx } from '#lib/platform/pg/db.ts';
import { lockKey } from '#lib/platform/pg/advisory-locks.sql.ts';
import { AppError } from '#lib/platform/errors.ts';
import { endCredentials } from '#lib/identity/accounts/end-credentials.ts';
import { credentialMark, lockAccountByEmail } from '#lib/identity/accounts/lock-account.ts';
import { recordFailedSignIn, type NotingApp } from './record-failed-sign-in.ts';
import { hasFactor } from '#lib/identity/factors/factor-queries.ts';
import { readOidcClaims, type OidcClaims } from './oidc-claims.ts';
import { OIDC_REFUSALS, type OidcRefusal, type SessionUser } from '#lib/identity/schema.ts';
import { insertUser, isLastAdmin, toSessionUser } from '#lib/identity/accounts/store.ts';
import { applyGroups } from '#lib/identity/groups/apply-groups.ts';
import { takeOverAccount } from '#lib/identity/accounts/take-over-account.ts';

type App = { db: Db; config: IdentityConfig } & NotingApp;

export type OidcSignInInput = {
  /** The claims of an ID token whose signature, issuer, audience and nonce were verified. */
  claims: Record<string, unknown>;
  /** The user with a recent session in the same browser, if any (confirm-identity.ts). */
  currentUserId: string | null;
  address: string | null;
  userAgent?: string | null;
};

/**
 * Finds the user by (issuer, subject), links an account by verified email address, or creates one.
 * @throws AppError `unauthenticated` or `forbidden`, with an `OidcRefusal` as `detail.refusal`
 */
export async function signInByOidc(app: App, input: OidcSignInInput): Promise<SessionUser> {
  const signIn = { ...input, method: 'oidc', email: input.claims['email'] } as const;
  return recordFailedSignIn(app, signIn, () => admitByClaims(app, input));
}

async function admitByClaims(app: App, input: OidcSignInInput): Promise<SessionUser> {
  const { oidc } = app.config;
  if (!oidc) throw new AppError('unsupported', "Single sign-on isn't configured on this site.");
  const claims = readOidcClaims(input.claims, oidc);
  return app.db.$transaction(async (tx) => {
    // Serialises concurrent first sign-ins, so that the second finds the account the first created.
    await lockKey(tx, `oidc ${claims.issuer} ${claims.subject}`);
    const { userId } =
      (await findIdentity(tx, claims)) ??
      (await linkAccount(tx, claims, input)) ??
      (await makeAccount(tx, claims, { address: input.address, isSignUpOpen: oidc.isSignUpOpen }));
    const user = await tx.user.findUniqueOrThrow({ where: { id: userId } });
    if (user.disabledAt) throw refuse('disabled');
    // The identity provider has verified an address that was unproven before.
    const provesEmail = claims.isEmailVerified && claims.email === user.email && !user.emailProvenAt;
    if (provesEmail) user.emailProvenAt = new Date();
    if (provesEmail) await tx.user.update({ where: { id: userId }, data: { emailProvenAt: user.emailProvenAt } });
    const role = await applyRole(tx, user, claims);
    if (claims.groups) await applyGroups(tx, { userId, email: user.email, groups: claims.groups });
    return { ...toSessionUser({ ...user, role }), credentialMark: credentialMark(user) };
  });
}

function findIdentity(tx: DbOrTx, { issuer, subject }: OidcClaims): Promise<{ userId: string } | null> {
  return tx.oidcIdentity.findUnique({ where: { issuer_subject: { issuer, subject } }, select: { userId: true } });
}

/**
 * Links an existing account to a verified identity. Unless the user has just signed in to the account too, its credentials end.
 * If its address was unproven, the account is taken over.
 */
async function linkAccount(tx: DbOrTx, claims: OidcClaims, input: OidcSignInInput): Promise<{ userId: string } | null> {
  const { issuer, subject, email, isEmailVerified } = claims;
  const user = email === null ? null : await lockAccountByEmail(tx, email);
  if (!user) return null;
  if (!isEmailVerified) throw refuse('email_unverified');
  if (user.disabledAt) throw refuse('disabled');
  const caller = {
    principal: { kind: 'user', userId: user.id, email: user.email } as const,
    context: { address: input.address, requestId: null },
  };
  const endsCredentials = user.id !== input.currentUserId;
  const wasProven = user.emailProvenAt !== null;
  // The identity provider must not replace a second factor. Its user can link it after signing in to the account.
  if (endsCredentials && wasProven && (await hasFactor(tx, user.id))) throw refuse('second_factor');
  if (endsCredentials) {
    if (!wasProven) await takeOverAccount(tx, { user, caller });
    await endCredentials(tx, user.id);
    await tx.oidcIdentity.deleteMany({ where: { userId: user.id } });
    await tx.user.update({ where: { id: user.id }, data: { passwordHash: null } });
  }
  await tx.oidcIdentity.create({ data: { issuer, subject, userId: user.id } });
  await recordChange(tx, {
    type: 'user.link-oidc',
    caller,
    resource: { name: user.email },
    after: { issuer, subject },
    facts: { userId: user.id, endsCredentials, wasProven },
  });
  return { userId: user.id };
}

async function makeAccount(
  tx: DbOrTx,
  { issuer, subject, email, isEmailVerified, displayName }: OidcClaims,
  { address, isSignUpOpen }: { address: string | null; isSignUpOpen: boolean },
): Promise<{ userId: string }> {
  if (!isSignUpOpen) throw refuse('no_account');
  if (email === null) throw refuse('no_email');
  const { id } = await insertUser(tx, {
    email,
    displayName,
    passwordHash: null,
    role: 'user',
    isEmailProven: isEmailVerified,
  });
  await tx.oidcIdentity.create({ data: { issuer, subject, userId: id } });
  const caller = { principal: { kind: 'user', userId: id, email } as const, context: { address, requestId: null } };
  await recordChange(tx, { caller, type: 'user.sign-up', resource: { name: email }, after: { issuer, subject } });
  return { userId: id };
}

type UserRow = { id: string; email: string; role: SessionUser['siteRole'] };

/** Applies the role from the claims, but never demotes the last admin. */
async function applyRole(tx: DbOrTx, user: UserRow, { role, issuer }: OidcClaims): Promise<SessionUser['siteRole']> {
  if (role === null || role === user.role) return user.role;
  if (user.role === 'admin' && (await isLastAdmin(tx, user.id))) return user.role;
  await tx.user.update({ where: { id: user.id }, data: { role } });
  const change = { before: { role: user.role }, after: { role, by: issuer } };
  const resource = { name: user.email };
  await recordChange(tx, {
    caller: SYSTEM_CALLER,
    type: 'user.change-role',
    resource,
    ...change,
    facts: { userId: user.id },
  });
  return role;
}

function refuse(refusal: OidcRefusal): AppError {
  const code = refusal === 'disabled' || refusal === 'no_account' ? 'forbidden' : 'unauthenticated';
  return new AppError(code, OIDC_REFUSALS[refusal], { detail: { refusal } });
}
