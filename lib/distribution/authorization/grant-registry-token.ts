import {
  issueRegistryToken,
  registryTokenEnd,
  type RegistryToken,
  type RepositoryGrant,
  type TokenAuthority,
} from '#lib/identity/credentials/registry-token.ts';
import { REPOSITORY_ACTIONS, type Caller, type RepositoryAction } from '#lib/access/schema.ts';
import { grantsAllow } from '#lib/access/token-scope.ts';
import { isName } from '#lib/oci/name.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { PooledApp } from '#lib/repositories/find-repository.ts';
import type { PullCache } from '#lib/distribution/hot-path/pull-cache.ts';
import { isOpenToAll } from './authorize.ts';
import { findStanding } from './find-standing.ts';

const MAX_REPOSITORIES = 50;
const SCOPE = /^repository(?:\([a-z0-9]+\))?:([^\s]+):([a-z*,]*)$/;

export type GrantedToken = { token: string; expiresInSeconds: number; issuedAt: Date; grants: RepositoryGrant[] };

/**
 * Issues a bearer token for the subset of `scopes` that the principal has now. Granting less isn't an error, because
 * the request that lacks a right fails later. A token exchanged for another, `held`, never grants more than it and
 * never outlives it. It keeps the issue time of `held`, so that it doesn't cover repositories created since.
 */
export async function grantRegistryToken(
  app: PooledApp & { authority: TokenAuthority; pullCache?: Pick<PullCache, 'findRepository'> },
  { caller, scopes, held = null }: { caller: Caller; scopes: string[]; held?: RegistryToken | null },
): Promise<GrantedToken> {
  const { principal } = caller;
  const wanted = parseScopes(scopes);
  if (wanted.size > MAX_REPOSITORIES) {
    throw new AppError('invalid_input', `A token can cover at most ${MAX_REPOSITORIES} repositories.`);
  }
  // Taken before the rows are read, so that no grant is older than the token.
  const now = new Date();
  const issuedAt = held?.issuedAt ?? now;
  const isUser = principal.kind === 'user';
  const credentialEnd = isUser ? (principal.credentialExpiresAt ?? null) : null;
  const expiresAt = registryTokenEnd(now, earlier(held?.expiresAt ?? null, credentialEnd));
  const grants: RepositoryGrant[] = [];
  for (const [name, asked] of wanted) {
    const known = isUser ? null : app.pullCache?.findRepository(name);
    // So that anonymous pulls from memory need no database.
    const isOpen = known?.fullName === name && isOpenToAll(known);
    const actions = isOpen ? (['pull'] as const) : (await findStanding(app, { caller, fullName: name })).actions;
    const granted = actions.filter((action) => asked.has(action) && (!held || grantsAllow(held.grants, name, action)));
    if (granted.length > 0) grants.push({ name, actions: granted });
  }
  const token = await issueRegistryToken(app.authority, {
    grants,
    issuedAt,
    expiresAt,
    userId: isUser ? principal.userId : null,
    scopes: isUser ? principal.scopes : null,
    accessTokenId: isUser ? (principal.accessTokenId ?? null) : null,
    accessKeyId: isUser ? (principal.accessKey?.id ?? null) : null,
  });
  // Clients add it to the response time or to `issuedAt`, so both count from now, unlike the token itself.
  const expiresInSeconds = Math.ceil((expiresAt.getTime() - now.getTime()) / 1000);
  return { token, expiresInSeconds, issuedAt: now, grants };
}

function earlier(one: Date | null, other: Date | null): Date | null {
  if (!one || !other) return one ?? other;
  return one < other ? one : other;
}

/**
 * Parses `repository:NAME:ACTION,ACTION`, repeated or separated by spaces. Ignores other scopes, such as
 * `registry:catalog:*`.
 */
function parseScopes(scopes: string[]): Map<string, Set<RepositoryAction>> {
  const wanted = new Map<string, Set<RepositoryAction>>();
  for (const scope of scopes.flatMap((text) => text.split(' '))) {
    const [, name = '', actionList = ''] = SCOPE.exec(scope) ?? [];
    if (!isName(name)) continue;
    const asked = actionList.split(',');
    const actions = REPOSITORY_ACTIONS.filter((action) => asked.includes(action) || asked.includes('*'));
    wanted.set(name, new Set([...(wanted.get(name) ?? []), ...actions]));
  }
  return wanted;
}
