import {
  DeregisterPullTimeUpdateExclusionCommand,
  ListPullTimeUpdateExclusionsCommand,
  RegisterPullTimeUpdateExclusionCommand,
} from '@aws-sdk/client-ecr';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { userName } from '#lib/access/resource-names.ts';
import { createAwsClients, createTestKey, type AwsClients } from '#lib/testing/aws/create-aws-clients.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createTestRobot } from '#lib/testing/create-test-robot.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { buildImage } from '#lib/testing/images/build-image.ts';

let vitrine: TestApp;
let user: TestUser;
let scanner: TestUser;
let registryId: string;
let aws: AwsClients;
beforeAll(async () => {
  vitrine = await createTestApp();
  user = await vitrine.createUser();
  scanner = await vitrine.createUser();
  const key = await createTestKey(vitrine, user);
  ({ registryId } = key);
  aws = createAwsClients(vitrine.url, key);
  const { id: registryKey } = await vitrine.app.db.registry.findUniqueOrThrow({ where: { registryId } });
  await vitrine.app.db.member.create({ data: { registryKey, userId: idOf(scanner), role: 'reader' } });
});
afterAll(() => vitrine.close());

const idOf = ({ caller }: TestUser) => caller.principal.userId;
const register = (principalArn: string) => aws.ecr.send(new RegisterPullTimeUpdateExclusionCommand({ principalArn }));
const deregister = (principalArn: string) =>
  aws.ecr.send(new DeregisterPullTimeUpdateExclusionCommand({ principalArn }));
const list = async () =>
  (await aws.ecr.send(new ListPullTimeUpdateExclusionsCommand({}))).pullTimeUpdateExclusions ?? [];

test('pulls of an excluded member leave no time', async () => {
  const platform = { os: 'linux', architecture: 'amd64' };
  const image = await buildImage({ platform, created: '2026-01-01T00:00:00Z', layers: [] });
  await createDistributionClient(vitrine.url, user.token).push(`${user.alias}/app`, image, ['1.0']);
  const pullAs = async ({ token }: TestUser) => {
    await createDistributionClient(vitrine.url, token).request('GET', `/v2/${user.alias}/app/manifests/1.0`);
    await vitrine.app.pullCounter.flush();
    return (await vitrine.app.db.manifest.findFirstOrThrow({ where: { digest: image.digest } })).lastPulledAt;
  };
  const principalArn = userName(registryId, idOf(scanner));
  expect(await register(principalArn)).toMatchObject({ principalArn, createdAt: expect.any(Date) as Date });
  expect(await list()).toEqual([principalArn]);
  expect(await pullAs(scanner)).toBeNull();
  expect(await pullAs(user)).not.toBeNull();

  await vitrine.app.db.manifest.updateMany({ data: { lastPulledAt: null } });
  await deregister(principalArn);
  expect(await list()).toEqual([]);
  expect(await pullAs(scanner)).not.toBeNull();
  const where = { action: { in: ['member.exclude-pulls', 'member.include-pulls'] } };
  expect(await vitrine.app.db.auditEvent.count({ where })).toBe(2);
});

test('only members can be excluded, once', async () => {
  const own = userName(registryId, idOf(user));
  const stranger = await vitrine.createUser();
  for (const wrong of [
    userName('999999999999', idOf(user)),
    userName(registryId, idOf(stranger)),
    userName(registryId, 'ada'),
    `arn:aws:iam::${registryId}:role/scanner`,
  ]) {
    await expect(register(wrong)).rejects.toMatchObject({ name: 'ValidationException' });
  }
  await expect(deregister(own)).rejects.toMatchObject({ name: 'ExclusionNotFoundException' });
  await register(own);
  await expect(register(own)).rejects.toMatchObject({ name: 'ExclusionAlreadyExistsException' });
});

test('a robot is excluded by its name', async () => {
  const robot = await createTestRobot(vitrine, user);
  const principalArn = userName(registryId, robot.name);
  await register(principalArn);
  expect(await list()).toContain(principalArn);
  await expect(register(principalArn)).rejects.toMatchObject({ name: 'ExclusionAlreadyExistsException' });
  const other = await createTestRobot(vitrine, await vitrine.createUser());
  await expect(register(userName(registryId, other.name))).rejects.toMatchObject({ name: 'ValidationException' });
  await deregister(principalArn);
  expect(await list()).not.toContain(principalArn);
});
