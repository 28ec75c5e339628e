import { REPOSITORY_ACTIONS, type Principal, type RepositoryAction } from '#lib/access/schema.ts';
import { includesAction } from '#lib/access/token-scope.ts';
import { AppError } from '#lib/platform/errors.ts';

/**
 * Requires a credential that could do all that a new one can. It can't create a more powerful one, and a new one acts on
 * every repository of its registry.
 * @throws AppError `forbidden`
 */
export function requireUnconfined(principal: Principal): void {
  const scopes = principal.kind === 'user' ? principal.scopes : null;
  const mayEverywhere = (action: RepositoryAction) =>
    scopes?.some(({ repository, actions }) => repository === '*' && includesAction(actions, action));
  if (scopes === null || REPOSITORY_ACTIONS.every(mayEverywhere)) return;
  const message =
    'To create credentials or to change roles, this access token needs the scopes pull, push and delete on all repositories.';
  throw new AppError('forbidden', message);
}
