// Principals and the scopes of their credentials. Browser-safe.
import type { AttachedPolicy, IdentityPolicies } from './attached/attached-policy.ts';
import type { TagValues } from './tags/schema.ts';
import type { CompiledPolicy } from './compile-policy.ts';

export const REPOSITORY_ACTIONS = ['pull', 'push', 'delete'] as const;
export type RepositoryAction = (typeof REPOSITORY_ACTIONS)[number];

/** By what they allow. `none` allows nothing, so that only policies do. */
export const REGISTRY_ROLES = ['owner', 'maintainer', 'pusher', 'reader', 'none'] as const;
export type RegistryRole = (typeof REGISTRY_ROLES)[number];

/** For lists of members. */
export function showRole(role: RegistryRole): string {
  return role === 'none' ? 'no role' : role;
}

/** For sentences like "has joined as pusher". */
export function wordRole(role: string): string {
  return role === 'none' ? 'a member without a role' : role;
}

/** A principal's role in a registry. */
export type Membership = {
  /** 12 digits. */
  registryId: string;
  /** Null if the principal isn't a member. */
  role: RegistryRole | null;
  /** The policies that the member has beside the role. Missing if there are none. */
  policies?: IdentityPolicies;
  /** The member's tags. Null or missing if there are none. */
  tags?: TagValues | null;
  /** The registry's own policy. Null or missing if it has none. */
  registryPolicy?: AttachedPolicy | null;
  /**
   * The registry that a principal who isn't a member acts for, and the role there. Null if there is none, missing if it
   * wasn't looked up.
   */
  home?: HomeRegistry | null;
};

/** Whether the registry or its member has policies, which decide beside the role and may test the request. */
export function hasPolicies(membership: Membership | null): boolean {
  return (membership?.policies?.length ?? 0) > 0 || Boolean(membership?.registryPolicy);
}

export type HomeRegistry = {
  /** 12 digits. */
  registryId: string;
  role: RegistryRole;
  /** Those of the member there. */
  policies?: IdentityPolicies;
  tags?: TagValues | null;
};

export const SITE_ROLES = ['user', 'reviewer', 'admin'] as const;
export type SiteRole = (typeof SITE_ROLES)[number];

/** Allows `actions` on every repository that matches `repository`, where `*` matches any characters. */
export type TokenScope = { repository: string; actions: RepositoryAction[] };

export type ApiAccess = 'none' | 'read' | 'write';

export type Anonymous = { kind: 'anonymous' };

export type AccessKeyUse = {
  /** The long-lived key, also of temporary credentials. */
  id: string;
  /** 12 digits. */
  registryId: string;
  /** The role of its member. */
  role: RegistryRole;
  policies?: IdentityPolicies;
  tags?: TagValues | null;
};

/** A registry's user without a browser. */
export type Robot = {
  /** The registry that owns it, 12 digits. */
  registryId: string;
  name: string;
};

export const MAX_ROBOT_NAME_LENGTH = 64;
const ROBOT_NAME = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/;
/** In ARNs, a person has a UUID where a robot has its name. */
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A subset of what IAM allows for user names. */
export function isRobotName(text: string): boolean {
  return text.length <= MAX_ROBOT_NAME_LENGTH && ROBOT_NAME.test(text) && !UUID.test(text);
}

const ROBOT_ADDRESS = /^robot:(\d{12})\/(.+)$/;

/** Returns what a robot has in place of an email address. No person's address has this form. */
export function robotAddress({ registryId, name }: Robot): string {
  return `robot:${registryId}/${name}`;
}

/** Returns null for a person's email address. */
export function parseRobotAddress(email: string): Robot | null {
  const [, registryId, name] = ROBOT_ADDRESS.exec(email) ?? [];
  return registryId !== undefined && name !== undefined ? { registryId, name } : null;
}

/** A registry's role as somebody acts in it for a time. */
export type RoleSession = {
  /** The registry that owns the role, 12 digits. */
  registryId: string;
  role: string;
  /** Chosen by whoever assumed the role. */
  sessionName: string;
  /** An identity policy that narrows what the role may do. Missing if nothing does. */
  policy?: CompiledPolicy;
  /** Claims of the token that opened it, by name. Missing if it was opened without one. */
  claims?: Readonly<Record<string, string>>;
};

/** `temporary`: credentials that an access key issued. */
export const CREDENTIAL_TYPES = [
  ...(['session', 'access-token', 'access-key', 'temporary', 'role-session', 'web-identity'] as const),
] as const;
export type CredentialType = (typeof CREDENTIAL_TYPES)[number];

const ROLE_ADDRESS = /^role:(\d{12})\/([^/]+)(?:\/(.+))?$/;

export type RoleAddress = { registryId: string; role: string; sessionName?: string | undefined };

/**
 * Returns what a role has in place of an email address, and with the session's name what the audit log shows. No person's
 * address has this form.
 */
export function roleAddress({ registryId, role, sessionName }: RoleAddress): string {
  return `role:${registryId}/${role}${sessionName === undefined ? '' : `/${sessionName}`}`;
}

/** Returns null for everybody else. */
export function parseRoleAddress(email: string): RoleAddress | null {
  const [, registryId, role, sessionName] = ROLE_ADDRESS.exec(email) ?? [];
  return registryId !== undefined && role !== undefined ? { registryId, role, sessionName } : null;
}

export type UserPrincipal = {
  kind: 'user';
  userId: string;
  email: string;
  displayName: string;
  siteRole: SiteRole;
  /** The credential's scopes at /v2; null if unrestricted, as for a browser session. */
  scopes: TokenScope[] | null;
  /** The credential's access to the REST API. */
  apiAccess: ApiAccess;
  /** Set if the credential is an access token. */
  accessTokenId?: string;
  /** Set if the credential is an access key, or was issued for one. It acts in this registry only. */
  accessKey?: AccessKeyUse;
  /** Set for a robot, which acts in its registry, and elsewhere only where a policy names it. */
  robot?: Robot;
  /** Set for a session of a role, which acts in the role's registry only. */
  roleSession?: RoleSession;
  /** Set if the credential is a browser session. */
  sessionId?: string;
  /** Set for staff without the second factor that the site requires of them. They have no staff role meanwhile. */
  isFactorMissing?: true;
  /** When the credential expires. Missing or null if it doesn't. */
  credentialExpiresAt?: Date | null;
  /** When a temporary credential or a role's session was issued. Missing for long-lived ones. */
  issuedAt?: Date;
};

/** The operator's command line and background jobs. */
export type SystemPrincipal = { kind: 'system' };

export type Principal = Anonymous | UserPrincipal | SystemPrincipal;

export const ANONYMOUS: Anonymous = { kind: 'anonymous' };

export const SYSTEM: SystemPrincipal = { kind: 'system' };

/** Returns null for anonymous and system principals. */
export function findUserId(principal: Principal): string | null {
  return principal.kind === 'user' ? principal.userId : null;
}

/** The origin of a request, for audit rows and policy conditions. */
export type RequestContext = {
  /** The client's IP address; null if there is none or it is unknown. */
  address: string | null;
  requestId: string | null;
  userAgent: string | null;
  site: SiteAddress;
  /** When the request is made. Missing: now. */
  at?: Date;
};

export type SiteAddress = {
  /** The region in ARNs, such as `us-east-1`. */
  region: string;
  /** Whether clients connect over TLS. */
  isSecure: boolean;
};

/** The context of commands, background jobs and tests. */
export const NO_REQUEST: RequestContext = {
  address: null,
  requestId: null,
  userAgent: null,
  site: { region: 'us-east-1', isSecure: false },
};

/** The principal that calls a use case and the context of the request. */
export type Caller = { principal: Principal; context: RequestContext };

/** The caller of use cases that require a signed-in user. */
export type UserCaller = { principal: UserPrincipal; context: RequestContext };

/** An anonymous caller, for decisions that don't depend on the request. */
export const ANONYMOUS_CALLER: Caller = { principal: ANONYMOUS, context: NO_REQUEST };

export const SYSTEM_CALLER: Caller = { principal: SYSTEM, context: NO_REQUEST };
