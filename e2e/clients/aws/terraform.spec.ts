// Replays the calls of the Terraform AWS provider: its order, and the members that its SDK for Go sends. What it reads
// back must equal the configuration, so that a second plan is empty.
import {
  CreatePullThroughCacheRuleCommand,
  DeletePullThroughCacheRuleCommand,
  DeleteRegistryPolicyCommand,
  DeregisterPullTimeUpdateExclusionCommand,
  DescribeImagesCommand,
  DescribePullThroughCacheRulesCommand,
  DescribeRegistryCommand,
  DescribeRepositoriesCommand,
  GetAccountSettingCommand,
  GetAuthorizationTokenCommand,
  GetRegistryPolicyCommand,
  GetRegistryScanningConfigurationCommand,
  ListPullTimeUpdateExclusionsCommand,
  paginateDescribeRepositories,
  paginateListImages,
  PutAccountSettingCommand,
  PutImageScanningConfigurationCommand,
  PutImageTagMutabilityCommand,
  DeleteLifecyclePolicyCommand,
  GetLifecyclePolicyCommand,
  PutLifecyclePolicyCommand,
  PutRegistryPolicyCommand,
  PutRegistryScanningConfigurationCommand,
  PutReplicationConfigurationCommand,
  RegisterPullTimeUpdateExclusionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdatePullThroughCacheRuleCommand,
  type RegistryScanningRule,
} from '@aws-sdk/client-ecr';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { beforeAll, describe, expect, test } from 'vitest';
import { BASE_URL } from '../../fixtures.ts';
import { buildSampleImage } from '../sample-image.ts';
import { EXCLUDING, MUTABLE, TAGGED, useTerraform } from './use-terraform.ts';

const site = useTerraform();
const { create, destroy, expectGone, readRepository, stateOf } = site;

test('configuring the provider finds the account', async () => {
  const { Account, Arn, UserId } = await site.aws.sts.send(new GetCallerIdentityCommand({}));
  expect({ Account, Arn }).toEqual({
    Account: site.registryId,
    Arn: expect.stringContaining(site.registryId) as string,
  });
  expect(UserId).toMatch(/^AIDA/);
});

describe('aws_ecr_repository', () => {
  test.each([
    ['mutable to immutable', MUTABLE, TAGGED],
    ['immutable to an exclusion', TAGGED, EXCLUDING],
    ['an exclusion to mutable', EXCLUDING, MUTABLE],
  ])('%s: create, plan, update, plan, destroy, and create again', async (what, config, next) => {
    const name = `terraform/${what.replaceAll(' ', '-')}`;
    // A destroyed repository stays in the bin, but its name is free.
    for (const _round of ['create', 'create again']) {
      await create(name, config);
      expect(await readRepository(name)).toEqual(stateOf(name, config));
      const { repositoryArn: resourceArn } = stateOf(name, config);
      const kept = new Set(next.tags?.map(({ Key }) => Key));
      const tagKeys = (config.tags ?? []).flatMap(({ Key }) => (Key === undefined || kept.has(Key) ? [] : [Key]));
      if (tagKeys.length > 0) await site.aws.ecr.send(new UntagResourceCommand({ resourceArn, tagKeys }));
      if (next.tags) await site.aws.ecr.send(new TagResourceCommand({ resourceArn, tags: next.tags }));
      const named = { registryId: site.registryId, repositoryName: name };
      const { imageTagMutability, imageTagMutabilityExclusionFilters } = next;
      await site.aws.ecr.send(
        new PutImageTagMutabilityCommand({ ...named, imageTagMutability, imageTagMutabilityExclusionFilters }),
      );
      await site.aws.ecr.send(new PutImageScanningConfigurationCommand({ ...named, imageScanningConfiguration: {} }));
      expect(await readRepository(name)).toEqual(stateOf(name, next));
      await destroy(name);
      await expectGone(name);
    }
  });

  test('destroys images with force_delete only', async () => {
    await create('terraform/full');
    await site.push('terraform/full', await buildSampleImage(), ['v1']);
    await expect(destroy('terraform/full')).rejects.toMatchObject({ name: 'RepositoryNotEmptyException' });
    await destroy('terraform/full', true);
    await expectGone('terraform/full');
  });

  test('takes ten at once, as many as Terraform applies in parallel', async () => {
    const names = Array.from({ length: 10 }, (_, i) => `terraform/parallel-${i}`);
    await Promise.all(names.map((name) => create(name, TAGGED)));
    expect(await Promise.all(names.map(readRepository))).toEqual(names.map((name) => stateOf(name, TAGGED)));
    await Promise.all(names.map((name) => destroy(name)));
    await Promise.all(names.map(expectGone));
  });
});

describe('aws_ecr_pull_through_cache_rule', () => {
  test.each([
    { ecrRepositoryPrefix: 'hub', upstreamRegistryUrl: 'registry-1.docker.io' },
    { ecrRepositoryPrefix: 'quay/', upstreamRegistryUrl: 'quay.io' },
    { ecrRepositoryPrefix: 'github', upstreamRegistryUrl: 'ghcr.io', upstreamRepositoryPrefix: 'team' },
    { ecrRepositoryPrefix: 'ROOT', upstreamRegistryUrl: 'public.ecr.aws' },
  ])('%o', async (config) => {
    const { ecrRepositoryPrefix } = config;
    const read = async () => {
      const input = { ecrRepositoryPrefixes: [ecrRepositoryPrefix] };
      const { pullThroughCacheRules } = await site.aws.ecr.send(new DescribePullThroughCacheRulesCommand(input));
      // The provider doesn't keep these.
      return pullThroughCacheRules?.map(({ createdAt: _, updatedAt: __, upstreamRegistry: ___, ...rule }) => rule);
    };
    await site.aws.ecr.send(new CreatePullThroughCacheRuleCommand(config));
    expect(await read()).toEqual([{ registryId: site.registryId, ...config }]);
    await site.aws.ecr.send(new UpdatePullThroughCacheRuleCommand({ ecrRepositoryPrefix }));
    expect(await read()).toEqual([{ registryId: site.registryId, ...config }]);
    await site.aws.ecr.send(
      new DeletePullThroughCacheRuleCommand({ registryId: site.registryId, ecrRepositoryPrefix }),
    );
    await expect(read()).rejects.toMatchObject({ name: 'PullThroughCacheRuleNotFoundException' });
  });
});

describe("the registry's settings", () => {
  test.each([
    ['BASIC_SCAN_TYPE_VERSION', 'AWS_NATIVE'],
    ['REGISTRY_POLICY_SCOPE', 'V2'],
    ['BLOB_MOUNTING', 'ENABLED'],
  ])('aws_ecr_account_setting %s', async (name, value) => {
    await site.aws.ecr.send(new PutAccountSettingCommand({ name, value }));
    expect(await site.aws.ecr.send(new GetAccountSettingCommand({ name }))).toMatchObject({ name, value });
  });

  test('aws_ecr_registry_policy', async () => {
    const statement = {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${site.registryId}:root` },
      Action: ['ecr:ReplicateImage', 'ecr:CreateRepository'],
      Resource: [`arn:aws:ecr:us-east-1:${site.registryId}:repository/*`],
    };
    const policy = { Version: '2012-10-17', Statement: [statement] };
    const { registryId } = site;
    await site.aws.ecr.send(new PutRegistryPolicyCommand({ policyText: JSON.stringify(policy) }));
    const read = await site.aws.ecr.send(new GetRegistryPolicyCommand({}));
    // The provider compares policies by meaning: a list of one is the same as the one.
    const answered = { ...policy, Statement: [{ ...statement, Resource: statement.Resource[0] }] };
    expect([read.registryId, JSON.parse(read.policyText ?? '')]).toEqual([registryId, answered]);
    await site.aws.ecr.send(new DeleteRegistryPolicyCommand({}));
    const gone = { name: 'RegistryPolicyNotFoundException' };
    await expect(site.aws.ecr.send(new GetRegistryPolicyCommand({}))).rejects.toMatchObject(gone);
  });

  test('aws_ecr_pull_time_update_exclusion', async () => {
    const { Arn: principalArn = '' } = await site.aws.sts.send(new GetCallerIdentityCommand({}));
    const list = async () =>
      (await site.aws.ecr.send(new ListPullTimeUpdateExclusionsCommand({}))).pullTimeUpdateExclusions ?? [];
    await site.aws.ecr.send(new RegisterPullTimeUpdateExclusionCommand({ principalArn }));
    expect(await list()).toEqual([principalArn]);
    await site.aws.ecr.send(new DeregisterPullTimeUpdateExclusionCommand({ principalArn }));
    expect(await list()).toEqual([]);
  });

  test('an aws_ecr_registry_scanning_configuration and an aws_ecr_replication_configuration without rules', async () => {
    // Destroying them puts the same.
    await site.aws.ecr.send(new PutRegistryScanningConfigurationCommand({ scanType: 'BASIC', rules: [] }));
    const scanning = await site.aws.ecr.send(new GetRegistryScanningConfigurationCommand({}));
    expect(scanning).toMatchObject({
      registryId: site.registryId,
      scanningConfiguration: { scanType: 'BASIC', rules: [] },
    });
    await site.aws.ecr.send(new PutReplicationConfigurationCommand({ replicationConfiguration: { rules: [] } }));
    const replication = await site.aws.ecr.send(new DescribeRegistryCommand({}));
    expect(replication).toMatchObject({ registryId: site.registryId, replicationConfiguration: { rules: [] } });
  });
});

test('aws_ecr_lifecycle_policy is put, read and destroyed', async () => {
  const repositoryName = 'terraform/expiring';
  await create(repositoryName);
  const rule = {
    rulePriority: 1,
    selection: { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 14 },
    action: { type: 'expire' },
  };
  const lifecyclePolicyText = JSON.stringify({ rules: [rule] });
  const { ecr } = site.aws;
  const put = await ecr.send(new PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText }));
  expect(put).toMatchObject({ registryId: site.registryId, repositoryName });
  const read = () => ecr.send(new GetLifecyclePolicyCommand({ repositoryName }));
  expect(await read()).toMatchObject({ lifecyclePolicyText });
  await ecr.send(new DeleteLifecyclePolicyCommand({ repositoryName }));
  await expect(read()).rejects.toMatchObject({ name: 'LifecyclePolicyNotFoundException' });
  await destroy(repositoryName);
});

test('resources that need a later feature fail at once and say why', async () => {
  const repositoryName = 'terraform/refused';
  await create(repositoryName);
  const scanningRule: RegistryScanningRule = {
    scanFrequency: 'SCAN_ON_PUSH',
    repositoryFilters: [{ filter: '*', filterType: 'WILDCARD' }],
  };
  const replicationRule = { destinations: [{ region: 'eu-west-1', registryId: site.registryId }] };
  await expect(
    site.aws.ecr.send(
      new PutReplicationConfigurationCommand({ replicationConfiguration: { rules: [replicationRule] } }),
    ),
  ).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: expect.stringContaining('This registry has no destination') as string,
  });
  const refusals: [RegExp, () => Promise<unknown>][] = [
    [
      /^Image scanning isn't/,
      () =>
        site.aws.ecr.send(new PutRegistryScanningConfigurationCommand({ scanType: 'BASIC', rules: [scanningRule] })),
    ],
    [
      /^Scanning on push/,
      () => create('terraform/x', { ...MUTABLE, imageScanningConfiguration: { scanOnPush: true } }),
    ],
  ];
  for (const [message, apply] of refusals) {
    // The provider retries an InvalidParameterException of a policy for two minutes.
    await expect(apply()).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringMatching(message) as string,
    });
  }
  await destroy(repositoryName);
});

test('a KMS key is refused by a site without KMS', async () => {
  const kms = { ...MUTABLE, encryptionConfiguration: { encryptionType: 'KMS' } } as const;
  await expect(create('terraform/x', kms)).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: expect.stringContaining('This site has no KMS') as string,
  });
});

describe('data sources', () => {
  const repositoryName = 'terraform/data';
  let digest: string;

  beforeAll(async () => {
    await create(repositoryName, EXCLUDING);
    const image = await buildSampleImage();
    ({ digest } = image);
    await site.push(repositoryName, image, ['v1', 'stable']);
  });

  test('aws_ecr_image', async () => {
    for (const imageIds of [[{ imageTag: 'v1' }], [{ imageDigest: digest }], undefined]) {
      const { imageDetails } = await site.aws.ecr.send(
        new DescribeImagesCommand({ repositoryName, registryId: site.registryId, imageIds }),
      );
      expect(imageDetails).toEqual([
        expect.objectContaining({ registryId: site.registryId, repositoryName, imageDigest: digest }),
      ]);
      expect(imageDetails?.[0]?.imagePushedAt?.getTime()).toBeGreaterThan(Date.now() - 60_000);
      expect(imageDetails?.[0]?.imageTags?.toSorted()).toEqual(['stable', 'v1']);
      expect(imageDetails?.[0]?.imageSizeInBytes).toBeGreaterThan(0);
    }
    const input = { repositoryNames: [repositoryName], registryId: site.registryId };
    const { repositories } = await site.aws.ecr.send(new DescribeRepositoriesCommand(input));
    expect(repositories?.[0]?.repositoryUri).toBe(stateOf(repositoryName, {}).repositoryUri);
  });

  test('aws_ecr_images, aws_ecr_repository and aws_ecr_repositories', async () => {
    const tags: unknown[] = [];
    for await (const { imageIds } of paginateListImages({ client: site.aws.ecr }, { repositoryName })) {
      tags.push(...(imageIds ?? []).map(({ imageDigest, imageTag }) => [imageDigest, imageTag]));
    }
    expect(tags.toSorted()).toEqual([
      [digest, 'stable'],
      [digest, 'v1'],
    ]);
    expect(await readRepository(repositoryName)).toEqual(stateOf(repositoryName, EXCLUDING));
    const names: (string | undefined)[] = [];
    for await (const { repositories } of paginateDescribeRepositories({ client: site.aws.ecr }, {})) {
      names.push(...(repositories ?? []).map((repository) => repository.repositoryName));
    }
    expect(names).toEqual([repositoryName]);
  });

  test('aws_ecr_authorization_token', async () => {
    const { authorizationData } = await site.aws.ecr.send(new GetAuthorizationTokenCommand({}));
    const [{ authorizationToken = '', proxyEndpoint, expiresAt } = {}] = authorizationData ?? [];
    // The provider splits it at the colon and wants two parts.
    expect(Buffer.from(authorizationToken, 'base64').toString().split(':')).toEqual(['AWS', expect.any(String)]);
    expect([proxyEndpoint, expiresAt?.getTime()]).toEqual([BASE_URL, expect.any(Number)]);
  });
});
