import { GetAccountSettingCommand, PutAccountSettingCommand } from '@aws-sdk/client-ecr';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAwsClients, createTestKey, type AwsClients } from '#lib/testing/aws/create-aws-clients.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { buildImage } from '#lib/testing/images/build-image.ts';

let vitrine: TestApp;
let user: TestUser;
let aws: AwsClients;
beforeAll(async () => {
  vitrine = await createTestApp();
  user = await vitrine.createUser();
  aws = createAwsClients(vitrine.url, await createTestKey(vitrine, user));
});
afterAll(() => vitrine.close());

const get = async (name: string) => (await aws.ecr.send(new GetAccountSettingCommand({ name }))).value;
const put = (name: string, value: string) => aws.ecr.send(new PutAccountSettingCommand({ name, value }));

test('settings with one value echo it, and refuse others', async () => {
  const [name, value] = ['BASIC_SCAN_TYPE_VERSION', 'AWS_NATIVE'];
  expect(await get(name)).toBe(value);
  expect(await put(name, value)).toMatchObject({ name, value });
  await expect(put(name, 'CLAIR')).rejects.toMatchObject({ name: 'ValidationException' });
  await expect(get('TELEPORTATION')).rejects.toMatchObject({ name: 'ValidationException' });
  await expect(put('TELEPORTATION', 'ENABLED')).rejects.toMatchObject({ name: 'ValidationException' });
});

test('BLOB_MOUNTING decides about mounts', async () => {
  const client = createDistributionClient(vitrine.url, user.token);
  const platform = { os: 'linux', architecture: 'amd64' };
  const image = await buildImage({
    platform,
    created: '2026-01-01T00:00:00Z',
    layers: [[{ path: 'a', content: 'b' }]],
  });
  await client.push(`${user.alias}/source`, image, ['1.0']);
  const digest = image.blobs[0]?.digest ?? '';
  const mount = async (name: string) => {
    const path = `/v2/${user.alias}/${name}/blobs/uploads/?mount=${digest}&from=${user.alias}/source`;
    return (await client.request('POST', path)).status;
  };
  expect(await get('BLOB_MOUNTING')).toBe('ENABLED');
  expect(await mount('first')).toBe(201);
  await put('BLOB_MOUNTING', 'DISABLED');
  expect(await get('BLOB_MOUNTING')).toBe('DISABLED');
  expect(await mount('second')).toBe(202);
  await put('BLOB_MOUNTING', 'ENABLED');
  expect(await mount('second')).toBe(201);
  await expect(put('BLOB_MOUNTING', 'on')).rejects.toMatchObject({ name: 'ValidationException' });
  expect(await vitrine.app.db.auditEvent.count({ where: { action: 'registry.set-blob-mounting' } })).toBe(2);
});
