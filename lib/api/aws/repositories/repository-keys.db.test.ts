// Repositories with a KMS key, by the SDK of ECR.
import { CreateRepositoryCommand, DescribeRepositoriesCommand, UploadLayerPartCommand } from '@aws-sdk/client-ecr';
import { BatchGetImageCommand, InitiateLayerUploadCommand } from '@aws-sdk/client-ecr';
import { DisableKeyCommand, EnableKeyCommand } from '@aws-sdk/client-kms';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAwsClients, createTestKey, type AwsClients } from '#lib/testing/aws/create-aws-clients.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { buildImage } from '#lib/testing/images/build-image.ts';
import { findKmsServer, startKms, type KmsServer } from '#lib/testing/keys/start-kms.ts';

const { absent } = await findKmsServer();

describe.skipIf(absent !== null)(`repositories of ECR with a KMS key${absent ? ` (skipped: ${absent})` : ''}`, () => {
  let kms: KmsServer;
  let site: TestApp;
  let user: TestUser;
  let aws: AwsClients;
  let siteKey: string;

  beforeAll(async () => {
    kms = await startKms();
    siteKey = await kms.createKey();
    const keys = { ...kms.settings, KMS_KEY_ID: siteKey, KMS_CACHE_SECONDS: '1', SEALED_STORAGE: '1' };
    site = await createTestApp({ ...keys, LOG_LEVEL: 'silent' });
    user = await site.createUser();
    aws = createAwsClients(site.url, await createTestKey(site, user));
  });
  afterAll(async () => {
    await site.close();
    await kms.stop();
  });

  const create = (repositoryName: string, kmsKey?: string) =>
    aws.ecr.send(
      new CreateRepositoryCommand({
        repositoryName,
        encryptionConfiguration: { encryptionType: 'KMS', ...(kmsKey !== undefined && { kmsKey }) },
      }),
    );

  test('are created with the key that is named, else with that of the site, and show its ARN', async () => {
    const key = await kms.createKey();
    const expected = { encryptionType: 'KMS', kmsKey: key };
    expect((await create('own', key)).repository?.encryptionConfiguration).toEqual(expected);
    expect((await create('default')).repository?.encryptionConfiguration?.kmsKey).toBe(siteKey);
    const { repositories } = await aws.ecr.send(new DescribeRepositoriesCommand({ repositoryNames: ['own'] }));
    expect(repositories?.[0]?.encryptionConfiguration).toEqual(expected);
  });

  test('aren’t created with a key that is unknown or can’t be used', async () => {
    const disabled = await kms.createKey();
    await kms.client.send(new DisableKeyCommand({ KeyId: disabled }));
    const unknown = siteKey.replace(/[^/]+$/, '00000000-0000-0000-0000-000000000000');
    for (const [key, kmsError] of [
      [disabled, 'KMSInvalidStateException'],
      [unknown, 'NotFoundException'],
    ] as const) {
      await expect(create('refused', key)).rejects.toMatchObject({ name: 'KmsException', kmsError });
    }
    const { repositories } = await aws.ecr.send(new DescribeRepositoriesCommand({}));
    expect(repositories?.map(({ repositoryName }) => repositoryName)).not.toContain('refused');
  });

  test('answer KmsException to pushes and DENIED to pulls while the key is disabled', async () => {
    const key = await kms.createKey();
    await create('revoked', key);
    const name = `${user.alias}/revoked`;
    const client = createDistributionClient(site.url, user.token);
    const image = await buildImage({
      platform: { os: 'linux', architecture: 'amd64' },
      created: '2026-01-01T00:00:00Z',
      layers: [[{ path: 'app', content: 'revoked' }]],
    });
    await client.push(name, image, ['v1']);
    const blob = `/v2/${name}/blobs/${image.blobs[0]?.digest}`;
    await client.request('GET', blob);
    await kms.client.send(new DisableKeyCommand({ KeyId: key }));
    await sleep(1_500);
    await expect(client.request('GET', blob)).rejects.toThrow(/403: .*DENIED.*KMS key of this repository/);
    const { uploadId = '' } = await aws.ecr.send(new InitiateLayerUploadCommand({ repositoryName: 'revoked' }));
    const part = { repositoryName: 'revoked', uploadId, partFirstByte: 0, partLastByte: 3 };
    const upload = aws.ecr.send(new UploadLayerPartCommand({ ...part, layerPartBlob: Buffer.from('part') }));
    await expect(upload).rejects.toMatchObject({ name: 'KmsException', kmsError: 'DisabledException' });
    // Manifests aren't under the key.
    const asked = { repositoryName: 'revoked', imageIds: [{ imageTag: 'v1' }] };
    expect((await aws.ecr.send(new BatchGetImageCommand(asked))).images).toHaveLength(1);
    await kms.client.send(new EnableKeyCommand({ KeyId: key }));
    await sleep(1_500);
    await client.request('GET', blob);
  });
});
