// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutAccountSetting.html
import { REGISTRY_POLICY_SCOPES, type RegistryPolicyScope } from '#lib/access/attached/schema.ts';
import { setBlobMounting } from '#lib/publishers/set-blob-mounting.ts';
import { setRegistryPolicyScope } from '#lib/repositories/registry-policy/set-registry-policy-scope.ts';
import type { AwsApp } from '../aws-app.ts';
import { awsError } from '../aws-error.ts';
import { defineOperations, type Call } from '../define-operations.ts';
import { deregisterExclusion, listExclusions, registerExclusion } from '../pull-time-exclusions.ts';
import { requireAwsAllowed } from '../require-aws-allowed.ts';
import { ECR_ACCOUNT_SHAPES } from './shapes/account.ts';

/** Settings with a single supported value. */
const FIXED: ReadonlyMap<string, string> = new Map([['BASIC_SCAN_TYPE_VERSION', 'AWS_NATIVE']]);
const REGISTRY_POLICY_SCOPE = 'REGISTRY_POLICY_SCOPE';
const BLOB_MOUNTING = 'BLOB_MOUNTING';
const [ENABLED, DISABLED] = ['ENABLED', 'DISABLED'];

export const ECR_ACCOUNT = defineOperations('ecr', ECR_ACCOUNT_SHAPES, {
  GetAccountSetting: async (app, call, { name }) => {
    requireAwsAllowed(call);
    if (name === BLOB_MOUNTING) return { name, value: (await mountsBlobs(app, call)) ? ENABLED : DISABLED };
    if (name === REGISTRY_POLICY_SCOPE) return { name, value: await findPolicyScope(app, call) };
    return { name, value: requireFixed(name) };
  },

  PutAccountSetting: async (app, call, { name, value }) => {
    requireAwsAllowed(call);
    const { caller, holder } = call;
    if (name === BLOB_MOUNTING) {
      if (value !== ENABLED && value !== DISABLED) throw wrongValue(name, `${ENABLED} or ${DISABLED}`);
      await setBlobMounting(app, { caller, registryKey: holder.registryKey, mountsBlobs: value === ENABLED });
    } else if (name === REGISTRY_POLICY_SCOPE) {
      const scope = REGISTRY_POLICY_SCOPES.find((known) => known === value);
      if (scope === undefined) throw wrongValue(name, REGISTRY_POLICY_SCOPES.join(' or '));
      await setRegistryPolicyScope(app, { caller, registryKey: holder.registryKey, scope });
    } else {
      const only = requireFixed(name);
      if (value !== only) throw wrongValue(name, only);
    }
    return { name, value };
  },

  RegisterPullTimeUpdateExclusion: registerExclusion,
  DeregisterPullTimeUpdateExclusion: deregisterExclusion,
  ListPullTimeUpdateExclusions: listExclusions,
});

async function mountsBlobs(app: AwsApp, { holder }: Call): Promise<boolean> {
  const where = { id: holder.registryKey };
  return (await app.db.registry.findUniqueOrThrow({ where, select: { mountsBlobs: true } })).mountsBlobs;
}

async function findPolicyScope(app: AwsApp, { holder }: Call): Promise<RegistryPolicyScope> {
  const where = { id: holder.registryKey };
  return (await app.db.registry.findUniqueOrThrow({ where, select: { policyScope: true } })).policyScope;
}

function requireFixed(name: string): string {
  const value = FIXED.get(name);
  if (value !== undefined) return value;
  const names = [...FIXED.keys(), REGISTRY_POLICY_SCOPE, BLOB_MOUNTING].join(', ');
  throw awsError('ValidationException', `${name} isn't an account setting. Use one of ${names}.`);
}

function wrongValue(name: string, values: string) {
  return awsError('ValidationException', `${name} can only be ${values} here.`);
}
