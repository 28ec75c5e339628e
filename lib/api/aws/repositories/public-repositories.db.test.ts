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
  type RepositoryCatalogDataInput,
} from '@aws-sdk/client-ecr-public';
import { describe, expect, test } from 'vitest';
import { getRepositoryPage } from '#lib/gallery/gallery-queries.ts';
import { useAwsSite } from '#lib/testing/aws/use-aws-site.ts';
import { makeLogo } from '#lib/testing/images/sample-logo.ts';

const site = useAwsSite();

const getCatalogData = async (repositoryName: string) =>
  (await site.aws.ecrPublic.send(new GetRepositoryCatalogDataCommand({ repositoryName }))).catalogData;

describe('CreateRepository', () => {
  test('answers an empty catalog when none is given, as does the read that follows', async () => {
    const { repository, catalogData } = await site.aws.ecrPublic.send(
      new CreateRepositoryCommand({ repositoryName: 'plain' }),
    );
    expect(repository).toEqual({
      registryId: site.key.registryId,
      repositoryArn: `arn:aws:ecr-public::${site.key.registryId}:repository/plain`,
      repositoryName: 'plain',
      repositoryUri: `${site.vitrine.app.config.publicHost}/${site.user.alias}/plain`,
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
    const { catalogData } = await site.aws.ecrPublic.send(
      new CreateRepositoryCommand({
        repositoryName: 'tool',
        catalogData: { ...words, logoImageBlob: await makeLogo() },
        tags: [{ Key: 'a', Value: 'b' }],
      }),
    );
    expect(catalogData).toEqual({ ...words, logoUrl: expect.stringContaining('/api/logos/') as string });
    const row = await site.vitrine.app.db.repository.findFirstOrThrow({ where: { name: 'tool' } });
    expect(row).toMatchObject({ visibility: 'public', architectures: words.architectures });
    const page = await getRepositoryPage(site.vitrine.app, { repositoryId: row.id });
    expect(page).toMatchObject({
      architectures: ['arm', 'arm64', '386', 'amd64'],
      operatingSystems: ['linux', 'windows'],
    });
  });

  test('creates nothing when a part of it is refused', async () => {
    const ask = (input: object) =>
      site.aws.ecrPublic.send(new CreateRepositoryCommand({ repositoryName: 'broken', ...input }));
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>');
    await expect(ask({ catalogData: { description: 'x', logoImageBlob: svg } })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    await expect(ask({ tags: [{ Key: 'AWS:x', Value: '' }] })).rejects.toMatchObject({
      name: 'InvalidTagParameterException',
    });
    expect(await site.vitrine.app.db.repository.count({ where: { name: 'broken' } })).toBe(0);
  });

  test('shares names with ECR, without showing its repositories', async () => {
    const { registryKey } = await site.vitrine.app.db.alias.findUniqueOrThrow({ where: { name: site.user.alias } });
    await site.vitrine.app.db.repository.create({ data: { registryKey, name: 'secret', visibility: 'private' } });
    await expect(
      site.aws.ecrPublic.send(new CreateRepositoryCommand({ repositoryName: 'secret' })),
    ).rejects.toMatchObject({
      name: 'RepositoryAlreadyExistsException',
    });
    await expect(getCatalogData('secret')).rejects.toMatchObject({ name: 'RepositoryNotFoundException' });
    const { repositories } = await site.aws.ecrPublic.send(new DescribeRepositoriesCommand({}));
    expect(repositories?.map(({ repositoryName }) => repositoryName)).toEqual(['plain', 'tool']);
  });
});

test('PutRepositoryCatalogData replaces everything, the logo too', async () => {
  const put = new PutRepositoryCatalogDataCommand({ repositoryName: 'tool', catalogData: { description: 'New' } });
  expect((await site.aws.ecrPublic.send(put)).catalogData).toEqual({ description: 'New' });
  expect(await getCatalogData('tool')).toEqual({ description: 'New' });
  expect(await site.vitrine.app.db.logo.count()).toBe(0);
});

describe('catalog data, as Terraform compares it', () => {
  const put = (catalogData: RepositoryCatalogDataInput) =>
    site.aws.ecrPublic.send(new PutRepositoryCatalogDataCommand({ repositoryName: 'tool', catalogData }));

  test('is returned as written', async () => {
    const written = {
      aboutText: '  # About\r\n\n',
      usageText: 'Run it\n',
      architectures: ['amd64', 'x86-64', 'Linux'],
      operatingSystems: ['linux', 'ARM'],
    };
    await put(written);
    expect(await getCatalogData('tool')).toEqual(written);
    await put({ description: 'New' });
  });

  test.each([{ description: 'A tool\n' }, { architectures: [' ARM'] }, { operatingSystems: ['Linux '] }])(
    'refuses %o, which would be trimmed',
    async (catalogData) => {
      await expect(put(catalogData)).rejects.toMatchObject({
        name: 'InvalidParameterException',
        message: expect.stringContaining('must not begin or end with a space or line break') as string,
      });
      expect(await getCatalogData('tool')).toEqual({ description: 'New' });
    },
  );
});

test('lists repositories that other edges named', async () => {
  const { registryKey } = await site.vitrine.app.db.alias.findUniqueOrThrow({ where: { name: site.user.alias } });
  const { id } = await site.vitrine.app.db.repository.create({ data: { registryKey, name: 'a--b__c' } });
  const { repositories } = await site.aws.ecrPublic.send(new DescribeRepositoriesCommand({}));
  expect(repositories?.map(({ repositoryName }) => repositoryName)).toContain('a--b__c');
  await site.vitrine.app.db.repository.delete({ where: { id } });
});

test('DeleteRepository', async () => {
  const gone = new DeleteRepositoryCommand({ repositoryName: 'plain' });
  expect((await site.aws.ecrPublic.send(gone)).repository?.repositoryName).toBe('plain');
  await expect(site.aws.ecrPublic.send(gone)).rejects.toMatchObject({ name: 'RepositoryNotFoundException' });
});

describe('the registry', () => {
  test('has its aliases', async () => {
    const { registries } = await site.aws.ecrPublic.send(new DescribeRegistriesCommand({ maxResults: 1 }));
    expect(registries).toEqual([
      {
        registryId: site.key.registryId,
        registryArn: `arn:aws:ecr-public::${site.key.registryId}:registry/${site.key.registryId}`,
        registryUri: `${site.vitrine.app.config.publicHost}/${site.user.alias}`,
        verified: false,
        aliases: [{ name: site.user.alias, status: 'ACTIVE', primaryRegistryAlias: true, defaultRegistryAlias: true }],
      },
    ]);
  });

  test('has a display name', async () => {
    const put = await site.aws.ecrPublic.send(new PutRegistryCatalogDataCommand({ displayName: 'Ada’s tools' }));
    expect(put.registryCatalogData).toEqual({ displayName: 'Ada’s tools' });
    const got = await site.aws.ecrPublic.send(new GetRegistryCatalogDataCommand({}));
    expect(got.registryCatalogData).toEqual({ displayName: 'Ada’s tools' });
  });
});
