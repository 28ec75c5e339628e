// Repositories of ECR by the SDK.
import {
  CreateRepositoryCommand,
  DeleteRepositoryCommand,
  DescribeRepositoriesCommand,
  PutImageCommand,
  PutImageScanningConfigurationCommand,
  PutImageTagMutabilityCommand,
  type CreateRepositoryCommandInput,
} from '@aws-sdk/client-ecr';
import { describe, expect, test } from 'vitest';
import { restoreDeletion } from '#lib/repositories/deletions/restore-deletion.ts';
import { createAwsClients, createTestKey, type AwsClients } from '#lib/testing/aws/create-aws-clients.ts';
import { useAwsSite } from '#lib/testing/aws/use-aws-site.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { buildImage } from '#lib/testing/images/build-image.ts';

const site = useAwsSite();

const create = (input: CreateRepositoryCommandInput) => site.aws.ecr.send(new CreateRepositoryCommand(input));
const listNames = async (clients: AwsClients, input: { maxResults?: number; nextToken?: string } = {}) => {
  const { repositories = [], nextToken } = await clients.ecr.send(new DescribeRepositoriesCommand(input));
  return { names: repositories.map(({ repositoryName }) => repositoryName), nextToken };
};

describe('CreateRepository', () => {
  test('answers everything that Terraform relies on', async () => {
    const { repository } = await create({ repositoryName: 'team/api' });
    expect(repository).toEqual({
      registryId: site.key.registryId,
      repositoryArn: `arn:aws:ecr:us-east-1:${site.key.registryId}:repository/team/api`,
      repositoryName: 'team/api',
      repositoryUri: `${site.vitrine.app.config.publicHost}/${site.user.alias}/team/api`,
      createdAt: expect.any(Date) as Date,
      imageTagMutability: 'MUTABLE',
      encryptionConfiguration: { encryptionType: 'AES256' },
      imageScanningConfiguration: { scanOnPush: false },
    });
    const row = await site.vitrine.app.db.repository.findFirstOrThrow({ where: { name: 'team/api' } });
    expect(row.visibility).toBe('private');
  });

  test('stores tag mutability and resource tags with it', async () => {
    const { repository } = await create({
      repositoryName: 'locked',
      imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
      imageTagMutabilityExclusionFilters: [{ filter: 'dev-*', filterType: 'WILDCARD' }],
      encryptionConfiguration: { encryptionType: 'AES256' },
      imageScanningConfiguration: { scanOnPush: false },
      tags: [{ Key: 'team', Value: 'core' }],
    });
    expect(repository).toMatchObject({
      imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
      imageTagMutabilityExclusionFilters: [{ filter: 'dev-*', filterType: 'WILDCARD' }],
    });
    const row = await site.vitrine.app.db.repository.findFirstOrThrow({
      where: { name: 'locked' },
      include: { resourceTags: true },
    });
    expect(row.resourceTags).toMatchObject([{ key: 'team', value: 'core' }]);
  });

  const fifty = Array.from({ length: 51 }, (_, i) => ({ Key: `k${i}`, Value: '' }));
  const filter = { filter: 'a', filterType: 'WILDCARD' } as const;
  test.each<[string, string, Partial<CreateRepositoryCommandInput>]>([
    ['scanning on push', 'ValidationException', { imageScanningConfiguration: { scanOnPush: true } }],
    ['KMS without one', 'InvalidParameterException', { encryptionConfiguration: { encryptionType: 'KMS' } }],
    ['double encryption', 'ValidationException', { encryptionConfiguration: { encryptionType: 'KMS_DSSE' } }],
    [
      'AES256 with a key',
      'InvalidParameterException',
      { encryptionConfiguration: { encryptionType: 'AES256', kmsKey: 'alias/x' } },
    ],
    ['a bad name', 'InvalidParameterException', { repositoryName: 'Not/Valid' }],
    ['a reserved tag key', 'InvalidTagParameterException', { tags: [{ Key: 'aws:x', Value: 'y' }] }],
    [
      'a tag site.key twice',
      'InvalidTagParameterException',
      {
        tags: [
          { Key: 'a', Value: '1' },
          { Key: 'a', Value: '2' },
        ],
      },
    ],
    ['51 tags', 'TooManyTagsException', { tags: fifty }],
    ['exclusions without their rule', 'InvalidParameterException', { imageTagMutabilityExclusionFilters: [filter] }],
    ['a rule without exclusions', 'InvalidParameterException', { imageTagMutability: 'MUTABLE_WITH_EXCLUSION' }],
    [
      'a repeated filter',
      'InvalidParameterException',
      { imageTagMutability: 'MUTABLE_WITH_EXCLUSION', imageTagMutabilityExclusionFilters: [filter, filter] },
    ],
    [
      'three wildcards',
      'InvalidParameterException',
      {
        imageTagMutability: 'MUTABLE_WITH_EXCLUSION',
        imageTagMutabilityExclusionFilters: [{ filter: 'a*b*c*', filterType: 'WILDCARD' }],
      },
    ],
    ['the same name', 'RepositoryAlreadyExistsException', { repositoryName: 'team/api' }],
  ])('refuses %s with %s, and stores nothing', async (_what, name, input) => {
    const before = await site.vitrine.app.db.repository.count();
    await expect(create({ repositoryName: 'refused', ...input })).rejects.toMatchObject({
      name,
      message: expect.stringMatching(/\w+ \w+/) as string,
    });
    expect(await site.vitrine.app.db.repository.count()).toBe(before);
  });
});

describe('DescribeRepositories', () => {
  test('pages by name, and finds by name', async () => {
    const other = await site.vitrine.createUser();
    const clients = createAwsClients(site.vitrine.url, await createTestKey(site.vitrine, other));
    const registryKey = (await site.vitrine.app.db.alias.findUniqueOrThrow({ where: { name: other.alias } }))
      .registryKey;
    const names = Array.from({ length: 250 }, (_, i) => `app-${String(i).padStart(3, '0')}`);
    await site.vitrine.app.db.repository.createMany({
      data: [
        ...names.map((name) => ({ registryKey, name, visibility: 'private' as const })),
        { registryKey, name: 'app-public' },
      ],
    });
    const first = await listNames(clients);
    const second = await listNames(clients, { maxResults: 150, nextToken: first.nextToken });
    expect([first.names.length, second.names.length, second.nextToken]).toEqual([100, 150, undefined]);
    expect([...first.names, ...second.names]).toEqual(names);
    const found = await clients.ecr.send(new DescribeRepositoriesCommand({ repositoryNames: ['app-009', 'app-001'] }));
    expect(found.repositories?.map(({ repositoryName }) => repositoryName)).toEqual(['app-009', 'app-001']);

    // A token continues its own registry's list only.
    await expect(listNames(site.aws, { nextToken: first.nextToken })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    const both = new DescribeRepositoriesCommand({ repositoryNames: ['app-009'], maxResults: 5 });
    await expect(clients.ecr.send(both)).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  test.each(['missing', 'locked/more'])('answers RepositoryNotFoundException for %s', async (name) => {
    await expect(
      site.aws.ecr.send(new DescribeRepositoriesCommand({ repositoryNames: ['locked', name] })),
    ).rejects.toMatchObject({
      name: 'RepositoryNotFoundException',
      message: `The repository with name '${name}' does not exist in the registry with id '${site.key.registryId}'`,
    });
  });
});

describe('settings', () => {
  test('change the rule for tags, in the audit log', async () => {
    await create({ repositoryName: 'settings' });
    const input = { repositoryName: 'settings', imageTagMutability: 'IMMUTABLE' } as const;
    expect(await site.aws.ecr.send(new PutImageTagMutabilityCommand(input))).toMatchObject({
      ...input,
      registryId: site.key.registryId,
    });
    const { repositories } = await site.aws.ecr.send(
      new DescribeRepositoriesCommand({ repositoryNames: ['settings'] }),
    );
    expect(repositories?.[0]?.imageTagMutability).toBe('IMMUTABLE');
    const where = { action: 'repository.set-tag-mutability', target: `${site.user.alias}/settings` };
    expect(await site.vitrine.app.db.auditEvent.findFirstOrThrow({ where })).toMatchObject({
      before: { tagMutability: 'mutable', tagExclusions: [] },
      after: { tagMutability: 'immutable', tagExclusions: [] },
      accessKeyId: site.key.accessKeyId,
    });
  });

  test('of scanning can only be off', async () => {
    const ask = (scanOnPush: boolean) =>
      site.aws.ecr.send(
        new PutImageScanningConfigurationCommand({
          repositoryName: 'settings',
          imageScanningConfiguration: { scanOnPush },
        }),
      );
    expect(await ask(false)).toMatchObject({ imageScanningConfiguration: { scanOnPush: false } });
    await expect(ask(true)).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

test('PutImage obeys the rule', async () => {
  await create({ repositoryName: 'frozen', imageTagMutability: 'IMMUTABLE' });
  const platform = { os: 'linux', architecture: 'amd64' };
  const build = (content: string) =>
    buildImage({ platform, created: '2026-01-01T00:00:00Z', layers: [[{ path: 'a', content }]] });
  const images = [await build('first'), await build('second')] as const;
  const client = createDistributionClient(site.vitrine.url, site.user.token);
  for (const image of images) await client.push(`${site.user.alias}/frozen`, image, []);
  const put = (at: 0 | 1) => {
    const { bytes, mediaType } = images[at];
    const image = { imageManifest: bytes.toString(), imageManifestMediaType: mediaType, imageTag: '1.0' };
    return site.aws.ecr.send(new PutImageCommand({ repositoryName: 'frozen', ...image }));
  };
  await put(0);
  await expect(put(0)).rejects.toMatchObject({ name: 'ImageAlreadyExistsException' });
  await expect(put(1)).rejects.toMatchObject({
    name: 'ImageTagAlreadyExistsException',
    message:
      "The image tag '1.0' already exists in the 'frozen' repository and cannot be overwritten because the repository is immutable.",
  });
});

describe('DeleteRepository', () => {
  test('needs force for images, and can be undone', async () => {
    await create({ repositoryName: 'full', tags: [{ Key: 'kept', Value: 'yes' }] });
    const platform = { os: 'linux', architecture: 'amd64' };
    const image = await buildImage({
      platform,
      created: '2026-01-01T00:00:00Z',
      layers: [[{ path: 'a', content: 'b' }]],
    });
    await createDistributionClient(site.vitrine.url, site.user.token).push(`${site.user.alias}/full`, image, ['1.0']);
    const ask = (force: boolean) => site.aws.ecr.send(new DeleteRepositoryCommand({ repositoryName: 'full', force }));
    await expect(ask(false)).rejects.toMatchObject({
      name: 'RepositoryNotEmptyException',
      message: `The repository with name 'full' in registry with id '${site.key.registryId}' cannot be deleted because it still contains images`,
    });
    expect(await site.vitrine.app.db.repository.count({ where: { name: 'full' } })).toBe(1);
    expect((await ask(true)).repository?.repositoryName).toBe('full');
    await expect(ask(true)).rejects.toMatchObject({ name: 'RepositoryNotFoundException' });
    const { id } = await site.vitrine.app.db.deletion.findFirstOrThrow({ where: { name: 'full' } });
    await restoreDeletion(site.vitrine.app, { caller: site.user.caller, id });
    const row = await site.vitrine.app.db.repository.findFirstOrThrow({
      where: { name: 'full' },
      include: { resourceTags: true },
    });
    expect([row.visibility, row.resourceTags.length]).toEqual(['private', 1]);
  });

  test('takes an empty one without force', async () => {
    await create({ repositoryName: 'empty' });
    await site.aws.ecr.send(new DeleteRepositoryCommand({ repositoryName: 'empty' }));
    expect(await site.vitrine.app.db.repository.count({ where: { name: 'empty' } })).toBe(0);
  });
});
