// Policies to start from. Browser-safe.
import type { Visibility } from '#lib/repositories/schema.ts';
import { pushActions, SERVICE_ISSUERS, WORKFLOW_EXAMPLES, writeWorkflowStatements } from './workflow-statements.ts';

export const POLICY_SAMPLES = ['pull', 'push', 'read', 'hours', 'office', 'workflow'] as const;
export type PolicySample = (typeof POLICY_SAMPLES)[number];

export const SAMPLE_TITLES: Record<PolicySample, string> = {
  pull: 'Pull for another registry',
  push: 'Push for another registry',
  read: 'Read only',
  hours: 'Time window',
  office: 'Office network',
  workflow: 'Push from one workflow only',
};

const PULL = ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchCheckLayerAvailability'];
const LISTS = ['ecr:DescribeRepositories', 'ecr:DescribeImages', 'ecr:ListImages', 'ecr:ListImageReferrers'];

export const REGISTRY_SAMPLES = ['pull', 'push', 'read', 'office', 'create', 'replicate'] as const;
export type RegistrySample = (typeof REGISTRY_SAMPLES)[number];

export const REGISTRY_SAMPLE_TITLES: Record<RegistrySample, string> = {
  pull: SAMPLE_TITLES.pull,
  push: SAMPLE_TITLES.push,
  read: SAMPLE_TITLES.read,
  office: SAMPLE_TITLES.office,
  create: 'New repositories below a prefix only',
  replicate: 'Replication from another registry',
};

export const IDENTITY_SAMPLES = ['pull', 'push', 'read', 'office', 'assume'] as const;
export type IdentitySample = (typeof IDENTITY_SAMPLES)[number];

export const IDENTITY_SAMPLE_TITLES: Record<IdentitySample, string> = {
  pull: 'Pull below a prefix',
  push: 'Push below a prefix',
  read: SAMPLE_TITLES.read,
  office: SAMPLE_TITLES.office,
  assume: 'Assume a role of another registry',
};

/** A public repository can be pulled by anyone, so only samples about changes fit. */
export function samplesFor(visibility: Visibility): readonly PolicySample[] {
  return visibility === 'public' ? ['push', 'read', 'hours', 'office', 'workflow'] : POLICY_SAMPLES;
}

/**
 * Writes a sample as a policy of a repository.
 * @param registryId of the repository. Where another one belongs, the author replaces it
 */
export function writeSample(sample: PolicySample, of: Sampled): string {
  return toText(listStatements(sample, of));
}

/** Writes a sample as a policy of a registry, whose statements name resources. */
export function writeRegistrySample(sample: RegistrySample, registryId: string): string {
  const below = (pattern: string) => `arn:aws:ecr:*:${registryId}:repository/${pattern}`;
  const Resource = below('*');
  if (sample === 'create') {
    const Sid = 'OnlyBelowTeam';
    return toText([
      { Sid, Effect: 'Deny', Principal: '*', Action: 'ecr:CreateRepository', NotResource: below('team/*') },
    ]);
  }
  if (sample === 'replicate') {
    const Action = ['ecr:ReplicateImage', 'ecr:CreateRepository'];
    return toText([{ Sid: 'Replicate', Effect: 'Allow', Principal: { AWS: OTHER_REGISTRY }, Action, Resource }]);
  }
  return toText(listStatements(sample, { registryId, visibility: 'private' }).map((one) => ({ ...one, Resource })));
}

/** Writes a sample as a policy of a member, robot, role or team. It names resources, and nobody. */
export function writeIdentitySample(sample: IdentitySample, registryId: string): string {
  if (sample === 'assume') {
    const Resource = `arn:aws:iam::${OTHER_REGISTRY}:role/deploy`;
    return toText([{ Sid: 'Assume', Effect: 'Allow', Action: 'sts:AssumeRole', Resource }]);
  }
  const isBelow = sample === 'pull' || sample === 'push';
  const Resource = `arn:aws:ecr:*:${registryId}:repository/${isBelow ? 'team/' : ''}*`;
  const statements = listStatements(sample, { registryId, visibility: 'private' });
  return toText(statements.map((one) => ({ ...one, Principal: undefined, Resource })));
}

type Sampled = { registryId: string; visibility: Visibility };

function toText(Statement: object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement }, null, 2);
}

function listStatements(sample: PolicySample, { registryId, visibility }: Sampled): object[] {
  const service = visibility === 'public' ? 'ecr-public' : 'ecr';
  const writes = pushActions(visibility);
  const push = [`${service}:BatchCheckLayerAvailability`, ...writes];
  const other = { AWS: OTHER_REGISTRY };
  const statements: Record<PolicySample, object[]> = {
    pull: [{ Sid: 'Pull', Effect: 'Allow', Principal: other, Action: PULL }],
    push: [
      {
        Sid: 'Push',
        Effect: 'Allow',
        Principal: other,
        Action: visibility === 'public' ? push : [...new Set([...PULL, ...push])],
      },
    ],
    read: [
      {
        Sid: 'ReadOnly',
        Effect: 'Deny',
        Principal: '*',
        Action: [...writes, `${service}:BatchDeleteImage`, `${service}:DeleteRepository`],
      },
    ],
    hours: [
      {
        Sid: 'Window',
        Effect: 'Allow',
        Principal: other,
        Action: visibility === 'public' ? push : [...PULL, ...LISTS],
        Condition: {
          DateGreaterThan: { 'aws:CurrentTime': '2027-01-04T08:00:00Z' },
          DateLessThan: { 'aws:CurrentTime': '2027-01-08T18:00:00Z' },
        },
      },
    ],
    office: [
      {
        Sid: 'OnlyFromTheOffice',
        Effect: 'Deny',
        Principal: { AWS: registryId },
        Action: visibility === 'public' ? push : [...new Set([...PULL, ...push])],
        Condition: { NotIpAddress: { 'aws:SourceIp': ['203.0.113.0/24', '2001:db8::/32'] } },
      },
    ],
    workflow: writeWorkflowStatements(SAMPLE_WORKFLOW, visibility),
  };
  return statements[sample];
}

/** The author replaces the id and the path. */
const SAMPLE_WORKFLOW = {
  service: 'github',
  issuer: SERVICE_ISSUERS.github,
  repositoryId: '1234567',
  workflow: WORKFLOW_EXAMPLES.github,
} as const;

/** The digits that AWS's examples use. */
const OTHER_REGISTRY = '111122223333';
