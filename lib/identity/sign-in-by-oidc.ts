import { recordAudit } from '#lib/audit/record-audit.ts';
import type { Config } from '#lib/platform/config.ts';
import type { Db, DbOrTx } from '#lib/platform/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { endCredentials } from './end-credentials.ts';
import { notifyUser } from './notify-user.ts';
import { readOidcClaims, type OidcClaims } from './oidc-claims.ts';
import { OIDC_REFUSALS, type OidcRefusal, type SessionUser } from './schema.ts';
import { insertUser, isLastAdmin, toSessionUser } from './store.ts';

export type OidcSignInInput = {
  /** Of the ID token, its signature, issuer, audience and nonce checked. */
  claims: Record<string, unknown>;
  /** Who is signed in to the browser already, if anybody. */
  currentUserId: string | null;
  address: string | null;
};

/**
 * Finds the user by (issuer, subject); at the first time by an e-mail address that the issuer has verified; or makes one.
 * @throws AppError `unauthenticated` or `forbidden`, with an `OidcRefusal` as `detail.refusal`
 */
export async function signInByOidc(app: { db: Db; config: Config }, input: OidcSignInInput): Promise<SessionUser> {
  const { oidc } = app.config;
  if (!oidc) throw new AppError('unsupported', 'This site knows no OpenID Connect issuer.');
  const claims = readOidcClaims(input.claims, oidc);
  return app.db.$transaction(async (tx) => {
    // Two first sign-ins of one person at once: the second waits, and finds what the first has made.
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`oidc ${claims.issuer} ${claims.subject}`}, 0))`;
    const { userId } =
      (await findIdentity(tx, claims)) ??
      (await linkAccount(tx, claims, input)) ??
      (await makeAccount(tx, claims, { address: input.address, isSignUpOpen: oidc.isSignUpOpen }));
    const user = await tx.user.findUniqueOrThrow({ where: { id: userId } });
    if (user.disabledAt) throw refuse('disabled');
    return toSessionUser({ ...user, role: await applyRole(tx, user, claims) });
  });
}

function findIdentity(tx: DbOrTx, { issuer, subject }: OidcClaims): Promise<{ userId: string } | null> {
  return tx.oidcIdentity.findUnique({ where: { issuer_subject: { issuer, subject } }, select: { userId: true } });
}

/**
 * Whoever made an account has not proved its e-mail address, the issuer's person has. So what others may know of the account
 * ends with the link, unless this browser is signed in to it.
 */
async function linkAccount(tx: DbOrTx, claims: OidcClaims, input: OidcSignInInput): Promise<{ userId: string } | null> {
  const { issuer, subject, email, isEmailVerified } = claims;
  const user = email === null ? null : await tx.user.findUnique({ where: { email } });
  if (!user) return null;
  if (!isEmailVerified) throw refuse('email_unverified');
  if (user.disabledAt) throw refuse('disabled');
  if (user.id !== input.currentUserId) {
    await endCredentials(tx, user.id);
    await tx.oidcIdentity.deleteMany({ where: { userId: user.id } });
    await tx.user.update({ where: { id: user.id }, data: { passwordHash: null } });
    await notifyUser(tx, {
      userId: user.id,
      title: 'Your account is linked to single sign-on',
      body: 'Its password, sessions and access tokens from before have ended. Make new access tokens where you need them.',
      href: '/console/tokens',
    });
  }
  await tx.oidcIdentity.create({ data: { issuer, subject, userId: user.id } });
  const caller = { actor: { userId: user.id, email: user.email }, address: input.address, requestId: null };
  await recordAudit(tx, { caller, action: 'user.link-oidc', target: user.email, after: { issuer, subject } });
  return { userId: user.id };
}

async function makeAccount(
  tx: DbOrTx,
  { issuer, subject, email, displayName }: OidcClaims,
  { address, isSignUpOpen }: { address: string | null; isSignUpOpen: boolean },
): Promise<{ userId: string }> {
  if (!isSignUpOpen) throw refuse('no_account');
  if (email === null) throw refuse('no_email');
  const { id } = await insertUser(tx, { email, displayName, passwordHash: null, role: 'user' });
  await tx.oidcIdentity.create({ data: { issuer, subject, userId: id } });
  const caller = { actor: { userId: id, email }, address, requestId: null };
  await recordAudit(tx, { caller, action: 'user.sign-up', target: email, after: { issuer, subject } });
  return { userId: id };
}

type UserRow = { id: string; email: string; role: SessionUser['siteRole'] };

/** The site keeps its last admin, whatever the issuer says. */
async function applyRole(tx: DbOrTx, user: UserRow, { role, issuer }: OidcClaims): Promise<SessionUser['siteRole']> {
  if (role === null || role === user.role) return user.role;
  if (user.role === 'admin' && (await isLastAdmin(tx, user.id))) return user.role;
  await tx.user.update({ where: { id: user.id }, data: { role } });
  const change = { before: { role: user.role }, after: { role, by: issuer } };
  await recordAudit(tx, { caller: null, action: 'user.change-role', target: user.email, ...change });
  return role;
}

function refuse(refusal: OidcRefusal): AppError {
  const code = refusal === 'disabled' || refusal === 'no_account' ? 'forbidden' : 'unauthenticated';
  return new AppError(code, OIDC_REFUSALS[refusal], { detail: { refusal } });
}
