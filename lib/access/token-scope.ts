// Access token scopes. For /v2 in the grammar of Docker's token scopes: `repository:PATTERN:ACTION,ACTION`. `*` in a pattern
// stands for any characters; `pull`, `push` and `delete` alone are short for that action on every repository. For the REST
// API: `api:read` and `api:write`.
import { AppError } from '#lib/platform/errors.ts';
import { REPOSITORY_ACTIONS, type ApiAccess, type RepositoryAction, type TokenScope } from './schema.ts';
import { matchesWildcards } from './text-pattern.ts';

const PATTERN = /^[a-z0-9*][a-z0-9._/*-]{0,254}$/;

/** @throws AppError `invalid_input` with a sentence that names the scope and shows the grammar. */
export function parseTokenScope(text: string): TokenScope {
  const [type, repository, actions, ...rest] = isAction(text) ? ['repository', '*', text] : text.split(':');
  const names = actions?.split(',') ?? [];
  const isValid =
    type === 'repository' &&
    repository !== undefined &&
    PATTERN.test(repository) &&
    names.every(isAction) &&
    !rest.length;
  if (!isValid || names.length === 0) {
    throw new AppError(
      'invalid_input',
      `"${text}" is not a scope: use pull, push or delete, repository:ALIAS/NAME:pull,push (* matches anything), api:read or api:write.`,
    );
  }
  return { repository, actions: REPOSITORY_ACTIONS.filter((action) => names.includes(action)) };
}

/** What a token's scopes add up to. */
export function parseTokenScopes(texts: string[]): { repositories: TokenScope[]; apiAccess: ApiAccess } {
  const apiAccess = texts.includes('api:write') ? 'write' : texts.includes('api:read') ? 'read' : 'none';
  return { repositories: texts.filter((text) => !isApiScope(text)).map(parseTokenScope), apiAccess };
}

/** The one way each scope is written. @throws AppError `invalid_input` */
export function normaliseTokenScopes(texts: string[]): string[] {
  return [...new Set(texts.map((text) => (isApiScope(text) ? text : formatTokenScope(parseTokenScope(text)))))];
}

function isApiScope(text: string): boolean {
  return text === 'api:read' || text === 'api:write';
}

export function formatTokenScope(scope: TokenScope): string {
  return `repository:${scope.repository}:${scope.actions.join(',')}`;
}

/** Whether a scope covers a repository. A `*` in the name means every name, so only a `*` of the scope covers it. */
export function scopesAllow(scopes: TokenScope[], fullName: string, action: RepositoryAction): boolean {
  return scopes.some(
    ({ repository, actions }) => includesAction(actions, action) && matchesWildcards(repository, fullName),
  );
}

/** Whether a bearer token of `/token`, which lists what it was issued for, was issued for this. */
export function grantsAllow(
  grants: readonly { name: string; actions: readonly RepositoryAction[] }[],
  fullName: string,
  action: RepositoryAction,
): boolean {
  return grants.some((grant) => grant.name === fullName && grant.actions.includes(action));
}

/** Pushing includes pulling: a push starts by asking what is there already. */
export function includesAction(actions: readonly RepositoryAction[], action: RepositoryAction): boolean {
  return actions.includes(action) || (action === 'pull' && actions.includes('push'));
}

function isAction(text: string): text is RepositoryAction {
  return (REPOSITORY_ACTIONS as readonly string[]).includes(text);
}
