// Repositories, catalog data, registries and resource tags of ECR Public by the SDK.
import {
  CreateRepositoryCommand,
  DeleteRepositoryCommand,
  DescribeRegistriesCommand,
  DescribeRepositoriesCommand,
  GetRegistryCatalogDataCommand,
  GetRepositoryCatalogDataCommand,
  PutRegistryCatalogDataCommand,
  PutRepositoryCatalogDataCommand,
} from '@aws-sdk/client-ecr-public';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CreatedAccessKey } from '#lib/identity/access-keys/create-access-key.ts';
import { createAwsClients, createTestKey, type AwsClients } from '#lib/testing/aws/create-aws-clients.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { makeLogo } from '#lib/testing/images/sample-logo.ts';

let vitrine: TestApp;
let user: TestUser;
let key: CreatedAccessKey;
let aws: AwsClients;

beforeAll(async () => {
  vitrine = await createTestApp();
  user = await vitrine.createUser();
  key = await createTestKey(vitrine, user);
  aws = createAwsClients(vitrine.url, key);
});
afterAll(() => vitrine.close());

const getCatalogData = async (repositoryName: string) =>
  (await aws.ecrPublic.send(new GetRepositoryCatalogDataCommand({ repositoryName }))).catalogData;

describe('CreateRepository', () => {
  test('answers an empty catalog when none is given, as does the read that follows', async () => {
    const { repository, catalogData } = await aws.ecrPublic.send(
      new CreateRepositoryCommand({ repositoryName: 'plain' }),
    );
    expect(repository).toEqual({
      registryId: key.registryId,
      repositoryArn: `arn:aws:ecr-public::${key.registryId}:repository/plain`,
      repositoryName: 'plain',
      repositoryUri: `${vitrine.app.config.publicHost}/${user.alias}/plain`,
      createdAt: expect.any(Date) as Date,
    });
    expect(catalogData).toEqual({});
    expect(await getCatalogData('plain')).toEqual({});
  });

  test('takes catalog data with a logo', async () => {
    const words = {
      description: 'A tool',
      aboutText: '# About',
      usageText: 'Run it',
      architectures: ['ARM', 'ARM 64', 'x86', 'x86-64'],
      operatingSystems: ['Linux', 'Windows'],
    };
    const { catalogData } = await aws.ecrPublic.send(
      new CreateRepositoryCommand({
        repositoryName: 'tool',
        catalogData: { ...words, logoImageBlob: await makeLogo() },
        tags: [{ Key: 'a', Value: 'b' }],
      }),
    );
    expect(catalogData).toEqual({ ...words, logoUrl: expect.stringContaining('/api/logos/') as string });
    const row = await vitrine.app.db.repository.findFirstOrThrow({ where: { name: 'tool' } });
    expect(row).toMatchObject({
      visibility: 'public',
      architectures: ['arm', 'arm64', '386', 'amd64'],
      operatingSystems: ['linux', 'windows'],
    });
  });

  test('creates nothing when a part of it is refused', async () => {
    const ask = (input: object) =>
      aws.ecrPublic.send(new CreateRepositoryCommand({ repositoryName: 'broken', ...input }));
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>');
    await expect(ask({ catalogData: { description: 'x', logoImageBlob: svg } })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    await expect(ask({ tags: [{ Key: 'AWS:x', Value: '' }] })).rejects.toMatchObject({
      name: 'InvalidTagParameterException',
    });
    expect(await vitrine.app.db.repository.count({ where: { name: 'broken' } })).toBe(0);
  });

  test('shares names with ECR, without showing its repositories', async () => {
    const { registryKey } = await vitrine.app.db.alias.findUniqueOrThrow({ where: { name: user.alias } });
    await vitrine.app.db.repository.create({ data: { registryKey, name: 'secret', visibility: 'private' } });
    await expect(aws.ecrPublic.send(new CreateRepositoryCommand({ repositoryName: 'secret' }))).rejects.toMatchObject({
      name: 'RepositoryAlreadyExistsException',
    });
    await expect(getCatalogData('secret')).rejects.toMatchObject({ name: 'RepositoryNotFoundException' });
    const { repositories } = await aws.ecrPublic.send(new DescribeRepositoriesCommand({}));
    expect(repositories?.map(({ repositoryName }) => repositoryName)).toEqual(['plain', 'tool']);
  });
});

test('PutRepositoryCatalogData replaces everything, the logo too', async () => {
  const put = new PutRepositoryCatalogDataCommand({ repositoryName: 'tool', catalogData: { description: 'New' } });
  expect((await aws.ecrPublic.send(put)).catalogData).toEqual({ description: 'New' });
  expect(await getCatalogData('tool')).toEqual({ description: 'New' });
  expect(await vitrine.app.db.logo.count()).toBe(0);
});

test('lists repositories that other edges named', async () => {
  const { registryKey } = await vitrine.app.db.alias.findUniqueOrThrow({ where: { name: user.alias } });
  const { id } = await vitrine.app.db.repository.create({ data: { registryKey, name: 'a--b__c' } });
  const { repositories } = await aws.ecrPublic.send(new DescribeRepositoriesCommand({}));
  expect(repositories?.map(({ repositoryName }) => repositoryName)).toContain('a--b__c');
  await vitrine.app.db.repository.delete({ where: { id } });
});

test('DeleteRepository', async () => {
  const gone = new DeleteRepositoryCommand({ repositoryName: 'plain' });
  expect((await aws.ecrPublic.send(gone)).repository?.repositoryName).toBe('plain');
  await expect(aws.ecrPublic.send(gone)).rejects.toMatchObject({ name: 'RepositoryNotFoundException' });
});

describe('the registry', () => {
  test('has its aliases', async () => {
    const { registries } = await aws.ecrPublic.send(new DescribeRegistriesCommand({ maxResults: 1 }));
    expect(registries).toEqual([
      {
        registryId: key.registryId,
        registryArn: `arn:aws:ecr-public::${key.registryId}:registry/${key.registryId}`,
        registryUri: `${vitrine.app.config.publicHost}/${user.alias}`,
        verified: false,
        aliases: [{ name: user.alias, status: 'ACTIVE', primaryRegistryAlias: true, defaultRegistryAlias: true }],
      },
    ]);
  });

  test('has a display name', async () => {
    const put = await aws.ecrPublic.send(new PutRegistryCatalogDataCommand({ displayName: 'Ada’s tools' }));
    expect(put.registryCatalogData).toEqual({ displayName: 'Ada’s tools' });
    const got = await aws.ecrPublic.send(new GetRegistryCatalogDataCommand({}));
    expect(got.registryCatalogData).toEqual({ displayName: 'Ada’s tools' });
  });
});
