import { describe, expect, test } from 'vitest';
import type { AuditEventView } from '#lib/events/read-audit.ts';
import { toCloudTrail } from './to-cloud-trail.ts';

const SITE = { region: 'eu-west-1', isSecure: true };
const REGISTRY = '123456789012';
const DIGEST = `sha256:${'a'.repeat(64)}`;
const USER = '0199a0e4-6f6c-7000-8000-000000000001';

const event = (facts: Partial<AuditEventView>): AuditEventView => ({
  id: '7',
  at: new Date('2026-03-01T10:00:00.250Z'),
  lastAt: new Date('2026-03-01T10:00:01.900Z'),
  count: 3,
  actorId: USER,
  actor: 'ada@example.org',
  action: 'image.pull',
  target: 'acme/team/app:v1',
  before: null,
  after: { digest: DIGEST },
  address: '203.0.113.5',
  userAgent: 'docker/27.0',
  credential: 'access_key',
  accessTokenId: null,
  accessKeyId: 'AKIAABCDEFGHIJKLMNOP',
  requestId: null,
  registryId: REGISTRY,
  ...facts,
});

test('a robot is an IAM user with a name', () => {
  const { userIdentity } = toCloudTrail(event({ actor: `robot:${REGISTRY}/ci` }), SITE);
  expect(userIdentity).toMatchObject({
    type: 'IAMUser',
    arn: `arn:aws:iam::${REGISTRY}:user/ci`,
    accountId: REGISTRY,
    userName: 'ci',
  });
});

test('a pull is a BatchGetImage', () => {
  expect(toCloudTrail(event({}), SITE)).toEqual({
    eventVersion: '1.11',
    userIdentity: {
      type: 'IAMUser',
      principalId: expect.stringMatching(/^AIDA[A-Z2-7]{17}$/) as string,
      arn: `arn:aws:iam::${REGISTRY}:user/${USER}`,
      accountId: REGISTRY,
      accessKeyId: 'AKIAABCDEFGHIJKLMNOP',
      userName: 'ada@example.org',
    },
    eventTime: '2026-03-01T10:00:00Z',
    eventSource: 'ecr.amazonaws.com',
    eventName: 'BatchGetImage',
    awsRegion: 'eu-west-1',
    sourceIPAddress: '203.0.113.5',
    userAgent: 'docker/27.0',
    requestParameters: { registryId: REGISTRY, repositoryName: 'team/app', imageIds: [{ imageTag: 'v1' }] },
    responseElements: null,
    additionalEventData: {
      action: 'image.pull',
      target: 'acme/team/app:v1',
      count: 3,
      lastEventTime: '2026-03-01T10:00:01Z',
      change: { before: null, after: { digest: DIGEST } },
    },
    eventID: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/) as string,
    readOnly: true,
    resources: [
      {
        ARN: `arn:aws:ecr:eu-west-1:${REGISTRY}:repository/team/app`,
        accountId: REGISTRY,
        type: 'AWS::ECR::Repository',
      },
    ],
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: REGISTRY,
    eventCategory: 'Management',
  });
});

describe('names', () => {
  test.each<[Partial<AuditEventView>, object]>([
    [
      { target: `acme/app@${DIGEST}` },
      { eventName: 'BatchGetImage', requestParameters: { imageIds: [{ imageDigest: DIGEST }] } },
    ],
    [
      { action: 'tag.move', after: { digest: DIGEST } },
      {
        eventName: 'PutImage',
        readOnly: false,
        requestParameters: { registryId: REGISTRY, repositoryName: 'team/app', imageTag: 'v1' },
        responseElements: { image: { imageId: { imageTag: 'v1', imageDigest: DIGEST } } },
      },
    ],
    [
      { action: 'tag.delete', before: { digest: DIGEST }, after: null },
      { eventName: 'BatchDeleteImage', requestParameters: { imageIds: [{ imageTag: 'v1' }] }, responseElements: null },
    ],
    [
      { action: 'push.refuse', target: 'acme/app', after: { reason: 'forbidden' } },
      { eventName: 'PutImage', errorCode: 'AccessDenied', errorMessage: 'forbidden', responseElements: null },
    ],
    [
      { action: 'api.call', target: 'acme/app', after: { operation: 'ecr-public:DescribeImages' } },
      { eventSource: 'ecr-public.amazonaws.com', eventName: 'DescribeImages', readOnly: true },
    ],
    [
      { action: 'api.call', target: '', after: { operation: 'sts:GetCallerIdentity' } },
      { eventSource: 'sts.amazonaws.com', requestParameters: null, resources: [] },
    ],
    [
      {
        action: 'api.refuse',
        target: 'acme/app',
        after: { operation: 'ecr:PutImage', reason: 'AccessDeniedException' },
      },
      { eventName: 'PutImage', errorCode: 'AccessDenied', errorMessage: 'AccessDeniedException' },
    ],
    [
      {
        action: 'api.refuse',
        target: 'acme/app',
        after: { operation: 'vitrine:RenameRepository', reason: 'forbidden' },
      },
      { eventSource: 'vitrine', eventName: 'RenameRepository', readOnly: false },
    ],
    [
      { action: 'access-key.disable', target: 'AKIAABCDEFGHIJKLMNOP', after: null },
      { eventSource: 'iam.amazonaws.com', eventName: 'UpdateAccessKey', resources: [] },
    ],
    [
      { action: 'alias-request.put_back', target: 'acme', after: null, requestId: 'r-1' },
      { eventSource: 'vitrine', eventName: 'AliasRequestPutBack', eventType: 'AwsServiceEvent', requestID: 'r-1' },
    ],
  ])('%o', (facts, expected) => {
    expect(toCloudTrail(event(facts), SITE)).toMatchObject(expected);
  });
});

test('identities without an account', () => {
  const identityOf = (facts: Partial<AuditEventView>) =>
    toCloudTrail(event({ actorId: null, accessKeyId: null, ...facts }), SITE)['userIdentity'];
  expect(identityOf({ actor: 'anonymous' })).toEqual({
    type: 'AWSAccount',
    principalId: '',
    accountId: 'ANONYMOUS_PRINCIPAL',
  });
  expect(identityOf({ actor: 'system' })).toEqual({ type: 'AWSService', invokedBy: 'vitrine' });
  const masked = 'another user of this site';
  expect(identityOf({ actor: masked })).toEqual({ type: 'Unknown', userName: masked });
});

test('the id of a record never changes, and no two events share one', () => {
  const idOf = (id: string) => toCloudTrail(event({ id }), SITE)['eventID'];
  expect(idOf('7')).toBe(idOf('7'));
  expect(idOf('7')).not.toBe(idOf('8'));
});
