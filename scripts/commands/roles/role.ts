import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import { AppError } from '#lib/platform/errors.ts';
import { createRole } from '#lib/publishers/roles/create-role.ts';
import { endRoleSessions } from '#lib/publishers/roles/end-role-sessions.ts';
import { removeRole } from '#lib/publishers/roles/remove-role.ts';
import { listRoles } from '#lib/publishers/roles/role-queries.ts';
import { DEFAULT_SESSION_SECONDS, ROLE_PERMISSIONS, type RolePermission } from '#lib/publishers/roles/schema.ts';
import { updateRole } from '#lib/publishers/roles/update-role.ts';
import { print, readInputFile, required, withApp, type Command, type OptionValues } from '../command.ts';
import { findRegistryKey } from '../robot.ts';

const caller = SYSTEM_CALLER;
const NAMED = {
  registry: { value: 'ID', doc: '12 digits', isRequired: true },
  name: { value: 'NAME', doc: 'Name of the role', isRequired: true },
};
const PERMISSIONS = ROLE_PERMISSIONS.join(', ');
const DESCRIPTION_OPTION = { value: 'TEXT', doc: 'What the role is for' };
const POLICY_OPTION = { value: 'FILE', doc: 'Who may assume it, as JSON (- for standard input)' };

export const createRoleCommand: Command = {
  summary: 'Create a role of a registry that others can assume',
  options: {
    ...NAMED,
    'trust-policy': { ...POLICY_OPTION, isRequired: true },
    permission: { value: 'ROLE', doc: `${PERMISSIONS} (default: pusher)` },
    description: DESCRIPTION_OPTION,
    'max-session-seconds': { value: 'SECONDS', doc: `Longest session (default: ${DEFAULT_SESSION_SECONDS})` },
  },
  flags: { 'token-login': 'Let docker log in with a token of OpenID Connect as the password' },
  run: async (values) => {
    const { name, registryId } = readNamed(values);
    const input = {
      name,
      permission: readPermission(values) ?? 'pusher',
      description: typeof values.description === 'string' ? values.description : '',
      maxSessionSeconds: readSeconds(values) ?? DEFAULT_SESSION_SECONDS,
      acceptsTokenLogin: values['token-login'] === true,
      trustPolicy: readInputFile(required(values, 'trust-policy')),
    };
    const role = await withApp(async (app) =>
      createRole(app, { caller, registryKey: await findRegistryKey(app, registryId), ...input }),
    );
    print(values, role, [`Created the role ${role.arn} (${input.permission}).`]);
  },
};

export const listRolesCommand: Command = {
  summary: "List a registry's roles",
  options: { registry: NAMED.registry },
  run: async (values) => {
    const registryId = required(values, 'registry');
    const roles = await withApp(async (app) =>
      listRoles(app, { caller, registryKey: await findRegistryKey(app, registryId) }),
    );
    const rows = roles.map(({ disabledAt, createdAt, lastUsedAt, ...role }) => {
      const times = { createdAt: createdAt.toISOString(), lastUsedAt: lastUsedAt?.toISOString() ?? null };
      return { ...role, isEnabled: disabledAt === null, ...times };
    });
    const lines = rows.map(({ name, permission, isEnabled, sessions }) => {
      return `${name} (${permission}${isEnabled ? '' : ', disabled'}), live sessions: ${sessions}`;
    });
    print(values, { roles: rows }, lines.length === 0 ? ['No roles yet.'] : lines);
  },
};

export const updateRoleCommand: Command = {
  summary: 'Change, disable or enable a role, also for its live sessions',
  options: {
    ...NAMED,
    'trust-policy': POLICY_OPTION,
    permission: { value: 'ROLE', doc: PERMISSIONS },
    description: DESCRIPTION_OPTION,
    'max-session-seconds': { value: 'SECONDS', doc: 'Longest session' },
  },
  flags: {
    disable: 'Refuse its sessions, and let nobody assume it',
    enable: 'Let it be assumed again',
    'token-login': 'Let docker log in with a token of OpenID Connect as the password',
    'no-token-login': 'Refuse such logins again',
  },
  run: async (values) => {
    const { name, registryId } = readNamed(values);
    const { description, 'trust-policy': policyPath } = values;
    if (values.disable && values.enable) throw new AppError('invalid_input', 'Use either --disable or --enable.');
    if (values['token-login'] && values['no-token-login']) {
      throw new AppError('invalid_input', 'Use either --token-login or --no-token-login.');
    }
    const permission = readPermission(values);
    const maxSessionSeconds = readSeconds(values);
    const change = {
      ...(permission && { permission }),
      ...(maxSessionSeconds !== undefined && { maxSessionSeconds }),
      ...(typeof description === 'string' && { description }),
      ...(typeof policyPath === 'string' && { trustPolicy: readInputFile(policyPath) }),
      ...((values['token-login'] || values['no-token-login']) && { acceptsTokenLogin: values['token-login'] === true }),
      ...((values.disable || values.enable) && { isEnabled: values.enable === true }),
    };
    const changed = Object.keys(change);
    if (changed.length === 0) {
      throw new AppError('invalid_input', 'Give at least one option to change. --help lists them.');
    }
    await withApp(async (app) =>
      updateRole(app, { caller, registryKey: await findRegistryKey(app, registryId), name, ...change }),
    );
    print(values, { name, registryId, changed }, [`Updated the role ${name} of registry ${registryId}.`]);
  },
};

export const endRoleSessionsCommand: Command = {
  summary: 'End all sessions of a role. Anyone it trusts can assume it again',
  options: NAMED,
  run: async (values) => {
    const role = readNamed(values);
    const { count } = await withApp(async (app) =>
      endRoleSessions(app, { caller, name: role.name, registryKey: await findRegistryKey(app, role.registryId) }),
    );
    const line = `Ended the sessions of the role ${role.name} of registry ${role.registryId}: ${count}.`;
    print(values, { ...role, count }, [line]);
  },
};

export const removeRoleCommand: Command = {
  summary: 'Remove a role. Its sessions end at once',
  options: NAMED,
  run: async (values) => {
    const role = readNamed(values);
    await withApp(async (app) =>
      removeRole(app, { caller, name: role.name, registryKey: await findRegistryKey(app, role.registryId) }),
    );
    print(values, role, [`Removed the role ${role.name} of registry ${role.registryId}.`]);
  },
};

function readNamed(values: OptionValues): { name: string; registryId: string } {
  return { name: required(values, 'name'), registryId: required(values, 'registry') };
}

function readPermission({ permission }: OptionValues): RolePermission | undefined {
  if (permission === undefined) return undefined;
  const known = ROLE_PERMISSIONS.find((one) => one === permission);
  if (!known) throw new AppError('invalid_input', `--permission must be one of ${PERMISSIONS}.`);
  return known;
}

function readSeconds({ 'max-session-seconds': seconds }: OptionValues): number | undefined {
  if (seconds === undefined) return undefined;
  // The use case checks the range.
  if (typeof seconds === 'string' && /^\d{1,9}$/.test(seconds)) return Number(seconds);
  throw new AppError('invalid_input', '--max-session-seconds must be a number of seconds.');
}
