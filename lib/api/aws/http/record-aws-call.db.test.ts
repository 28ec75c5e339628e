// What the audit log says about calls of the AWS APIs, and how it is exported.
import { DescribeImagesCommand, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { readAudit } from '#lib/events/read-audit.ts';
import type { CreatedAccessKey } from '#lib/identity/access-keys/insert-access-key.ts';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { createAwsClients, createTestKey, type AwsClients } from '#lib/testing/aws/create-aws-clients.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { streamAudit } from '#lib/api/rest/exports/stream-audit.ts';

let site: TestApp;
let user: TestUser;
let key: CreatedAccessKey;
let aws: AwsClients;
let registryKey: bigint;

beforeAll(async () => {
  site = await createTestApp();
  user = await site.createUser();
  key = await createTestKey(site, user);
  aws = createAwsClients(site.url, key);
  ({ registryKey } = await site.app.db.alias.findUniqueOrThrow({ where: { name: user.alias } }));
  await create('tool');
});
afterAll(() => site.close());

/** As a call of the API with the key does. */
function create(name: string): Promise<unknown> {
  const { accessKeyId: id, registryId } = key;
  const caller = {
    principal: {
      ...user.caller.principal,
      accessKey: { id, registryId, role: 'owner' as const },
      apiAccess: 'write' as const,
    },
    context: { ...user.caller.context, userAgent: 'aws-sdk-js/3', requestId: 'request-1' },
  };
  return createRepository(site.app, { caller, alias: user.alias, name, visibility: 'private' });
}

const flush = () => Promise.all([site.app.apiCallLog.flush(), site.app.attemptLog.flush()]);
beforeEach(async () => {
  await flush();
  await site.app.db.auditEvent.deleteMany({ where: { action: { in: ['api.call', 'api.refuse', 'login.fail'] } } });
});

test('reads are counted by key, operation and repository, and belong to the registry', async () => {
  for (let n = 0; n < 3; n += 1) await aws.ecr.send(new DescribeImagesCommand({ repositoryName: 'tool' }));
  await aws.ecr.send(new GetAuthorizationTokenCommand({}));
  await aws.sts.send(new GetCallerIdentityCommand({}));
  await flush();
  const filter = { accessKeyId: key.accessKeyId, action: 'api.' };
  const events = await readAudit(site.app, { caller: user.caller, registryKey, filter, before: null, limit: 50 });
  const who = { accessKeyId: key.accessKeyId, actor: user.email, address: '127.0.0.1', credential: 'access_key' };
  expect(events.toSorted((one, other) => other.count - one.count)).toMatchObject([
    { ...who, action: 'api.call', count: 3, target: `${user.alias}/tool`, after: { operation: 'ecr:DescribeImages' } },
    { ...who, count: 1, target: '' },
    { ...who, count: 1, target: '' },
  ]);
  expect(events.every(({ userAgent }) => userAgent?.includes('aws-sdk-js') === true)).toBe(true);
});

test('a change is recorded by its use case only, with its client', async () => {
  await create('other');
  await flush();
  const filter = { repository: 'other', userAgent: 'aws-sdk-js' };
  const events = await readAudit(site.app, { caller: user.caller, registryKey, filter, before: null, limit: 50 });
  expect(events).toMatchObject([{ action: 'repository.create', accessKeyId: key.accessKeyId, requestId: 'request-1' }]);
});

test('refused calls and wrong signatures are recorded', async () => {
  const foreign = new DescribeImagesCommand({ repositoryName: 'tool', registryId: '000000000001' });
  await expect(aws.ecr.send(foreign)).rejects.toThrow('not authorized');
  const wrong = createAwsClients(site.url, { ...key, secretAccessKey: 'x'.repeat(40) });
  await expect(wrong.ecr.send(new GetAuthorizationTokenCommand({}))).rejects.toThrow();
  await flush();
  const rows = await site.app.db.auditEvent.findMany({
    where: { action: { in: ['api.refuse', 'login.fail'] } },
    orderBy: { id: 'asc' },
  });
  expect(rows).toMatchObject([
    {
      action: 'api.refuse',
      after: { operation: 'ecr:DescribeImages', reason: 'AccessDeniedException' },
      actorId: user.caller.principal.userId,
      registryKey,
    },
    {
      action: 'login.fail',
      after: { reason: 'InvalidSignatureException' },
      accessKeyId: key.accessKeyId,
      actorId: null,
      registryKey: null,
    },
  ]);
});

test('the export has a CloudTrail record for each event', async () => {
  await aws.ecr.send(new DescribeImagesCommand({ repositoryName: 'tool' }));
  await flush();
  const response = await streamAudit(site.app, { caller: user.caller, registryKey, filter: {} }, 'cloudtrail');
  expect(response.headers.get('content-disposition')).toContain('cloudtrail.jsonl');
  const records = (await response.text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const account = { recipientAccountId: key.registryId, eventVersion: '1.11' };
  expect(records.find(({ eventName }) => eventName === 'DescribeImages')).toMatchObject({
    ...account,
    eventName: 'DescribeImages',
    readOnly: true,
  });
  expect(records.find(({ eventName }) => eventName === 'CreateRepository')).toMatchObject({
    ...account,
    requestID: 'request-1',
    userIdentity: { accessKeyId: key.accessKeyId, userName: user.email },
    requestParameters: { registryId: key.registryId },
  });
});
