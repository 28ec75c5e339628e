// Reads of managed policies, for owners.
import { authorize } from '#lib/access/authorize.ts';
import type { Caller } from '#lib/access/schema.ts';
import { AWS_POLICY_REFERENCES, parsePolicyReference, policyArn } from '#lib/identity/attached-policies/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { findPolicyHolder, type HolderQuestion } from '#lib/publishers/identity-policies/policy-holder.ts';
import { getRegistryId } from '#lib/publishers/robots/robot-store.ts';
import { countAttachments } from './count-attachments.sql.ts';
import { findAttachments, type PolicyAttachment } from './find-attachments.ts';
import { requireAwsPolicy, getManagedPolicy, getVersion } from './policy-store.ts';

type AskedPolicies = { caller: Caller; registryKey: bigint };

export type ManagedPolicyView = {
  /** How it is attached and read: the name, after `aws:` for one of AWS. */
  reference: string;
  name: string;
  arn: string;
  description: string;
  /** Whether it is one of AWS, which nobody can change. */
  isAws: boolean;
  defaultVersion: number;
  /** The number of members, robots, roles and teams. */
  attachmentCount: number;
  /** Null for those of AWS. */
  createdAt: Date | null;
};

export type PolicyVersionView = {
  version: number;
  policy: string;
  isDefault: boolean;
  /** Null for those of AWS. */
  savedBy: string | null;
  createdAt: Date | null;
};

export type ManagedPolicyDetail = ManagedPolicyView & {
  /** Latest first. */
  versions: PolicyVersionView[];
  attachments: PolicyAttachment[];
};

/** Lists a registry's managed policies by name, then those of AWS. @throws AppError `forbidden` */
export async function listManagedPolicies(
  app: { db: Db },
  { caller, registryKey }: AskedPolicies,
): Promise<ManagedPolicyView[]> {
  await authorize(app, { ...caller, action: 'vitrine:ManagePolicies', registryKey });
  const { registryId } = await getRegistryId(app.db, registryKey);
  const counts = await countAttachments(app.db, registryKey);
  const own = await app.db.managedPolicy.findMany({
    where: { registryKey },
    orderBy: { name: 'asc' },
    include: { versions: { where: { isDefault: true }, select: { version: true } } },
  });
  return [
    ...own.map(({ name, description, createdAt, versions: [version] }) => ({
      ...nameReference(registryId, name),
      description,
      defaultVersion: version?.version ?? 0,
      attachmentCount: counts.get(name) ?? 0,
      createdAt,
    })),
    ...AWS_POLICY_REFERENCES.map((reference) => ({
      ...viewAwsPolicy(registryId, reference),
      attachmentCount: counts.get(reference) ?? 0,
    })),
  ];
}

/** @param policy a reference. @throws AppError `forbidden`, `not_found` */
export async function readManagedPolicy(
  app: { db: Db },
  { caller, registryKey, policy: reference }: AskedPolicies & { policy: string },
): Promise<ManagedPolicyDetail> {
  await authorize(app, { ...caller, action: 'vitrine:ManagePolicies', registryKey });
  const { registryId } = await getRegistryId(app.db, registryKey);
  if (parsePolicyReference(reference).isAws) {
    const { policy } = requireAwsPolicy(reference);
    const attachments = await findAttachments(app.db, { registryKey, policy: reference });
    return {
      ...viewAwsPolicy(registryId, reference),
      attachmentCount: attachments.length,
      versions: [{ version: 1, policy, isDefault: true, savedBy: null, createdAt: null }],
      attachments,
    };
  }
  const { name, description, createdAt, versions } = await getManagedPolicy(app.db, { registryKey, name: reference });
  const attachments = await findAttachments(app.db, { registryKey, policy: reference });
  return {
    ...nameReference(registryId, name),
    description,
    defaultVersion: versions.find(({ isDefault }) => isDefault)?.version ?? 0,
    attachmentCount: attachments.length,
    createdAt,
    versions: versions
      .map(({ version, policy, isDefault, savedBy, createdAt: savedAt }) => ({
        version,
        policy,
        isDefault,
        savedBy,
        createdAt: savedAt,
      }))
      .reverse(),
    attachments,
  };
}

/** @param policy a reference. @throws AppError `forbidden`, `not_found` */
export async function readPolicyVersion(
  app: { db: Db },
  { version, ...asked }: AskedPolicies & { policy: string; version: number },
): Promise<PolicyVersionView> {
  return getVersion(await readManagedPolicy(app, asked), version);
}

export type AttachedPolicyView = Pick<ManagedPolicyView, 'reference' | 'name' | 'arn' | 'isAws'>;

/** Lists what is attached to a member, robot, role or team itself, by reference. @throws AppError `forbidden`, `not_found` */
export async function listAttachedPolicies(app: { db: Db }, question: HolderQuestion): Promise<AttachedPolicyView[]> {
  const { managedPolicies } = await findPolicyHolder(app, question);
  const { registryId } = await getRegistryId(app.db, question.registryKey);
  return managedPolicies.map((reference) => nameReference(registryId, reference));
}

function nameReference(registryId: string, reference: string): AttachedPolicyView {
  const { isAws, name } = parsePolicyReference(reference);
  return { reference, name, arn: policyArn(registryId, { isAws, name }), isAws };
}

function viewAwsPolicy(registryId: string, reference: string) {
  const { description } = requireAwsPolicy(reference);
  return { ...nameReference(registryId, reference), description, defaultVersion: 1, createdAt: null };
}
