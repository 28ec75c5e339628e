// Every action that requires a permission. Actions that exist in ECR or ECR Public keep their AWS names.
import type { ActionFacts, CredentialNeed } from './action-facts.ts';
import { AWS_ACTIONS } from './aws-actions.ts';

/** Returns the error for a denied action, with `{repository}` replaced by the repository's name if it is known. */
export function denialMessage(action: Action, fullName?: string): string {
  return ACTIONS[action].refusal.replace('{repository}', fullName ?? 'this repository');
}

const MANAGERS_ONLY = 'Only owners and maintainers of the registry can do this.';
const REVIEWERS_ONLY = 'Only reviewers can do this.';
const OUTSIDE_REVIEWERS_ONLY = "Only reviewers who aren't members of the requesting registry can do this.";
const ADMINS_ONLY = 'Only admins can do this.';

// prettier-ignore
export const ACTIONS = {
  ...AWS_ACTIONS,

  'ecr:BatchGetImage':                  { on: 'repository', needs: 'pull',    refusal: "You don't have permission to pull from {repository}." },
  'ecr:PutImage':                       { on: 'repository', needs: 'push',    refusal: "You don't have permission to push to {repository}." },
  'ecr:BatchDeleteImage':               { on: 'repository', needs: 'delete',  refusal: "You don't have permission to delete from {repository}." },
  'ecr:CreateRepository':               { on: 'repository', needs: 'push',    refusal: "You don't have permission to create {repository}." },
  'ecr:BatchImportUpstreamImage':       { on: 'repository', needs: 'pull',    refusal: "You don't have permission to import {repository} from its upstream." },
  'ecr:DeleteRepository':               { on: 'repository', needs: 'write',   refusal: 'Only owners and maintainers can delete {repository}.' },
  'ecr:PutLifecyclePolicy':             { on: 'repository', needs: 'write',   refusal: "You don't have permission to change the retention policy of {repository}." },
  'ecr-public:PutRepositoryCatalogData': { on: 'repository', needs: 'write',  refusal: "You don't have permission to edit {repository}." },
  'vitrine:RenameRepository':           { on: 'repository', needs: 'write',   refusal: 'Only owners and maintainers can rename {repository}.' },
  'vitrine:TransferRepository':         { on: 'repository', needs: 'write',   refusal: 'Only owners of the registry can transfer repositories.' },
  'vitrine:ViewRepository':             { on: 'repository', needs: 'read',    refusal: 'Repository not found.' },
  'vitrine:ExplainAccess':              { on: 'repository', needs: 'read',    refusal: 'Only owners and maintainers of the registry can explain access to {repository}.' },
  'vitrine:RestoreDeletion':            { on: 'repository', needs: 'write',   refusal: MANAGERS_ONLY },

  // Registries and members.
  'ecr-public:PutRegistryCatalogData':  { on: 'registry',   needs: 'write',     refusal: "You don't have permission to edit this registry's profile." },
  'vitrine:CreateAccessKey':            { on: 'registry',   needs: 'write',     refusal: 'Only members of the registry can create access keys.' },
  'vitrine:ManageAccessKeys':           { on: 'registry',   needs: 'write',     refusal: "You don't have permission to manage this registry's access keys." },
  'vitrine:ViewRegistry':               { on: 'registry',   needs: 'read',      refusal: "Registry not found, or you aren't a member." },
  'vitrine:ManageMembers':              { on: 'registry',   needs: 'write',     refusal: "You don't have permission to change this registry's members." },
  'vitrine:ManageRobots':               { on: 'registry',   needs: 'write',     refusal: 'Only owners and maintainers of the registry can manage robots.' },
  'vitrine:ManageRoles':                { on: 'registry',   needs: 'write',     refusal: 'Only owners and maintainers of the registry can manage roles and identity providers.' },
  'vitrine:ManageTeams':                { on: 'registry',   needs: 'write',     refusal: 'Only owners of the registry can manage teams.' },
  'vitrine:ManagePolicies':             { on: 'registry',   needs: 'write',     refusal: 'Only owners of the registry can manage the policies of its members, robots, roles and teams.' },
  'vitrine:ListInvitations':            { on: 'registry',   needs: 'read',      refusal: MANAGERS_ONLY },
  'vitrine:ListDeletions':              { on: 'registry',   needs: 'read',      refusal: MANAGERS_ONLY },
  'vitrine:ManageMirrors':              { on: 'registry',   needs: 'write',     refusal: 'Only owners and maintainers of the registry can manage mirrors.' },
  'vitrine:ListWebhooks':               { on: 'registry',   needs: 'read',      refusal: MANAGERS_ONLY },
  'vitrine:ManageWebhooks':             { on: 'registry',   needs: 'write',     refusal: 'Only owners and maintainers of the registry can manage webhooks.' },
  'vitrine:ManageAliases':              { on: 'alias',      needs: 'write',     refusal: MANAGERS_ONLY },
  'vitrine:ProveDomain':                { on: 'registry',   needs: 'write',     refusal: MANAGERS_ONLY },
  'vitrine:RequestAlias':               { on: 'alias',      needs: 'write',     refusal: MANAGERS_ONLY },
  'vitrine:ViewAliasRequest':           { on: 'alias',      needs: 'read',      refusal: 'Alias request not found.' },
  'vitrine:ReviewAlias':                { on: 'alias',      needs: 'write',     refusal: OUTSIDE_REVIEWERS_ONLY },
  'vitrine:ReadReviewNotes':            { on: 'alias',      needs: 'read',      refusal: OUTSIDE_REVIEWERS_ONLY },
  'vitrine:SuspendAlias':               { on: 'alias',      needs: 'write',     refusal: OUTSIDE_REVIEWERS_ONLY },
  'vitrine:ReadAudit':                  { on: 'registry',   needs: 'read',      refusal: 'Only members can read a registry’s audit log. Only admins can read the site’s.' },
  'vitrine:ReadClientAddresses':        { on: 'registry',   needs: 'read',      refusal: 'Only owners and maintainers can filter a registry’s audit log by address.' },

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
  'vitrine:UpdateSite':                 { on: 'site',       needs: 'write',         refusal: ADMINS_ONLY },
  'vitrine:ManageUsers':                { on: 'site',       needs: 'write',         refusal: ADMINS_ONLY },
  'vitrine:MapGroups':                  { on: 'site',       needs: 'write',         refusal: ADMINS_ONLY },
  'vitrine:ListSite':                   { on: 'site',       needs: 'read',          refusal: ADMINS_ONLY },
  'vitrine:ReadSite':                   { on: 'site',       needs: 'write',         refusal: ADMINS_ONLY },

  // The caller's own account.
  'vitrine:ReadAccount':                { on: 'account',    needs: 'read',       refusal: 'This access token lacks the scope api:read.' },
  'vitrine:ManageAccount':              { on: 'account',    needs: 'write',      refusal: 'This access token lacks the scope api:write.' },
  'vitrine:CreateRegistry':             { on: 'account',    needs: 'write',      refusal: 'This access token lacks the scope api:write.' },
  'vitrine:Star':                       { on: 'account',    needs: 'write',      refusal: 'This access token lacks the scope api:write.' },
  'vitrine:Follow':                     { on: 'account',    needs: 'write',      refusal: 'This access token lacks the scope api:write.' },
  'vitrine:ChangeSignIn':               { on: 'account',    needs: 'session',    refusal: 'Access tokens can’t do this. Sign in to the console.' },
  'sts:GetCallerIdentity':              { on: 'none',       needs: 'any',        refusal: 'Sign in first.' },
  // Decided by the role's trust policy (trust/decide-trust.ts). One that names the caller's registry leaves it to their role there.
  'sts:AssumeRole':                     { on: 'none',       needs: 'any',        refusal: 'You may not assume this role.' },
  'sts:AssumeRoleWithWebIdentity':      { on: 'none',       needs: 'any',        refusal: 'You may not assume this role.' },
  'vitrine:ManageAccessTokens':         { on: 'account',    needs: 'session',    refusal: 'Access tokens can’t create or revoke other tokens. Sign in to the console.' },
} as const satisfies Record<string, ActionFacts>;

export type Action = keyof typeof ACTIONS;

/** Lists the actions with this credential requirement. */
export function actionsThatNeed(need: CredentialNeed): Action[] {
  return (Object.keys(ACTIONS) as Action[]).filter((action) => ACTIONS[action].needs === need);
}
