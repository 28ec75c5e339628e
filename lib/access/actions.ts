// Every action that needs a right. Those that ECR or ECR Public have keep their names.

/**
 * What a credential needs beside its user's rights. `pull`, `push`, `delete`: a scope for the repository. `read`, `write`: `api:read`,
 * `api:write`. `session`: to be a browser's session, since no token makes another. `any`: nothing more.
 */
export type CredentialNeed = 'pull' | 'push' | 'delete' | 'read' | 'write' | 'session' | 'any';

type ActionFacts = {
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
  'ecr:BatchGetImage':                  { needs: 'pull',    refusal: 'You may not pull from {repository}.' },
  'ecr:PutImage':                       { needs: 'push',    refusal: 'You may not push to {repository}.' },
  'ecr:BatchDeleteImage':               { needs: 'delete',  refusal: 'You may not delete from {repository}.' },
  'ecr:CreateRepository':               { needs: 'push',    refusal: 'You may not create {repository}.' },
  'ecr:DeleteRepository':               { needs: 'write',   refusal: 'Only owners and maintainers may delete {repository}.' },
  'ecr:PutLifecyclePolicy':             { needs: 'write',   refusal: 'You may not decide what {repository} keeps.' },
  'ecr-public:PutRepositoryCatalogData': { needs: 'write',  refusal: 'You may not edit the page of {repository}.' },
  'vitrine:ViewRepository':             { needs: 'read',    refusal: 'There is no such repository.' },
  'vitrine:RestoreDeletion':            { needs: 'write',   refusal: MANAGERS_ONLY },

  // A registry and its people.
  'ecr-public:PutRegistryCatalogData':  { needs: 'write',     refusal: "You may not change this registry's profile." },
  'vitrine:ViewRegistry':               { needs: 'read',      refusal: 'You belong to no such registry.' },
  'vitrine:ManageMembers':              { needs: 'write',     refusal: 'You may not change the members of this registry.' },
  'vitrine:ListInvitations':            { needs: 'read',      refusal: MANAGERS_ONLY },
  'vitrine:ListDeletions':              { needs: 'read',      refusal: MANAGERS_ONLY },
  'vitrine:ManageMirrors':              { needs: 'write',     refusal: 'Only owners and maintainers of the registry may set up mirrors.' },
  'vitrine:ManageAliases':              { needs: 'write',     refusal: MANAGERS_ONLY },
  'vitrine:ProveDomain':                { needs: 'write',     refusal: MANAGERS_ONLY },
  'vitrine:RequestAlias':               { needs: 'write',     refusal: MANAGERS_ONLY },
  'vitrine:ViewAliasRequest':           { needs: 'read',      refusal: 'There is no such alias request.' },
  'vitrine:ReviewAlias':                { needs: 'write',     refusal: OUTSIDE_REVIEWERS_ONLY },
  'vitrine:ReadReviewNotes':            { needs: 'read',      refusal: OUTSIDE_REVIEWERS_ONLY },
  'vitrine:SuspendAlias':               { needs: 'write',     refusal: OUTSIDE_REVIEWERS_ONLY },
  'vitrine:ReadAudit':                  { needs: 'read',      refusal: 'Only members of a registry can read its audit, and only admins that of the whole site.' },
  'vitrine:ReadClientAddresses':        { needs: 'read',      refusal: 'Only owners and maintainers of a registry can filter its audit by address.' },

  // The site.
  'vitrine:ListReviewQueue':            { needs: 'read',          refusal: REVIEWERS_ONLY },
  'vitrine:ReviewNames':                { needs: 'write',         refusal: REVIEWERS_ONLY },
  'vitrine:ManageSavedReplies':         { needs: 'write',         refusal: REVIEWERS_ONLY },
  'vitrine:ManageReservedNames':        { needs: 'write',         refusal: ADMINS_ONLY },
  'vitrine:AdministerAliases':          { needs: 'write',         refusal: ADMINS_ONLY },
  'vitrine:VerifyPublisher':            { needs: 'write',         refusal: ADMINS_ONLY },
  'vitrine:ModerateRepository':         { needs: 'write',         refusal: ADMINS_ONLY },
  'vitrine:HandleReports':              { needs: 'write',         refusal: ADMINS_ONLY },
  'vitrine:SetRegistryQuota':           { needs: 'write',         refusal: ADMINS_ONLY },
  'vitrine:ManageMirrorRoutes':         { needs: 'write',         refusal: ADMINS_ONLY },
  'vitrine:ManageUsers':                { needs: 'write',         refusal: ADMINS_ONLY },
  'vitrine:ListSite':                   { needs: 'read',          refusal: ADMINS_ONLY },
  'vitrine:ReadSite':                   { needs: 'write',         refusal: ADMINS_ONLY },

  // An account of one's own.
  'vitrine:ReadAccount':                { needs: 'read',       refusal: 'This access token lacks the scope api:read.' },
  'vitrine:ManageAccount':              { needs: 'write',      refusal: 'This access token lacks the scope api:write.' },
  'vitrine:ChangeSignIn':               { needs: 'session',    refusal: 'An access token can’t do this. Sign in to the console.' },
  'sts:GetCallerIdentity':              { needs: 'any',        refusal: 'Sign in first.' },
  'vitrine:ManageAccessTokens':         { needs: 'session',    refusal: 'An access token cannot create or revoke others. Sign in to the console for that.' },
} as const satisfies Record<string, ActionFacts>;

export type Action = keyof typeof ACTIONS;

/** Actions whose credential needs this. */
export function actionsThatNeed(need: CredentialNeed): Action[] {
  return (Object.keys(ACTIONS) as Action[]).filter((action) => ACTIONS[action].needs === need);
}
