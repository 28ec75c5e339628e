import type pg from 'pg';
import {
  issueRegistryToken,
  REGISTRY_TOKEN_TTL_SECONDS,
  type RepositoryGrant,
  type TokenAuthority,
} from '#lib/identity/registry-token.ts';
import { REPOSITORY_ACTIONS, type Actor, type RepositoryAction } from '#lib/identity/schema.ts';
import { isName } from '#lib/oci/name.ts';
import { AppError } from '#lib/platform/errors.ts';
import { findStanding } from './find-standing.ts';

const MAX_REPOSITORIES = 50;
const SCOPE = /^repository(?:\([a-z0-9]+\))?:([^\s]+):([a-z*,]*)$/;

export type GrantedToken = { token: string; expiresInSeconds: number; issuedAt: Date; grants: RepositoryGrant[] };

/**
 * A bearer token for what of `scopes` the actor may do now. Fewer rights than asked for are no error: the request that
 * needs them says so.
 */
export async function grantRegistryToken(
  app: { pool: pg.Pool; authority: TokenAuthority },
  { actor, scopes }: { actor: Actor; scopes: string[] },
): Promise<GrantedToken> {
  const wanted = parseScopes(scopes);
  if (wanted.size > MAX_REPOSITORIES) {
    throw new AppError('invalid_input', `A token is for at most ${MAX_REPOSITORIES} repositories.`);
  }
  // Before the rows are read: what is granted was true at that time or later.
  const issuedAt = new Date();
  const grants: RepositoryGrant[] = [];
  for (const [name, asked] of wanted) {
    const { actions } = await findStanding(app, { actor, fullName: name });
    const granted = actions.filter((action) => asked.has(action));
    if (granted.length > 0) grants.push({ name, actions: granted });
  }
  const isUser = actor.kind === 'user';
  const token = await issueRegistryToken(app.authority, {
    ...{ grants, issuedAt },
    userId: isUser ? actor.userId : null,
    scopes: isUser ? actor.scopes : null,
    accessTokenId: isUser ? (actor.accessTokenId ?? null) : null,
  });
  return { token, expiresInSeconds: REGISTRY_TOKEN_TTL_SECONDS, issuedAt, grants };
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
