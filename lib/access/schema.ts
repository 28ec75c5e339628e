// Principals, and what their credentials allow. Browser-safe.

/** What may be done to a repository. */
export const REPOSITORY_ACTIONS = ['pull', 'push', 'delete'] as const;
export type RepositoryAction = (typeof REPOSITORY_ACTIONS)[number];

export const REGISTRY_ROLES = ['owner', 'maintainer', 'pusher', 'reader'] as const;
export type RegistryRole = (typeof REGISTRY_ROLES)[number];

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

export type Principal = Anonymous | UserPrincipal;

export const ANONYMOUS: Anonymous = { kind: 'anonymous' };

/** The operator's command line, and what the site does by itself. */
export type SystemPrincipal = { kind: 'system' };

export const SYSTEM: SystemPrincipal = { kind: 'system' };

/** Who calls a use case, and from where: what an audit row needs. */
export type Caller = { actor: UserPrincipal; address: string | null; requestId: string | null };
