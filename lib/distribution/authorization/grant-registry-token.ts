import type pg from 'pg';
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
import { findStanding } from './find-standing.ts';

const MAX_REPOSITORIES = 50;
const SCOPE = /^repository(?:\([a-z0-9]+\))?:([^\s]+):([a-z*,]*)$/;

export type GrantedToken = { token: string; expiresInSeconds: number; issuedAt: Date; grants: RepositoryGrant[] };

/**
 * Issues a bearer token for what of `scopes` the principal may do now. Fewer rights than asked for are no error: the request
 * that needs them says so. One that is bought with another, `held`, is a copy of it with fewer rights: it grants no more,
 * dates from the same time, so that it opens no repository made since, and ends with it.
 */
export async function grantRegistryToken(
  app: { pool: pg.Pool; authority: TokenAuthority },
  { caller, scopes, held = null }: { caller: Caller; scopes: string[]; held?: RegistryToken | null },
): Promise<GrantedToken> {
  const { principal } = caller;
  const wanted = parseScopes(scopes);
  if (wanted.size > MAX_REPOSITORIES) {
    throw new AppError('invalid_input', `A token is for at most ${MAX_REPOSITORIES} repositories.`);
  }
  // Before the rows are read: what is granted was true at that time or later.
  const now = new Date();
  const issuedAt = held?.issuedAt ?? now;
  const isUser = principal.kind === 'user';
  const credentialEnd = isUser ? (principal.credentialExpiresAt ?? null) : null;
  const expiresAt = registryTokenEnd(now, earlier(held?.expiresAt ?? null, credentialEnd));
  const grants: RepositoryGrant[] = [];
  for (const [name, asked] of wanted) {
    const { actions } = await findStanding(app, { caller, fullName: name });
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
  });
  // Clients add it to the time of the answer, or to `issuedAt`: that is now, whatever the token itself says.
  const expiresInSeconds = Math.ceil((expiresAt.getTime() - now.getTime()) / 1000);
  return { token, expiresInSeconds, issuedAt: now, grants };
}

function earlier(one: Date | null, other: Date | null): Date | null {
  if (!one || !other) return one ?? other;
  return one < other ? one : other;
}

/** `repository:NAME:ACTION,ACTION`, several or joined by spaces. Anything else, such as `registry:catalog:*`, asks for nothing. */
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
