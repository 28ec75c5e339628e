// Policies to start from. Browser-safe.
import type { Visibility } from '#lib/repositories/schema.ts';

export const POLICY_SAMPLES = ['pull', 'push', 'read', 'hours', 'office'] as const;
export type PolicySample = (typeof POLICY_SAMPLES)[number];

export const SAMPLE_TITLES: Record<PolicySample, string> = {
  pull: 'Pull for another registry',
  push: 'Push for another registry',
  read: 'Read only',
  hours: 'Time window',
  office: 'Office network',
};

const PULL = ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchCheckLayerAvailability'];
const LISTS = ['ecr:DescribeRepositories', 'ecr:DescribeImages', 'ecr:ListImages', 'ecr:ListImageReferrers'];
const PUSH = [
  'BatchCheckLayerAvailability',
  'InitiateLayerUpload',
  'UploadLayerPart',
  'CompleteLayerUpload',
  'PutImage',
];

/** A public repository can be pulled by anyone, so only samples about changes fit. */
export function samplesFor(visibility: Visibility): readonly PolicySample[] {
  return visibility === 'public' ? ['push', 'read', 'hours', 'office'] : POLICY_SAMPLES;
}

/**
 * Writes a sample as a policy of a repository.
 * @param registryId of the repository. Where another one belongs, the author replaces it
 */
export function writeSample(
  sample: PolicySample,
  { registryId, visibility }: { registryId: string; visibility: Visibility },
): string {
  const service = visibility === 'public' ? 'ecr-public' : 'ecr';
  const push = PUSH.map((name) => `${service}:${name}`);
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
        Action: [...push.slice(1), `${service}:BatchDeleteImage`, `${service}:DeleteRepository`],
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
  };
  return JSON.stringify({ Version: '2012-10-17', Statement: statements[sample] }, null, 2);
}

/** The digits that AWS's examples use. */
const OTHER_REGISTRY = '111122223333';
