// The commands of the operator's command line. `npm run docs` writes the tables of docs/commands.md from them.
import type { Command } from './command.ts';
import { explainAccessCommand, listAccessCommand } from './access.ts';
import { createAccessKeyCommand } from './access-key.ts';
import { grantAliasCommand } from './alias.ts';
import { backupCommand } from './storage/backup.ts';
import { copyBlobsCommand, sealBlobsCommand } from './storage/blobs.ts';
import { addDemoCommand, removeDemoCommand } from './demo.ts';
import { collectGarbageCommand } from './storage/gc.ts';
import { scrubCommand, verifyCommand } from './storage/integrity.ts';
import { endMaintenanceCommand, showMaintenanceCommand, startMaintenanceCommand } from './maintenance.ts';
import { migrateCommand } from './migrate.ts';
import { addMirrorCommand, mirrorAllCommand, routeMirrorCommand } from './mirror.ts';
import {
  attachPolicyCommand,
  detachPolicyCommand,
  listPoliciesOfCommand,
  putPolicyCommand,
  removeIdentityPolicyCommand,
} from './policies/identity-policy.ts';
import {
  addPolicyVersionCommand,
  createPolicyCommand,
  deletePolicyCommand,
  deletePolicyVersionCommand,
  listPoliciesCommand,
  setPolicyVersionCommand,
  showPolicyCommand,
} from './policies/managed-policy.ts';
import {
  addTeamMemberCommand,
  createTeamCommand,
  listTeamMembersCommand,
  listTeamsCommand,
  removeTeamCommand,
  removeTeamMemberCommand,
  updateTeamCommand,
} from './policies/team.ts';
import { removeRegistryPolicyCommand, setQuotaCommand, showRegistryCommand } from './registry.ts';
import { removePolicyCommand } from './repository-policy.ts';
import { restoreCommand } from './storage/restore.ts';
import { updateRepositoryCommand } from './repository.ts';
import { createRobotCommand, listRobotsCommand, removeRobotCommand } from './robot.ts';
import {
  addIdentityProviderCommand,
  listIdentityProvidersCommand,
  removeIdentityProviderCommand,
} from './roles/identity-provider.ts';
import {
  createRoleCommand,
  endRoleSessionsCommand,
  listRolesCommand,
  removeRoleCommand,
  updateRoleCommand,
} from './roles/role.ts';
import { rebuildSearchCommand } from './search.ts';
import { serveCommand } from './serve/serve.ts';
import { configCommand } from './inspect/config.ts';
import { doctorCommand } from './inspect/doctor.ts';
import { showSiteCommand, updateSiteCommand } from './site.ts';
import { adoptStoreCommand, rewrapKeysCommand } from './storage/store.ts';
import { createTokenCommand } from './token.ts';
import {
  createUserCommand,
  emailLinkCommand,
  resetFactorsCommand,
  disableUserCommand,
  enableUserCommand,
  resetLinkCommand,
  vouchUserCommand,
} from './user.ts';

export const COMMANDS: Record<string, Command> = {
  serve: serveCommand,
  config: configCommand,
  doctor: doctorCommand,
  migrate: migrateCommand,
  'maintenance on': startMaintenanceCommand,
  'maintenance off': endMaintenanceCommand,
  'maintenance show': showMaintenanceCommand,
  'user create': createUserCommand,
  'user vouch': vouchUserCommand,
  'user reset-link': resetLinkCommand,
  'user email-link': emailLinkCommand,
  'user reset-factors': resetFactorsCommand,
  'user disable': disableUserCommand,
  'user enable': enableUserCommand,
  'token create': createTokenCommand,
  'access-key create': createAccessKeyCommand,
  'robot create': createRobotCommand,
  'robot list': listRobotsCommand,
  'robot remove': removeRobotCommand,
  'role create': createRoleCommand,
  'role list': listRolesCommand,
  'role update': updateRoleCommand,
  'role end-sessions': endRoleSessionsCommand,
  'role remove': removeRoleCommand,
  'identity-provider add': addIdentityProviderCommand,
  'identity-provider list': listIdentityProvidersCommand,
  'identity-provider remove': removeIdentityProviderCommand,
  'policy create': createPolicyCommand,
  'policy list': listPoliciesCommand,
  'policy show': showPolicyCommand,
  'policy add-version': addPolicyVersionCommand,
  'policy set-version': setPolicyVersionCommand,
  'policy delete-version': deletePolicyVersionCommand,
  'policy delete': deletePolicyCommand,
  'policy attach': attachPolicyCommand,
  'policy detach': detachPolicyCommand,
  'policy put': putPolicyCommand,
  'policy remove': removeIdentityPolicyCommand,
  'policy list-of': listPoliciesOfCommand,
  'team create': createTeamCommand,
  'team list': listTeamsCommand,
  'team update': updateTeamCommand,
  'team remove': removeTeamCommand,
  'team members': listTeamMembersCommand,
  'team add-member': addTeamMemberCommand,
  'team remove-member': removeTeamMemberCommand,
  'site show': showSiteCommand,
  'site update': updateSiteCommand,
  'registry show': showRegistryCommand,
  'registry quota': setQuotaCommand,
  'registry remove-policy': removeRegistryPolicyCommand,
  'repository update': updateRepositoryCommand,
  'repository remove-policy': removePolicyCommand,
  'access explain': explainAccessCommand,
  'access list': listAccessCommand,
  'alias grant': grantAliasCommand,
  'mirror add': addMirrorCommand,
  'mirror all': mirrorAllCommand,
  'mirror route': routeMirrorCommand,
  'demo add': addDemoCommand,
  'demo remove': removeDemoCommand,
  'search rebuild': rebuildSearchCommand,
  gc: collectGarbageCommand,
  scrub: scrubCommand,
  verify: verifyCommand,
  backup: backupCommand,
  restore: restoreCommand,
  'store adopt': adoptStoreCommand,
  'blobs copy': copyBlobsCommand,
  'blobs seal': sealBlobsCommand,
  'keys rewrap': rewrapKeysCommand,
};
