/**
 * What a credential needs in addition to its user's permissions.
 * `pull`, `push`, `delete`: a scope on the repository.
 * `read`, `write`: the scope `api:read` or `api:write`.
 * `session`: a browser session.
 * `any`: a credential without further scopes.
 */
export type CredentialNeed = 'pull' | 'push' | 'delete' | 'read' | 'write' | 'session' | 'any';

/** The type of resource an action applies to (resource-names.ts). */
export type ActionResource = 'repository' | 'registry' | 'alias' | 'account' | 'site' | 'none';

export type ActionFacts = {
  on: ActionResource;
  needs: CredentialNeed;
  /** The error shown when the action is denied. */
  refusal: string;
};
