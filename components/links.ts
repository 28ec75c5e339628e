// Builds every URL of the site.
import type { Age, Kind, Size, Sort } from '#lib/search/schema.ts';

export const HOME = '/';
export const DOCS = '/docs';
export const API_DOCS = '/docs#api';
export const STATUS = '/status';
export const SIGN_IN = '/signin';
export const OIDC_SIGN_IN = '/signin/oidc';
export const FORGOT_PASSWORD = '/signin/forgot';
export const FORGOT_PASSWORD_SENT = '/signin/forgot/sent';
export const SECOND_FACTOR = '/signin/second-factor';
export const SIGN_UP = '/signup';
export const SIGN_UP_SENT = '/signup/sent';
export const CONSOLE = '/console';
export const NEW_REPOSITORY = '/console/new';
export const TOKENS = '/console/tokens';
export const ACCESS_KEYS = '/console/access-keys';
export const ACCOUNT = '/console/account';
export const SECURITY = '/console/account/security';
export const AUTHENTICATOR = '/console/account/security/authenticator';
export const ALIASES = '/console/aliases';
export const PROFILE = '/console/profile';
export const REGISTRIES = '/console/registries';
export const MEMBERS = '/console/members';
export const ROBOTS = '/console/robots';
export const CONSOLE_ROLES = '/console/roles';
export const CONSOLE_POLICY = '/console/policy';
export const CONSOLE_POLICIES = '/console/policies';
export const PRINCIPALS = '/console/principals';
export const TEAMS = '/console/teams';
export const IDENTITY_PROVIDERS = '/console/identity-providers';
export const MIRRORS = '/console/mirrors';
export const TEMPLATES = '/console/templates';
export const WEBHOOKS = '/console/webhooks';
export const REPLICATION = '/console/replication';
export const DELETED = '/console/deleted';
export const TRANSFERS = '/console/transfers';
export const FOLLOWING = '/console/following';
export const NOTIFICATIONS = '/console/notifications';
export const USAGE = '/console/usage';
export const USAGE_EXPORT = '/console/usage/export';
export const ACTIVITY = '/console/activity';
export const ACTIVITY_EXPORT = '/console/activity/export';
export const MACHINE_PULLS = '/console/activity/machines';
export const NEW_ALIAS_REQUEST = '/console/aliases/new';
export const REVIEW = '/review';
export const FLAGGED_NAMES = '/review/names';
export const SAVED_REPLIES = '/review/replies';
export const ADMIN = '/admin';
export const SITE_SETTINGS = '/admin/settings';
export const ADMIN_USERS = '/admin/users';
export const ADMIN_REGISTRIES = '/admin/registries';
export const ADMIN_REPORTS = '/admin/reports';
export const QUARANTINE = '/admin/quarantine';
export const ADMIN_DELETED = '/admin/deleted';
export const ADMIN_MIRRORS = '/admin/mirrors';
export const ADMIN_AUDIT = '/admin/audit';
export const ADMIN_AUDIT_EXPORT = '/admin/audit/export';
export const HEALTH = '/admin/health';
export const RESERVED_NAMES = '/admin/reserved-names';
export const RESERVED_NAMES_IMPORT = '/admin/reserved-names/import';
export const RESERVED_NAMES_EXPORT = '/admin/reserved-names/export';

export type Query = Record<string, string | number | null | undefined>;

/** Omits empty parameters, so that equal pages have equal URLs. */
export function withQuery(path: string, query: Query): string {
  const pairs = Object.entries(query).flatMap(([key, value]) =>
    value === null || value === undefined || value === '' ? [] : [[key, String(value)]],
  );
  const text = new URLSearchParams(pairs).toString();
  return text ? `${path}?${text}` : path;
}

export type SearchLink = {
  q?: string;
  os?: string;
  arch?: string;
  platform?: string;
  category?: string;
  licence?: string;
  base?: string;
  size?: Size;
  kind?: Kind;
  verified?: '1';
  signed?: '1';
  pushed?: Age;
  sort?: Sort;
  page?: number;
};

export function searchLink({ sort, page, ...rest }: SearchLink): string {
  return withQuery('/search', {
    ...rest,
    sort: sort === 'relevance' ? null : sort,
    page: page === 1 ? null : page,
  });
}

/** `category`: a slug of lib/repositories/categories.ts. */
export function categoryLink(category: string): string {
  return withQuery('/search', { category });
}

/** A repository in the REST API. */
export function repositoryApiLink(fullName: string): string {
  return `/api/v1/repositories/${encodeURIComponent(fullName)}`;
}

/** Search suggestions in the REST API. */
export function suggestionsLink(query: string): string {
  return withQuery('/api/v1/suggestions', { q: query });
}

export function publisherLink(alias: string, query: Query = {}): string {
  return withQuery(`/${alias}`, query);
}

export type RepositoryTab = 'overview' | 'usage' | 'tags' | 'layers' | 'security' | 'insights';
/** An item with a page of its own: a tag, a manifest, a layer, or a view of several tags. */
export type RepositoryItem = { tag: string } | { digest: string } | { layer: string } | { view: RepositoryView };
export const REPOSITORY_VIEWS = ['compare'] as const;
export type RepositoryView = (typeof REPOSITORY_VIEWS)[number];
export type RepositoryLink = { alias: string; name: string; tab?: RepositoryTab; item?: RepositoryItem };

/** No part of a repository name can be `-`, so `/-/` always ends the name. */
export function repositoryLink(link: RepositoryLink, query: Query = {}): string {
  const { alias, name, tab = 'overview', item } = link;
  const below = item ? `/-/${itemPath(item)}` : tab === 'overview' ? '' : `/-/${tab}`;
  return withQuery(`/${alias}/${name}${below}`, query);
}

function itemPath(item: RepositoryItem): string {
  if ('view' in item) return item.view;
  if ('tag' in item) return `tags/${item.tag}`;
  return 'digest' in item ? `digests/${item.digest}` : `layers/${item.layer}`;
}

/** `from` and `to`: a tag, a digest, or `ALIAS/NAME:TAG` of another repository. */
export function compareLink(
  { alias, name }: RepositoryLink,
  query: { from: string; to: string; platform?: string | null; files?: '1' | null },
): string {
  return repositoryLink({ alias, name, item: { view: 'compare' } }, query);
}

export const CONSOLE_TABS = [
  'overview',
  'images',
  'settings',
  'lifecycle',
  'access',
  'pulls',
  'activity',
  'danger',
] as const;
export type ConsoleTab = (typeof CONSOLE_TABS)[number];
export type ConsoleRepositoryLink = { alias: string; name: string; tab?: ConsoleTab };

/** As for `repositoryLink`, `/-/` ends the name. */
export function consoleRepositoryLink(
  { alias, name, tab = 'overview' }: ConsoleRepositoryLink,
  query: Query = {},
): string {
  return withQuery(`${CONSOLE}/repositories/${alias}/${name}${tab === 'overview' ? '' : `/-/${tab}`}`, query);
}

/** `start`: a sample, or the number of an earlier policy. `saved`: the number of the policy that was just saved. */
export function registryPolicyLink(query: { registry: string | null; start?: string; saved?: string }): string {
  return withQuery(CONSOLE_POLICY, query);
}

/** `machine`: a client address or an access key. */
export function machinePullsLink(query: { registry: string; machine: string }): string {
  return withQuery(MACHINE_PULLS, query);
}

export function aliasRequestLink(id: string): string {
  return `${ALIASES}/${id}`;
}

/** `registry` is a registry ID, or null for the user's own. `edit` is the mirror to edit. */
export function mirrorsLink({ page, ...query }: { registry: string | null; page?: number; edit?: string }): string {
  const path = withQuery(MIRRORS, { ...query, page: page === 1 ? null : page });
  return query.edit === undefined ? path : `${path}#mirror-a-repository`;
}

export function webhooksLink({ registry }: { registry: string | null }): string {
  return withQuery(WEBHOOKS, { registry });
}

/** `registry` is a registry ID. `before` is the delivery before which the log goes on. */
export function webhookLink({ name, ...query }: { registry: string; name: string; before?: string }): string {
  return withQuery(`${WEBHOOKS}/${name}`, query);
}

export function replicationLink(query: { registry: string | null }): string {
  return withQuery(REPLICATION, query);
}

export function templatesLink(query: { registry: string | null }): string {
  return withQuery(TEMPLATES, query);
}

export type ConsoleLink = {
  registry: string | null;
  q?: string;
  visibility?: string;
  mutability?: string;
  sort?: string;
  page?: number;
};

/** A registry's repositories. `registry` is a registry ID, or null for the user's default one. */
export function consoleLink({ page, sort, ...query }: ConsoleLink): string {
  return withQuery(CONSOLE, { ...query, sort: sort === 'pushed' ? null : sort, page: page === 1 ? null : page });
}

export function newRepositoryLink({ registry }: { registry: string | null }): string {
  return withQuery(NEW_REPOSITORY, { registry });
}

/** `days`: null for the default. */
export function usageLink(query: { registry: string | null; days?: string | null }): string {
  return withQuery(USAGE, query);
}

/** `of`: what moved, or what was stored. */
export function usageExportLink(query: { registry: string; days: string; of: 'traffic' | 'storage' }): string {
  return withQuery(USAGE_EXPORT, query);
}

export function newAliasRequestLink({ registry }: { registry: string }): string {
  return withQuery(NEW_ALIAS_REQUEST, { registry });
}

/** `registry` is a registry ID, or null for the user's own. */
export function accessKeysLink({ registry }: { registry: string | null }): string {
  return withQuery(ACCESS_KEYS, { registry });
}

/** `registry` is a registry ID, or null for the user's own. */
export function robotsLink({ registry }: { registry: string | null }): string {
  return withQuery(ROBOTS, { registry });
}

/** `registry` is a registry ID. */
export function robotLink({ registry, name }: { registry: string; name: string }): string {
  return withQuery(`${ROBOTS}/${name}`, { registry });
}

/** `registry` is a registry ID, or null for the user's own. */
export function teamsLink({ registry }: { registry: string | null }): string {
  return withQuery(TEAMS, { registry });
}

/** `registry` is a registry ID. */
export function teamLink({ registry, name }: { registry: string; name: string }): string {
  return withQuery(`${TEAMS}/${name}`, { registry });
}

/** `registry` is a registry ID, or null for the user's own. `start`: a sample. */
export function policiesLink(query: { registry: string | null; start?: string }): string {
  return withQuery(CONSOLE_POLICIES, query);
}

export type PolicyLink = {
  /** A registry ID. */
  registry: string;
  /** A name, after `aws:` one of AWS. */
  policy: string;
  /** The version that the editor starts with, and the one that was just saved. */
  version?: number;
  saved?: string;
};

/** A managed policy. */
export function policyLink({ policy, ...query }: PolicyLink): string {
  const at = withQuery(`${CONSOLE_POLICIES}/${encodeURIComponent(policy)}`, query);
  return `${at}${query.version === undefined ? '' : '#policy'}`;
}

export type PrincipalLink = {
  /** A registry ID. */
  registry: string;
  /** A user id, a robot's name, or `role:` or `team:` and a name. */
  principal: string;
  /** The policy that the editor shows, a sample that it starts with, and whether it was just saved. */
  edit?: string;
  start?: string;
  saved?: string;
};

/** The policies of a member, robot, role or team. */
export function principalLink({ principal, ...query }: PrincipalLink): string {
  return `${withQuery(`${PRINCIPALS}/${encodeURIComponent(principal)}`, query)}${query.edit === undefined ? '' : '#policy'}`;
}

/** `registry` is a registry ID, or null for the user's own. `sample`: a preset of a trust policy. */
export function rolesLink(query: { registry: string | null; sample?: string }): string {
  return `${withQuery(CONSOLE_ROLES, query)}${query.sample === undefined ? '' : '#new-role'}`;
}

/** `registry` is a registry ID. */
export function roleLink({ registry, name }: { registry: string; name: string }): string {
  return withQuery(`${CONSOLE_ROLES}/${name}`, { registry });
}

/** `registry` is a registry ID, or null for the user's own. */
export function identityProvidersLink({ registry }: { registry: string | null }): string {
  return withQuery(IDENTITY_PROVIDERS, { registry });
}

/** `registry` is a registry ID, or null for the user's own. */
export function deletedLink({ registry, page }: { registry: string | null; page?: number }): string {
  return withQuery(DELETED, { registry, page: page === 1 ? null : page });
}

/** A view of the queue. The default view is `open`. */
export function reviewLink({ view, q, page }: { view: string; q?: string; page?: number }): string {
  return withQuery(REVIEW, { view: view === 'open' ? null : view, q, page: page === 1 ? null : page });
}

export function reviewRequestLink(id: string): string {
  return `${REVIEW}/${id}`;
}

export function savedReplyLink(id: string): string {
  return `${SAVED_REPLIES}/${id}`;
}

export function reservedNamesLink({ page, ...query }: { q: string; kind: string | null; page: number }): string {
  return withQuery(RESERVED_NAMES, { ...query, page: page === 1 ? null : page });
}

/** Below /api, where no alias can conflict. */
export function logoLink(id: string): string {
  return `/api/logos/${id}`;
}

/** The style sheet of an accent colour such as `#0b6b64`, or of the default one. `preview` applies it to `.accent-preview` only. */
export function accentLink(colour: string, scope?: 'preview'): string {
  return withQuery('/api/accent', { colour: colour.slice(1), scope });
}

/** `target`: `ALIAS` or `ALIAS/NAME`. */
export function reportLink(target: string): string {
  return withQuery('/report', { target });
}

export function quarantineLink(repository: string): string {
  return withQuery(QUARANTINE, { repository });
}

export function signInLink(callbackPath?: string): string {
  return withQuery(SIGN_IN, { callbackUrl: callbackPath });
}

/** The page for users. Mail programs post to /api/unsubscribe. */
export function unsubscribeLink(token: string): string {
  return withQuery(`${FOLLOWING}/unsubscribe`, { token });
}

// URLs for other sites and programs. Those below /api can't conflict with an alias.
export const SITEMAP = '/sitemap.xml';
export const OPEN_API = '/api/v1/openapi.json';
export const OPEN_SEARCH = '/opensearch.xml';
export const MCP = '/api/mcp';

export const BADGE_KINDS = ['version', 'tag', 'size', 'pulls', 'signature'] as const;
export type BadgeKind = (typeof BADGE_KINDS)[number];

export function badgeLink(kind: BadgeKind, { alias, name }: { alias: string; name: string }): string {
  return `/api/badge/${kind}/${alias}/${name}.svg`;
}

export const CARD_THEMES = ['auto', 'light', 'dark'] as const;
export type CardTheme = (typeof CARD_THEMES)[number];

/** A page for frames on other sites. */
export function cardLink({ alias, name }: { alias: string; name: string }, theme: CardTheme = 'auto'): string {
  return withQuery(`/api/card/${alias}/${name}`, { theme: theme === 'auto' ? null : theme });
}

/** For a repository or a publisher. */
export function feedLink({ alias, name }: { alias: string; name?: string }): string {
  return `/api/feed/${alias}${name ? `/${name}` : ''}.atom`;
}

/** A document attached to an image, as pushed. */
export function attachedFileLink({ alias, name }: RepositoryLink, digest: string): string {
  return `/api/attached/${alias}/${name}/-/${digest}`;
}

/** A new `version` changes the URL, so that caches fetch the image again. */
export function previewImageLink({ alias, name, version }: { alias: string; name?: string; version: number }): string {
  return withQuery(`/api/og/${alias}${name ? `/${name}` : ''}.png`, { v: version });
}

export function oembedLink(pageUrl: string): string {
  return withQuery('/api/oembed', { url: pageUrl, format: 'json' });
}
