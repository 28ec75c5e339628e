// Everything that a right can be about. Where ECR or ECR Public has an action for it, it is theirs.

/**
 * What a credential needs beside its user's rights. `pull`, `push`, `delete`: a scope for the repository. `read`, `write`: `api:read`,
 * `api:write`. `session`: to be a browser's session, since no token makes another.
 */
export type CredentialNeed = 'pull' | 'push' | 'delete' | 'read' | 'write' | 'session';

type ActionFacts = {
  on: 'repository' | 'registry' | 'site' | 'account';
  needs: CredentialNeed;
  /** What a client that may not is told. */
  refusal: string;
};

const MANAGERS_ONLY = 'This is for owners and maintainers of the registry.';
const REVIEWERS_ONLY = 'This is for reviewers of the site.';
const OUTSIDE_REVIEWERS_ONLY = 'This is for reviewers who do not belong to the registry that asks.';
const ADMINS_ONLY = 'This is for admins of the site.';

// prettier-ignore
export const ACTIONS = {
  'ecr:BatchGetImage':                  { on: 'repository', needs: 'pull',    refusal: 'You may not pull from this repository.' },
  'ecr:PutImage':                       { on: 'repository', needs: 'push',    refusal: 'You may not push to this repository.' },
  'ecr:BatchDeleteImage':               { on: 'repository', needs: 'delete',  refusal: 'You may not delete from this repository.' },
  'ecr:CreateRepository':               { on: 'repository', needs: 'push',    refusal: 'You may not create repositories in this registry.' },
  'ecr:DeleteRepository':               { on: 'repository', needs: 'write',   refusal: 'Only owners and maintainers may delete this repository.' },
  'ecr:PutLifecyclePolicy':             { on: 'repository', needs: 'write',   refusal: 'You may not decide what this repository keeps.' },
  'ecr-public:PutRepositoryCatalogData': { on: 'repository', needs: 'write',  refusal: 'You may not edit the page of this repository.' },
  'vitrine:ViewRepository':             { on: 'repository', needs: 'read',    refusal: 'There is no such repository.' },
  'vitrine:RestoreDeletion':            { on: 'repository', needs: 'write',   refusal: MANAGERS_ONLY },

  'ecr-public:PutRegistryCatalogData':  { on: 'registry', needs: 'write',     refusal: "You may not change this registry's profile." },
  'vitrine:ManageMembers':              { on: 'registry', needs: 'write',     refusal: 'You may not change the members of this registry.' },
  'vitrine:ListInvitations':            { on: 'registry', needs: 'read',      refusal: MANAGERS_ONLY },
  'vitrine:ListDeletions':              { on: 'registry', needs: 'read',      refusal: MANAGERS_ONLY },
  'vitrine:ManageMirrors':              { on: 'registry', needs: 'write',     refusal: 'Only owners and maintainers of the registry may set up mirrors.' },
  'vitrine:ManageAliases':              { on: 'registry', needs: 'write',     refusal: MANAGERS_ONLY },
  'vitrine:ProveDomain':                { on: 'registry', needs: 'write',     refusal: MANAGERS_ONLY },
  'vitrine:RequestAlias':               { on: 'registry', needs: 'write',     refusal: MANAGERS_ONLY },
  'vitrine:ViewAliasRequest':           { on: 'registry', needs: 'read',      refusal: 'There is no such alias request.' },
  'vitrine:ReviewAlias':                { on: 'registry', needs: 'write',     refusal: OUTSIDE_REVIEWERS_ONLY },
  'vitrine:ReadReviewNotes':            { on: 'registry', needs: 'read',      refusal: OUTSIDE_REVIEWERS_ONLY },
  'vitrine:SuspendAlias':               { on: 'registry', needs: 'write',     refusal: OUTSIDE_REVIEWERS_ONLY },
  'vitrine:ReadAudit':                  { on: 'registry', needs: 'read',      refusal: 'Only members of a registry can read its audit.' },
  'vitrine:ReadClientAddresses':        { on: 'registry', needs: 'read',      refusal: 'Only owners and maintainers of a registry can filter its audit by address.' },

  'vitrine:ListReviewQueue':            { on: 'site', needs: 'read',          refusal: REVIEWERS_ONLY },
  'vitrine:ReviewNames':                { on: 'site', needs: 'write',         refusal: REVIEWERS_ONLY },
  'vitrine:ManageSavedReplies':         { on: 'site', needs: 'write',         refusal: REVIEWERS_ONLY },
  'vitrine:ManageReservedNames':        { on: 'site', needs: 'write',         refusal: ADMINS_ONLY },
  'vitrine:AdministerAliases':          { on: 'site', needs: 'write',         refusal: ADMINS_ONLY },
  'vitrine:VerifyPublisher':            { on: 'site', needs: 'write',         refusal: ADMINS_ONLY },
  'vitrine:ModerateRepository':         { on: 'site', needs: 'write',         refusal: ADMINS_ONLY },
  'vitrine:HandleReports':              { on: 'site', needs: 'write',         refusal: ADMINS_ONLY },
  'vitrine:SetRegistryQuota':           { on: 'site', needs: 'write',         refusal: ADMINS_ONLY },
  'vitrine:ManageMirrorRoutes':         { on: 'site', needs: 'write',         refusal: ADMINS_ONLY },
  'vitrine:ManageUsers':                { on: 'site', needs: 'write',         refusal: ADMINS_ONLY },
  'vitrine:ListSite':                   { on: 'site', needs: 'read',          refusal: ADMINS_ONLY },
  'vitrine:ReadSite':                   { on: 'site', needs: 'write',         refusal: ADMINS_ONLY },

  'vitrine:ReadAccount':                { on: 'account', needs: 'read',       refusal: 'This access token lacks the scope api:read.' },
  'vitrine:ManageAccount':              { on: 'account', needs: 'write',      refusal: 'This access token lacks the scope api:write.' },
  'vitrine:ManageAccessTokens':         { on: 'account', needs: 'session',    refusal: 'An access token cannot create or revoke others. Sign in to the console for that.' },
} as const satisfies Record<string, ActionFacts>;

export type Action = keyof typeof ACTIONS;

/** Actions whose credential needs this. */
export function actionsThatNeed(need: CredentialNeed): Action[] {
  return (Object.keys(ACTIONS) as Action[]).filter((action) => ACTIONS[action].needs === need);
}
