import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import { AppError } from '#lib/platform/errors.ts';
import { createManagedPolicy } from '#lib/publishers/managed-policies/create-managed-policy.ts';
import { createPolicyVersion } from '#lib/publishers/managed-policies/create-policy-version.ts';
import { deleteManagedPolicy } from '#lib/publishers/managed-policies/delete-managed-policy.ts';
import { deletePolicyVersion } from '#lib/publishers/managed-policies/delete-policy-version.ts';
import { listManagedPolicies, readManagedPolicy } from '#lib/publishers/managed-policies/managed-policy-queries.ts';
import { updateManagedPolicy } from '#lib/publishers/managed-policies/update-managed-policy.ts';
import { print, readInputFile, required, withApp, type Command, type OptionValues } from '../command.ts';
import { findRegistryKey } from '../robot.ts';
import { POLICY_OPTION, REFERENCE_OPTION, REGISTRY_OPTION, wordFindings } from './policy-options.ts';

const caller = SYSTEM_CALLER;
const NAMED = { registry: REGISTRY_OPTION, name: { value: 'NAME', doc: 'Name of the policy', isRequired: true } };
const VERSION_OPTION = { value: 'NUMBER', doc: 'Version of the policy', isRequired: true };

export const createPolicyCommand: Command = {
  summary: 'Create a managed policy, attached to nobody',
  options: { ...NAMED, policy: POLICY_OPTION, description: { value: 'TEXT', doc: 'What the policy is for' } },
  run: async (values) => {
    const { name, registryId } = readNamed(values);
    const description = typeof values.description === 'string' ? values.description : '';
    const input = { caller, name, description, text: readInputFile(required(values, 'policy')) };
    const created = await withApp(async (app) =>
      createManagedPolicy(app, { ...input, registryKey: await findRegistryKey(app, registryId) }),
    );
    print(values, created, [`Created the policy ${created.arn}.`, ...wordFindings(created.findings)]);
  },
};

export const listPoliciesCommand: Command = {
  summary: "List a registry's managed policies and those of AWS",
  options: { registry: REGISTRY_OPTION },
  run: async (values) => {
    const registryId = required(values, 'registry');
    const policies = await withApp(async (app) =>
      listManagedPolicies(app, { caller, registryKey: await findRegistryKey(app, registryId) }),
    );
    const rows = policies.map((policy) => ({ ...policy, createdAt: policy.createdAt?.toISOString() ?? null }));
    const lines = rows.map(({ reference, defaultVersion, attachmentCount }) => {
      return `${reference} (version ${defaultVersion}), attachments: ${attachmentCount}`;
    });
    print(values, { policies: rows }, lines);
  },
};

export const showPolicyCommand: Command = {
  summary: 'Show a managed policy, its versions and what it is attached to',
  options: { registry: REGISTRY_OPTION, name: REFERENCE_OPTION },
  run: async (values) => {
    const { name: policy, registryId } = readNamed(values);
    const { versions, createdAt, ...found } = await withApp(async (app) =>
      readManagedPolicy(app, { caller, registryKey: await findRegistryKey(app, registryId), policy }),
    );
    const rows = versions.map((version) => ({ ...version, createdAt: version.createdAt?.toISOString() ?? null }));
    const lines = [
      found.arn,
      ...rows.map(({ version, isDefault }) => `version ${version}${isDefault ? ', default' : ''}`),
      ...found.attachments.map(({ kind, name }) => `attached to the ${kind} ${name}`),
      rows.find(({ isDefault }) => isDefault)?.policy ?? '',
    ];
    print(values, { ...found, createdAt: createdAt?.toISOString() ?? null, versions: rows }, lines);
  },
};

export const addPolicyVersionCommand: Command = {
  summary: 'Add a version to a managed policy',
  options: { ...NAMED, policy: POLICY_OPTION },
  flags: { default: 'Apply it at once, wherever the policy is attached' },
  run: async (values) => {
    const { name, registryId } = readNamed(values);
    const input = { caller, name, isDefault: values.default === true, text: readInputFile(required(values, 'policy')) };
    const { version, findings } = await withApp(async (app) =>
      createPolicyVersion(app, { ...input, registryKey: await findRegistryKey(app, registryId) }),
    );
    const line = `Added version ${version} to the policy ${name} of registry ${registryId}.`;
    print(values, { name, registryId, version, findings }, [line, ...wordFindings(findings)]);
  },
};

export const setPolicyVersionCommand: Command = {
  summary: 'Make a version of a managed policy the default, wherever the policy is attached',
  options: { ...NAMED, version: VERSION_OPTION },
  run: async (values) => {
    const { name, registryId } = readNamed(values);
    const defaultVersion = readVersion(values);
    await withApp(async (app) =>
      updateManagedPolicy(app, {
        caller,
        registryKey: await findRegistryKey(app, registryId),
        name,
        defaultVersion,
      }),
    );
    const line = `Version ${defaultVersion} of the policy ${name} of registry ${registryId} is the default.`;
    print(values, { name, registryId, defaultVersion }, [line]);
  },
};

export const deletePolicyVersionCommand: Command = {
  summary: 'Delete a version of a managed policy that isn’t the default',
  options: { ...NAMED, version: VERSION_OPTION },
  run: async (values) => {
    const { name, registryId } = readNamed(values);
    const version = readVersion(values);
    await withApp(async (app) =>
      deletePolicyVersion(app, { caller, registryKey: await findRegistryKey(app, registryId), name, version }),
    );
    const line = `Deleted version ${version} of the policy ${name} of registry ${registryId}.`;
    print(values, { name, registryId, version }, [line]);
  },
};

export const deletePolicyCommand: Command = {
  summary: 'Delete a managed policy that is attached to nobody',
  options: NAMED,
  run: async (values) => {
    const { name, registryId } = readNamed(values);
    await withApp(async (app) =>
      deleteManagedPolicy(app, { caller, registryKey: await findRegistryKey(app, registryId), name }),
    );
    print(values, { name, registryId }, [`Deleted the policy ${name} of registry ${registryId}.`]);
  },
};

function readNamed(values: OptionValues): { name: string; registryId: string } {
  return { name: required(values, 'name'), registryId: required(values, 'registry') };
}

function readVersion(values: OptionValues): number {
  const version = required(values, 'version');
  if (/^\d{1,9}$/.test(version)) return Number(version);
  throw new AppError('invalid_input', '--version must be a number.');
}
