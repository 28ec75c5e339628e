// Shared reads and writes of users.
import { z } from 'zod';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { AppError, errorCode } from '#lib/platform/errors.ts';
import {
  parseRobotAddress,
  parseRoleAddress,
  roleAddress,
  type AccessKeyUse,
  type ApiAccess,
  type SiteRole,
  type TokenScope,
  type UserPrincipal,
} from '#lib/access/schema.ts';
import { readSessionClaims } from '#lib/access/trust/session-claims.ts';
import { readSessionPolicy } from '#lib/access/trust/session-policy.ts';
import type { SessionUser } from '#lib/identity/schema.ts';
import { IS_PERSON } from './people.ts';
import { lockAdmins } from './lock-account.sql.ts';

type UserRow = { id: string; email: string; displayName: string; role: SiteRole };

/** Tells a robot by its address, so that statements of the hot path need no further column. */
export function toUserPrincipal(user: UserRow, scopes: TokenScope[] | null, apiAccess?: ApiAccess): UserPrincipal {
  const robot = parseRobotAddress(user.email);
  return {
    kind: 'user',
    userId: user.id,
    email: user.email,
    displayName: user.displayName,
    siteRole: user.role,
    scopes,
    apiAccess: apiAccess ?? (scopes === null ? 'write' : 'none'),
    ...(robot && { robot }),
  };
}

/** Of a role's session. Null for a lasting key. */
export type SessionColumns = {
  sessionName: string | null;
  sessionPolicy: string | null;
  sessionClaims: unknown;
  keyCreatedAt: Date | null;
};

export const NO_SESSION: SessionColumns = {
  sessionName: null,
  sessionPolicy: null,
  sessionClaims: null,
  keyCreatedAt: null,
};

/** An access key has its member's role in the registry, but never a role on the site. */
export function toKeyPrincipal(
  user: UserRow,
  accessKey: AccessKeyUse,
  { sessionName, sessionPolicy, sessionClaims, keyCreatedAt }: SessionColumns,
): UserPrincipal {
  const principal = { ...toUserPrincipal({ ...user, role: 'user' }, null), accessKey };
  const role = parseRoleAddress(user.email);
  if (!role || sessionName === null) return principal;
  const policy = sessionPolicy === null ? {} : { policy: readSessionPolicy(sessionPolicy) };
  const claims = readSessionClaims(sessionClaims);
  const roleSession = { ...role, sessionName, ...policy, ...(claims && { claims }) };
  return {
    ...principal,
    email: roleAddress(roleSession),
    roleSession,
    ...(keyCreatedAt && { issuedAt: keyCreatedAt }),
  };
}

export function toSessionUser(user: UserRow): SessionUser {
  return {
    userId: user.id,
    email: user.email,
    displayName: user.displayName,
    siteRole: user.role,
  };
}

export type NewUser = {
  email: string;
  displayName: string;
  passwordHash: string | null;
  role: SiteRole;
  /** Proven by a mailed link, an identity provider or an admin. */
  isEmailProven: boolean;
};

/** @throws AppError `name_taken` if the email address already has an account */
export async function insertUser(tx: DbOrTx, { isEmailProven, ...user }: NewUser) {
  try {
    return await tx.user.create({ data: { ...user, emailProvenAt: isEmailProven ? new Date() : null } });
  } catch (cause) {
    throw emailTaken(cause);
  }
}

/** Translates a violation of the unique constraint on `email`. Returns other errors unchanged. */
export function emailTaken(cause: unknown): unknown {
  if (errorCode(cause) !== 'P2002') return cause;
  return new AppError('name_taken', 'An account with this email address already exists.', {
    cause,
    detail: { fieldErrors: { email: 'An account with this email address already exists.' } },
  });
}

/** Whether no other enabled admin exists. Locks the admins' rows to serialise concurrent removals. */
export async function isLastAdmin(tx: DbOrTx, userId: string): Promise<boolean> {
  const admins = await lockAdmins(tx);
  return admins.every((id) => id === userId);
}

/** Finds a person. A robot's registry manages the robot. @throws AppError `not_found` */
export async function getUser(tx: DbOrTx, userId: string) {
  const where = { id: userId, ...IS_PERSON };
  const user = z.uuid().safeParse(userId).success && (await tx.user.findUnique({ where }));
  if (!user) throw new AppError('not_found', 'User not found.');
  return user;
}
