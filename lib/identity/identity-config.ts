// Settings of accounts and sign-in.
import { z } from 'zod';
import { flag, list } from '#lib/platform/config/config-values.ts';
import type { ValuesOf, VariableRow } from '#lib/platform/config/variables.ts';
import { AppError } from '#lib/platform/errors.ts';

export const IDENTITY_VARIABLES = {
  AUTH_SECRET: {
    schema: z.string().min(32, 'must have at least 32 characters').optional(),
    doc: 'Key that signs sessions and registry tokens; the same on every replica',
    fallback: 'generated in DATA_DIR',
    isSecret: true,
  },
  ADMIN_EMAIL: {
    schema: z.email('must be an email address').optional(),
    doc: 'Email address of the first admin, created at startup',
    fallback: 'one-time sign-in link',
  },
  ADMIN_PASSWORD: {
    schema: z.string().min(10, 'must have at least 10 characters').optional(),
    doc: 'Password of the first admin',
    fallback: 'one-time sign-in link',
    isSecret: true,
  },
  SIGN_UP: { schema: flag('1'), doc: 'Let visitors create an account: 1 or 0', fallback: '1' },
  SIGN_UPS_PER_HOUR: {
    schema: z.coerce.number({ error: 'must be a number' }).int().min(0).max(100_000).default(10),
    doc: 'Sign-ups per client address and hour (0: unlimited)',
    fallback: '10',
  },
  OIDC_ISSUER: {
    schema: z.url({ protocol: /^https?$/, error: 'must be the address of an OpenID Connect issuer' }).optional(),
    doc: 'OpenID Connect issuer for single sign-on',
    fallback: 'passwords only',
  },
  OIDC_CLIENT_ID: { schema: z.string().optional(), doc: 'Client ID at the issuer', fallback: 'none' },
  OIDC_CLIENT_SECRET: {
    schema: z.string().optional(),
    doc: 'Client secret at the issuer',
    fallback: 'none',
    isSecret: true,
  },
  OIDC_NAME: {
    schema: z.string().max(60, 'has at most 60 characters').default('single sign-on'),
    doc: 'Name of the issuer on the sign-in page',
    fallback: 'single sign-on',
  },
  OIDC_SCOPES: {
    schema: z.string().default('openid email profile'),
    doc: 'Scopes to request from the issuer',
    fallback: 'openid email profile',
  },
  OIDC_ROLES_CLAIM: {
    schema: z.string().default('groups'),
    doc: 'Claim that lists roles or groups; dots select nested fields, as in realm_access.roles',
    fallback: 'groups',
  },
  OIDC_ADMIN_VALUES: {
    schema: list,
    doc: 'Comma-separated claim values that make a user an admin',
    fallback: 'roles managed in Vitrine',
  },
  OIDC_REVIEWER_VALUES: {
    schema: list,
    doc: 'Comma-separated claim values that make a user a reviewer',
    fallback: 'roles managed in Vitrine',
  },
  OIDC_GROUPS_CLAIM: {
    schema: z.string().default(''),
    doc: 'Claim that lists the groups that admins map to teams; dots select nested fields',
    fallback: 'teams managed in Vitrine',
  },
  OIDC_SIGN_UP: { schema: flag('1'), doc: 'Create an account at the first single sign-on: 1 or 0', fallback: '1' },
} as const satisfies Record<string, VariableRow>;

export type OidcConfig = {
  issuer: string;
  clientId: string;
  clientSecret: string;
  name: string;
  scopes: string;
  rolesClaim: string;
  adminValues: string[];
  reviewerValues: string[];
  /** Empty: groups are ignored. */
  groupsClaim: string;
  isSignUpOpen: boolean;
};

export type IdentityConfig = {
  authSecret: string | undefined;
  adminEmail: string | undefined;
  adminPassword: string | undefined;
  isSignUpOpen: boolean;
  /** Per client address; 0: unlimited. */
  signUpsPerHour: number;
  /** Null: password sign-in only. */
  oidc: OidcConfig | null;
};

type Values = ValuesOf<typeof IDENTITY_VARIABLES>;

/** @throws AppError `invalid_input`, naming the variables */
export function readIdentityConfig(values: Values): IdentityConfig {
  if ((values.ADMIN_EMAIL === undefined) !== (values.ADMIN_PASSWORD === undefined)) {
    throw new AppError('invalid_input', 'ADMIN_EMAIL and ADMIN_PASSWORD must be set together.');
  }
  return {
    authSecret: values.AUTH_SECRET,
    adminEmail: values.ADMIN_EMAIL?.toLowerCase(),
    adminPassword: values.ADMIN_PASSWORD,
    isSignUpOpen: values.SIGN_UP,
    signUpsPerHour: values.SIGN_UPS_PER_HOUR,
    oidc: readOidc(values),
  };
}

function readOidc(values: Values): OidcConfig | null {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = values;
  if (!issuer && !clientId && !clientSecret) return null;
  if (!issuer || !clientId || !clientSecret) {
    const names = 'OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET';
    throw new AppError('invalid_input', `${names} must be set together.`);
  }
  return {
    issuer,
    clientId,
    clientSecret,
    name: values.OIDC_NAME,
    scopes: values.OIDC_SCOPES,
    rolesClaim: values.OIDC_ROLES_CLAIM,
    adminValues: values.OIDC_ADMIN_VALUES,
    reviewerValues: values.OIDC_REVIEWER_VALUES,
    groupsClaim: values.OIDC_GROUPS_CLAIM,
    isSignUpOpen: values.OIDC_SIGN_UP,
  };
}
