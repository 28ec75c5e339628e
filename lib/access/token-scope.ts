// Access token scopes. Scopes for /v2 follow Docker's grammar, `repository:PATTERN:ACTION,ACTION`, where `*` matches
// any characters.
// `pull`, `push` and `delete` alone apply to every repository.
// The REST API has the scopes `api:read` and `api:write`.
import { AppError } from '#lib/platform/errors.ts';
import { REPOSITORY_ACTIONS, type ApiAccess, type RepositoryAction, type TokenScope } from './schema.ts';
import { matchesWildcards } from './text-pattern.ts';

const PATTERN = /^[a-z0-9*][a-z0-9._/*-]{0,254}$/;

/** @throws AppError `invalid_input` with a message that names the scope and shows the grammar */
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
      `"${text}" is not a valid scope. Use pull, push, delete, repository:ALIAS/NAME:pull,push (* matches anything), api:read or api:write.`,
    );
  }
  return { repository, actions: REPOSITORY_ACTIONS.filter((action) => names.includes(action)) };
}

/** Splits a token's scopes into repository scopes and API access. */
export function parseTokenScopes(texts: string[]): { repositories: TokenScope[]; apiAccess: ApiAccess } {
  const apiAccess = texts.includes('api:write') ? 'write' : texts.includes('api:read') ? 'read' : 'none';
  return { repositories: texts.filter((text) => !isApiScope(text)).map(parseTokenScope), apiAccess };
}

/** Returns canonical scopes without duplicates. @throws AppError `invalid_input` */
export function normaliseTokenScopes(texts: string[]): string[] {
  return [...new Set(texts.map((text) => (isApiScope(text) ? text : formatTokenScope(parseTokenScope(text)))))];
}

function isApiScope(text: string): boolean {
  return text === 'api:read' || text === 'api:write';
}

export function formatTokenScope(scope: TokenScope): string {
  return `repository:${scope.repository}:${scope.actions.join(',')}`;
}

/** Whether a scope covers a repository. `*` in `fullName` means every repository, so only a `*` in the scope matches it. */
export function scopesAllow(scopes: TokenScope[], fullName: string, action: RepositoryAction): boolean {
  return scopes.some(
    ({ repository, actions }) => includesAction(actions, action) && matchesWildcards(repository, fullName),
  );
}

/** Whether the grants of a registry token include this action. */
export function grantsAllow(
  grants: readonly { name: string; actions: readonly RepositoryAction[] }[],
  fullName: string,
  action: RepositoryAction,
): boolean {
  return grants.some((grant) => grant.name === fullName && grant.actions.includes(action));
}

/** `push` includes `pull`, because clients check for existing blobs before they push. */
export function includesAction(actions: readonly RepositoryAction[], action: RepositoryAction): boolean {
  return actions.includes(action) || (action === 'pull' && actions.includes('push'));
}

function isAction(text: string): text is RepositoryAction {
  return (REPOSITORY_ACTIONS as readonly string[]).includes(text);
}
