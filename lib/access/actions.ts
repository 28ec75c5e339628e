// Every action that needs a right. Those that ECR or ECR Public have keep their names.

/**
 * What a credential needs beside its user's rights. `pull`, `push`, `delete`: a scope for the repository. `read`, `write`: `api:read`,
 * `api:write`. `session`: to be a browser's session, since no token makes another. `any`: nothing more.
 */
export type CredentialNeed = 'pull' | 'push' | 'delete' | 'read' | 'write' | 'session' | 'any';

/** What an action is about (resource-names.ts). */
export type ActionResource = 'repository' | 'registry' | 'alias' | 'account' | 'site' | 'none';

type ActionFacts = {
  on: ActionResource;
  needs: CredentialNeed;
  /** Shown to a client that isn't allowed. */
  refusal: string;
};

/** `{repository}` in a refusal becomes the name of the repository, where that is known. */
export function refusalOf(action: Action, fullName?: string): string {
  return ACTIONS[action].refusal.replace('{repository}', fullName ?? 'this repository');
}

const MANAGERS_ONLY = 'This is for owners and maintainers of the registry.';
const REVIEWERS_ONLY = 'This is for reviewers of the site.';
const OUTSIDE_REVIEWERS_ONLY = 'This is for reviewers who do not belong to the registry that asks.';
const ADMINS_ONLY = 'This is for admins of the site.';

// prettier-ignore
export const ACTIONS = {
  'ecr:BatchGetImage':                  { on: 'repository', needs: 'pull',    refusal: 'You may not pull from {repository}.' },
  'ecr:PutImage':                       { on: 'repository', needs: 'push',    refusal: 'You may not push to {repository}.' },
  'ecr:BatchDeleteImage':               { on: 'repository', needs: 'delete',  refusal: 'You may not delete from {repository}.' },
  'ecr:CreateRepository':               { on: 'repository', needs: 'push',    refusal: 'You may not create {repository}.' },
  'ecr:DeleteRepository':               { on: 'repository', needs: 'write',   refusal: 'Only owners and maintainers may delete {repository}.' },
  'ecr:PutLifecyclePolicy':             { on: 'repository', needs: 'write',   refusal: 'You may not decide what {repository} keeps.' },
  'ecr-public:PutRepositoryCatalogData': { on: 'repository', needs: 'write',  refusal: 'You may not edit the page of {repository}.' },
  'vitrine:ViewRepository':             { on: 'repository', needs: 'read',    refusal: 'There is no such repository.' },
  'vitrine:RestoreDeletion':            { on: 'repository', needs: 'write',   refusal: MANAGERS_ONLY },

  // A registry and its people.
  'ecr-public:PutRegistryCatalogData':  { on: 'registry',   needs: 'write',     refusal: "You may not change this registry's profile." },
  'vitrine:ViewRegistry':               { on: 'registry',   needs: 'read',      refusal: 'You belong to no such registry.' },
  'vitrine:ManageMembers':              { on: 'registry',   needs: 'write',     refusal: 'You may not change the members of this registry.' },
  'vitrine:ListInvitations':            { on: 'registry',   needs: 'read',      refusal: MANAGERS_ONLY },
  'vitrine:ListDeletions':              { on: 'registry',   needs: 'read',      refusal: MANAGERS_ONLY },
  'vitrine:ManageMirrors':              { on: 'registry',   needs: 'write',     refusal: 'Only owners and maintainers of the registry may set up mirrors.' },
  'vitrine:ManageAliases':              { on: 'alias',      needs: 'write',     refusal: MANAGERS_ONLY },
  'vitrine:ProveDomain':                { on: 'registry',   needs: 'write',     refusal: MANAGERS_ONLY },
  'vitrine:RequestAlias':               { on: 'alias',      needs: 'write',     refusal: MANAGERS_ONLY },
  'vitrine:ViewAliasRequest':           { on: 'alias',      needs: 'read',      refusal: 'There is no such alias request.' },
  'vitrine:ReviewAlias':                { on: 'alias',      needs: 'write',     refusal: OUTSIDE_REVIEWERS_ONLY },
  'vitrine:ReadReviewNotes':            { on: 'alias',      needs: 'read',      refusal: OUTSIDE_REVIEWERS_ONLY },
  'vitrine:SuspendAlias':               { on: 'alias',      needs: 'write',     refusal: OUTSIDE_REVIEWERS_ONLY },
  'vitrine:ReadAudit':                  { on: 'registry',   needs: 'read',      refusal: 'Only members of a registry can read its audit, and only admins that of the whole site.' },
  'vitrine:ReadClientAddresses':        { on: 'registry',   needs: 'read',      refusal: 'Only owners and maintainers of a registry can filter its audit by address.' },

  // The site.
  'vitrine:ListReviewQueue':            { on: 'site',       needs: 'read',          refusal: REVIEWERS_ONLY },
  'vitrine:ReviewNames':                { on: 'site',       needs: 'write',         refusal: REVIEWERS_ONLY },
  'vitrine:ManageSavedReplies':         { on: 'site',       needs: 'write',         refusal: REVIEWERS_ONLY },
  'vitrine:ManageReservedNames':        { on: 'site',       needs: 'write',         refusal: ADMINS_ONLY },
  'vitrine:AdministerAliases':          { on: 'site',       needs: 'write',         refusal: ADMINS_ONLY },
  'vitrine:VerifyPublisher':            { on: 'site',       needs: 'write',         refusal: ADMINS_ONLY },
  'vitrine:ModerateRepository':         { on: 'site',       needs: 'write',         refusal: ADMINS_ONLY },
  'vitrine:HandleReports':              { on: 'site',       needs: 'write',         refusal: ADMINS_ONLY },
  'vitrine:SetRegistryQuota':           { on: 'site',       needs: 'write',         refusal: ADMINS_ONLY },
  'vitrine:ManageMirrorRoutes':         { on: 'site',       needs: 'write',         refusal: ADMINS_ONLY },
  'vitrine:ManageUsers':                { on: 'site',       needs: 'write',         refusal: ADMINS_ONLY },
  'vitrine:ListSite':                   { on: 'site',       needs: 'read',          refusal: ADMINS_ONLY },
  'vitrine:ReadSite':                   { on: 'site',       needs: 'write',         refusal: ADMINS_ONLY },

  // An account of one's own.
  'vitrine:ReadAccount':                { on: 'account',    needs: 'read',       refusal: 'This access token lacks the scope api:read.' },
  'vitrine:ManageAccount':              { on: 'account',    needs: 'write',      refusal: 'This access token lacks the scope api:write.' },
  'vitrine:ChangeSignIn':               { on: 'account',    needs: 'session',    refusal: 'An access token can’t do this. Sign in to the console.' },
  'sts:GetCallerIdentity':              { on: 'none',       needs: 'any',        refusal: 'Sign in first.' },
  'vitrine:ManageAccessTokens':         { on: 'account',    needs: 'session',    refusal: 'An access token cannot create or revoke others. Sign in to the console for that.' },
} as const satisfies Record<string, ActionFacts>;

export type Action = keyof typeof ACTIONS;

/** Actions whose credential needs this. */
export function actionsThatNeed(need: CredentialNeed): Action[] {
  return (Object.keys(ACTIONS) as Action[]).filter((action) => ACTIONS[action].needs === need);
}
