// Shared by all changes to a registry's managed policies, which only owners read and change.
import { authorize } from '#lib/access/authorize.ts';
import { checkPolicy } from '#lib/access/attached/check-policy.ts';
import { AWS_POLICIES, type AwsPolicy } from '#lib/access/attached/aws-policies.ts';
import { invalidPolicy } from '#lib/access/attached/invalid-policy.ts';
import type { PolicyFinding } from '#lib/access/attached/schema.ts';
import type { Caller } from '#lib/access/schema.ts';
import { parsePolicyReference } from '#lib/identity/attached-policies/schema.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { isPolicyName } from '#lib/publishers/identity-policies/schema.ts';
import { lockRoles } from '#lib/publishers/roles/role-store.ts';

export type ManagedPolicyRow = {
  id: bigint;
  name: string;
  description: string;
  lastVersion: number;
  createdAt: Date;
  /** By number. */
  versions: VersionRow[];
};

export type VersionRow = { version: number; policy: string; isDefault: boolean; savedBy: string; createdAt: Date };

/**
 * Serialises changes to a registry's managed policies and requires that the caller may make them.
 * @throws AppError `unauthenticated` if the caller's credential was revoked while waiting, `forbidden`
 */
export async function lockManagedPolicies(
  tx: DbOrTx,
  { caller, registryKey }: { caller: Caller; registryKey: bigint },
): Promise<void> {
  await lockRoles(tx, { caller, registryKey });
  await authorize({ db: tx }, { ...caller, action: 'vitrine:ManagePolicies', registryKey });
}

/** @throws AppError `not_found` */
export async function getManagedPolicy(
  tx: DbOrTx,
  { registryKey, name }: { registryKey: bigint; name: string },
): Promise<ManagedPolicyRow> {
  const policy =
    isPolicyName(name) &&
    (await tx.managedPolicy.findUnique({
      where: { registryKey_name: { registryKey, name } },
      include: { versions: { orderBy: { version: 'asc' } } },
    }));
  if (!policy) throw new AppError('not_found', `The registry has no managed policy ${name}.`);
  return policy;
}

/** @param reference of a policy of AWS. @throws AppError `not_found` */
export function requireAwsPolicy(reference: string): AwsPolicy {
  const { name } = parsePolicyReference(reference);
  const policy = AWS_POLICIES.get(name);
  if (!policy) throw new AppError('not_found', `AWS has no policy ${name} for ECR.`);
  return policy;
}

/** Requires that a reference leads to a policy. @throws AppError `not_found` */
export async function requireReference(
  tx: DbOrTx,
  { registryKey, policy }: { registryKey: bigint; policy: string },
): Promise<void> {
  const { isAws, name } = parsePolicyReference(policy);
  if (isAws) requireAwsPolicy(policy);
  else await getManagedPolicy(tx, { registryKey, name });
}

/** @throws AppError `not_found` */
export function getVersion<Version extends { version: number }>(
  { name, versions }: { name: string; versions: Version[] },
  version: number,
): Version {
  const found = versions.find((known) => known.version === version);
  if (!found) throw new AppError('not_found', `The policy ${name} has no version ${version}.`);
  return found;
}

/** Returns warnings. @throws AppError `invalid_input` with the findings as detail */
export function checkManagedPolicy(text: string): PolicyFinding[] {
  const { document, findings } = checkPolicy(text, { kind: 'identity' });
  if (!document) throw invalidPolicy(findings);
  return findings;
}

/** Names the author of a version as the audit log does. */
export function nameAuthor({ principal }: Caller): string {
  return principal.kind === 'user' ? principal.email : principal.kind;
}
