// Parses the claims of an OpenID Connect ID token. Every claim except `iss` and `sub` may be missing or malformed.
import type { OidcConfig } from '#lib/identity/identity-config.ts';
import { AppError } from '#lib/platform/errors.ts';
import { toOneLine } from '#lib/platform/one-line.ts';
import type { SiteRole } from '#lib/access/schema.ts';
import { emailSchema } from '#lib/identity/schema.ts';
import { groupSchema, MAX_TOKEN_GROUPS } from '#lib/identity/groups/schema.ts';

const MAX_NAME_LENGTH = 100;
const MAX_ID_LENGTH = 255;

export type OidcClaims = {
  issuer: string;
  subject: string;
  email: string | null;
  isEmailVerified: boolean;
  displayName: string;
  /** Null if the operator assigns roles manually. */
  role: SiteRole | null;
  /** Null if the site doesn't read groups. */
  groups: string[] | null;
};

type Claims = Record<string, unknown>;
type Rules = Pick<OidcConfig, 'rolesClaim' | 'adminValues' | 'reviewerValues' | 'groupsClaim'>;

export function readOidcClaims(claims: Claims, rules: Rules): OidcClaims {
  const issuer = readText(claims['iss']);
  const subject = readText(claims['sub']);
  if (!issuer || !subject || subject.length > MAX_ID_LENGTH) {
    throw new AppError('unauthenticated', "Your identity provider didn't identify you.");
  }
  const email = emailSchema.safeParse(claims['email']).data ?? null;
  const name = readText(claims['name']) || readText(claims['preferred_username']) || (email?.split('@')[0] ?? subject);
  return {
    issuer,
    subject,
    email,
    // Some identity providers send a string.
    isEmailVerified: claims['email_verified'] === true || claims['email_verified'] === 'true',
    displayName: toOneLine(name.slice(0, MAX_NAME_LENGTH).toWellFormed()) || subject,
    role: readRole(claims, rules),
    groups: readGroups(claims, rules),
  };
}

function readRole(claims: Claims, { rolesClaim, adminValues, reviewerValues }: Rules): SiteRole | null {
  if (adminValues.length + reviewerValues.length === 0) return null;
  const claim = readPath(claims, rolesClaim);
  const values: unknown[] = Array.isArray(claim) ? claim : [claim];
  const has = (wanted: string[]) => values.some((value) => typeof value === 'string' && wanted.includes(value));
  if (has(adminValues)) return 'admin';
  return has(reviewerValues) ? 'reviewer' : 'user';
}

/** Ignores what can't be mapped: other types, long names and invisible characters. */
function readGroups(claims: Claims, { groupsClaim }: Rules): string[] | null {
  if (groupsClaim === '') return null;
  const claim = readPath(claims, groupsClaim);
  const values: unknown[] = Array.isArray(claim) ? claim.slice(0, MAX_TOKEN_GROUPS) : [claim];
  return [...new Set(values.flatMap((value) => groupSchema.safeParse(value).data ?? []))];
}

/** Tries the literal name first, because names may contain dots (`https://example.org/roles`). Then dots separate a path. */
function readPath(claims: Claims, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  return path
    .split('.')
    .reduce<unknown>(
      (value, key) =>
        typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? (value as Claims)[key] : undefined,
      claims,
    );
}

function readText(value: unknown): string {
  return typeof value === 'string' ? value.replace(/\p{Cc}/gu, '').trim() : '';
}
