// Principals, and what their credentials allow. Browser-safe.

/** What may be done to a repository. */
export const REPOSITORY_ACTIONS = ['pull', 'push', 'delete'] as const;
export type RepositoryAction = (typeof REPOSITORY_ACTIONS)[number];

export const REGISTRY_ROLES = ['owner', 'maintainer', 'pusher', 'reader'] as const;
export type RegistryRole = (typeof REGISTRY_ROLES)[number];

/** What somebody is in a registry. */
export type Membership = {
  /** 12 digits. */
  registryId: string;
  /** Null: no member. */
  role: RegistryRole | null;
};

export const SITE_ROLES = ['user', 'reviewer', 'admin'] as const;
export type SiteRole = (typeof SITE_ROLES)[number];

/** One right of an access token: `actions` on every repository that `repository` matches (`*` matches anything). */
export type TokenScope = { repository: string; actions: RepositoryAction[] };

export type ApiAccess = 'none' | 'read' | 'write';

export type Anonymous = { kind: 'anonymous' };

export type UserPrincipal = {
  kind: 'user';
  userId: string;
  email: string;
  displayName: string;
  siteRole: SiteRole;
  /** What the credential allows at /v2: null for a browser session, which may do all that its user may. */
  scopes: TokenScope[] | null;
  /** What it allows elsewhere: managing registries, aliases, tokens. */
  apiAccess: ApiAccess;
  /** The access token they came with, if it was one. */
  accessTokenId?: string;
  /** The browser session they came with, if it was one. */
  sessionId?: string;
  /** When the credential they came with ends. Missing or null: never. */
  credentialExpiresAt?: Date | null;
};

/** The operator's command line, and what the site does by itself. */
export type SystemPrincipal = { kind: 'system' };

export type Principal = Anonymous | UserPrincipal | SystemPrincipal;

export const ANONYMOUS: Anonymous = { kind: 'anonymous' };

export const SYSTEM: SystemPrincipal = { kind: 'system' };

/** Of a user. Null: it is nobody, or the site itself. */
export function findUserId(principal: Principal): string | null {
  return principal.kind === 'user' ? principal.userId : null;
}

/** Where a request comes from: what an audit row and the conditions of policies need. */
export type RequestContext = {
  /** Of the client. Null: there is none, or it isn't known. */
  address: string | null;
  requestId: string | null;
  userAgent: string | null;
  site: SiteAddress;
};

/** Of the site that is asked. */
export type SiteAddress = {
  /** In the names of resources, such as `us-east-1`. */
  region: string;
  /** Clients reach it by TLS. */
  isSecure: boolean;
};

/** Of commands, background work and tests. */
export const NO_REQUEST: RequestContext = {
  address: null,
  requestId: null,
  userAgent: null,
  site: { region: 'us-east-1', isSecure: false },
};

/** Who calls a use case, and from where. */
export type Caller = { principal: Principal; context: RequestContext };

/** The caller of what only users do. */
export type UserCaller = { principal: UserPrincipal; context: RequestContext };

/** Whoever has no account, where it doesn't matter from where they ask. */
export const ANONYMOUS_CALLER: Caller = { principal: ANONYMOUS, context: NO_REQUEST };

/** Commands and background work. */
export const SYSTEM_CALLER: Caller = { principal: SYSTEM, context: NO_REQUEST };
