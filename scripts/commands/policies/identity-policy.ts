// What members, robots, roles and teams have: policies of their own, and attached managed policies.
import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import { deleteIdentityPolicy } from '#lib/publishers/identity-policies/delete-identity-policy.ts';
import { listIdentityPolicies } from '#lib/publishers/identity-policies/list-identity-policies.ts';
import { putIdentityPolicy } from '#lib/publishers/identity-policies/put-identity-policy.ts';
import { attachManagedPolicy } from '#lib/publishers/managed-policies/attach-managed-policy.ts';
import { detachManagedPolicy } from '#lib/publishers/managed-policies/detach-managed-policy.ts';
import { listAttachedPolicies } from '#lib/publishers/managed-policies/managed-policy-queries.ts';
import { print, readInputFile, required, withApp, type Command, type OptionValues } from '../command.ts';
import { findRegistryKey } from '../robot.ts';
import { POLICY_OPTION, REFERENCE_OPTION, REGISTRY_OPTION, wordFindings } from './policy-options.ts';

const caller = SYSTEM_CALLER;
const HOLDER = {
  registry: REGISTRY_OPTION,
  principal: {
    value: 'WHO',
    doc: 'A member’s email address, a robot’s name, role:NAME or team:NAME',
    isRequired: true,
  },
};
const OWN = { ...HOLDER, name: { value: 'NAME', doc: 'Name of the policy', isRequired: true } };
const ATTACHED = { ...HOLDER, name: REFERENCE_OPTION };

export const putPolicyCommand: Command = {
  summary: 'Give a member, robot, role or team a policy of its own, or replace it',
  options: { ...OWN, policy: POLICY_OPTION },
  run: async (values) => {
    const { registryId, principal, name } = readHeld(values);
    const text = readInputFile(required(values, 'policy'));
    const findings = await withApp(async (app) =>
      putIdentityPolicy(app, { caller, registryKey: await findRegistryKey(app, registryId), principal, name, text }),
    );
    const line = `Gave ${principal} in registry ${registryId} the policy ${name}.`;
    print(values, { registryId, principal, name, findings }, [line, ...wordFindings(findings)]);
  },
};

export const removeIdentityPolicyCommand: Command = {
  summary: 'Remove a policy of its own from a member, robot, role or team',
  options: OWN,
  run: async (values) => {
    const held = readHeld(values);
    const { registryId, principal, name } = held;
    await withApp(async (app) =>
      deleteIdentityPolicy(app, { caller, registryKey: await findRegistryKey(app, registryId), principal, name }),
    );
    print(values, held, [`Removed the policy ${name} from ${principal} in registry ${registryId}.`]);
  },
};

export const attachPolicyCommand: Command = {
  summary: 'Attach a managed policy to a member, robot, role or team',
  options: ATTACHED,
  run: async (values) => {
    const held = readHeld(values);
    const { registryId, principal, name: policy } = held;
    await withApp(async (app) =>
      attachManagedPolicy(app, { caller, registryKey: await findRegistryKey(app, registryId), principal, policy }),
    );
    print(values, held, [`Attached the policy ${policy} to ${principal} in registry ${registryId}.`]);
  },
};

export const detachPolicyCommand: Command = {
  summary: 'Detach a managed policy from a member, robot, role or team',
  options: ATTACHED,
  run: async (values) => {
    const held = readHeld(values);
    const { registryId, principal, name: policy } = held;
    await withApp(async (app) =>
      detachManagedPolicy(app, { caller, registryKey: await findRegistryKey(app, registryId), principal, policy }),
    );
    print(values, held, [`Detached the policy ${policy} from ${principal} in registry ${registryId}.`]);
  },
};

export const listPoliciesOfCommand: Command = {
  summary: 'List the policies of a member, robot, role or team',
  options: HOLDER,
  run: async (values) => {
    const [registryId, principal] = [required(values, 'registry'), required(values, 'principal')];
    const { policies, attached } = await withApp(async (app) => {
      const asked = { caller, registryKey: await findRegistryKey(app, registryId), principal };
      return { policies: await listIdentityPolicies(app, asked), attached: await listAttachedPolicies(app, asked) };
    });
    const lines = [...policies.map(({ name }) => name), ...attached.map(({ reference }) => `${reference}, managed`)];
    print(values, { policies, attached }, lines.length === 0 ? ['No policies yet.'] : lines);
  },
};

function readHeld(values: OptionValues): { registryId: string; principal: string; name: string } {
  const [registryId, principal] = [required(values, 'registry'), required(values, 'principal')];
  return { registryId, principal, name: required(values, 'name') };
}
