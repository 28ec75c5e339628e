// Repository creation templates by the SDK, and what pushes make of them.
import {
  CreateRepositoryCreationTemplateCommand,
  DeleteRepositoryCreationTemplateCommand,
  DescribeRepositoriesCommand,
  DescribeRepositoryCreationTemplatesCommand,
  GetLifecyclePolicyCommand,
  GetRepositoryPolicyCommand,
  ListTagsForResourceCommand,
  UpdateRepositoryCreationTemplateCommand,
  type CreateRepositoryCreationTemplateCommandInput,
  type Repository,
} from '@aws-sdk/client-ecr';
import { afterEach, describe, expect, test } from 'vitest';
import { updateRegistrySettings } from '#lib/publishers/update-registry-settings.ts';
import { MAX_TEMPLATES } from '#lib/repositories/templates/schema.ts';
import { putIdentityPolicy } from '#lib/publishers/identity-policies/put-identity-policy.ts';
import { createTestRobot } from '#lib/testing/create-test-robot.ts';
import { createAwsClients } from '#lib/testing/aws/create-aws-clients.ts';
import { useAwsSite } from '#lib/testing/aws/use-aws-site.ts';

const site = useAwsSite();
let serial = 0;

const repositoryPolicy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Sid: 'Pull', Effect: 'Allow', Principal: '*', Action: 'ecr:BatchGetImage' }],
});
const lifecyclePolicy = JSON.stringify({
  rules: [
    {
      rulePriority: 1,
      selection: { tagStatus: 'untagged', countType: 'imageCountMoreThan', countNumber: 5 },
      action: { type: 'expire' },
    },
  ],
});
const archiving = lifecyclePolicy
  .replace('"imageCountMoreThan","countNumber":5', '"sinceImagePushed","countUnit":"days","countNumber":5')
  .replace('{"type":"expire"}', '{"type":"transition","targetStorageClass":"archive"}');

type Input = Partial<CreateRepositoryCreationTemplateCommandInput>;
const create = async (input: Input, aws = site.aws) => {
  const command = new CreateRepositoryCreationTemplateCommand({
    prefix: 'team',
    appliedFor: ['CREATE_ON_PUSH'],
    ...input,
  });
  return (await aws.ecr.send(command)).repositoryCreationTemplate;
};
const update = async (input: Input & { prefix: string }) =>
  (await site.aws.ecr.send(new UpdateRepositoryCreationTemplateCommand(input))).repositoryCreationTemplate;
const remove = async (prefix: string) =>
  (await site.aws.ecr.send(new DeleteRepositoryCreationTemplateCommand({ prefix }))).repositoryCreationTemplate;
const list = async (prefixes?: string[]) =>
  (await site.aws.ecr.send(new DescribeRepositoryCreationTemplatesCommand({ prefixes }))).repositoryCreationTemplates ??
  [];

async function registryKey(): Promise<bigint> {
  const { registryId } = site.key;
  return (await site.vitrine.app.db.registry.findUniqueOrThrow({ where: { registryId } })).id;
}

async function push(name: string): Promise<Repository> {
  await site.push(name, await site.build(`push ${(serial += 1)}`), ['latest']);
  const found = await site.aws.ecr.send(new DescribeRepositoriesCommand({ repositoryNames: [name] }));
  return found.repositories?.[0] ?? {};
}

const setPushes = async (settings: Partial<Parameters<typeof updateRegistrySettings>[1]>) =>
  updateRegistrySettings(site.vitrine.app, {
    caller: site.user.caller,
    registryKey: await registryKey(),
    ...settings,
  });

afterEach(async () => {
  for (const { prefix = '' } of await list()) await remove(prefix);
  await setPushes({ pushCreation: 'always', pushVisibility: 'private' });
});

describe('a template', () => {
  test('is described as it was written, and changes member by member', async () => {
    const input: Input = {
      prefix: 'team/cache/',
      description: 'Of the team',
      appliedFor: ['REPLICATION', 'CREATE_ON_PUSH'],
      imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
      imageTagMutabilityExclusionFilters: [{ filter: 'dev-*', filterType: 'WILDCARD' }],
      repositoryPolicy,
      lifecyclePolicy,
      resourceTags: [{ Key: 'cost-centre', Value: '12' }],
      customRoleArn: `arn:aws:iam::${site.key.registryId}:role/creator`,
    };
    const { createdAt: _createdAt, updatedAt: _updatedAt, ...created } = (await create(input)) ?? {};
    const shown = { ...input, appliedFor: ['CREATE_ON_PUSH', 'REPLICATION'] };
    expect(created).toEqual({ ...shown, encryptionConfiguration: { encryptionType: 'AES256' } });
    expect(await list(['team/cache'])).toMatchObject([{ ...shown, prefix: 'team/cache' }]);
    expect(await list(['team'])).toEqual([]);

    await expect(create({ prefix: 'team/cache' })).rejects.toMatchObject({ name: 'TemplateAlreadyExistsException' });
    expect(await update({ prefix: 'team/cache', imageTagMutability: 'MUTABLE' })).toMatchObject({
      description: 'Of the team',
      imageTagMutability: 'MUTABLE',
      repositoryPolicy,
    });
    const emptied = await update({ prefix: 'team/cache', description: '', repositoryPolicy: '', lifecyclePolicy: '' });
    expect(emptied).not.toHaveProperty('repositoryPolicy');
    expect(emptied).not.toHaveProperty('lifecyclePolicy');
    expect(emptied).toMatchObject({ resourceTags: [{ Key: 'cost-centre', Value: '12' }] });
    expect(await remove('team/cache')).toMatchObject({ prefix: 'team/cache' });
    await expect(remove('team/cache')).rejects.toMatchObject({ name: 'TemplateNotFoundException' });
    await expect(update({ prefix: 'team/cache' })).rejects.toMatchObject({ name: 'TemplateNotFoundException' });
    const audited = await site.vitrine.app.db.auditEvent.findMany({
      where: { action: { endsWith: 'creation-template' } },
      orderBy: { id: 'asc' },
    });
    expect(audited.map(({ action }) => action)).toEqual([
      'registry.add-creation-template',
      ...['registry.update-creation-template', 'registry.update-creation-template'],
      'registry.remove-creation-template',
    ]);
  });

  test('is refused with settings that could never apply, and leaves nothing behind', async () => {
    const wrong: [Input, string][] = [
      [{ appliedFor: [] }, 'InvalidParameterException'],
      [{ repositoryPolicy: '{"Version":"2012-10-17","Statement":[]' }, 'InvalidParameterException'],
      [{ lifecyclePolicy: '{"rules":[{}]}' }, 'InvalidParameterException'],
      [{ lifecyclePolicy: archiving, appliedFor: ['PULL_THROUGH_CACHE'] }, 'InvalidParameterException'],
      [{ imageTagMutability: 'MUTABLE_WITH_EXCLUSION' }, 'InvalidParameterException'],
      [{ encryptionConfiguration: { encryptionType: 'KMS' } }, 'InvalidParameterException'],
      [{ encryptionConfiguration: { encryptionType: 'KMS_DSSE' } }, 'ValidationException'],
      [{ resourceTags: [{ Key: 'aws:x', Value: '' }] }, 'InvalidParameterException'],
      [{ customRoleArn: 'creator' }, 'InvalidParameterException'],
      [{ prefix: 'Team' }, 'InvalidParameterException'],
    ];
    for (const [input, name] of wrong) {
      await expect(create(input), JSON.stringify(input)).rejects.toMatchObject({ name });
    }
    expect(await list()).toEqual([]);
    await create({ lifecyclePolicy: archiving });
    await expect(update({ prefix: 'team', appliedFor: ['PULL_THROUGH_CACHE'] })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    expect(await list()).toMatchObject([{ appliedFor: ['CREATE_ON_PUSH'] }]);
  });

  test('counts towards the quota, and is listed in pages', async () => {
    const key = await registryKey();
    const data = Array.from({ length: MAX_TEMPLATES - 1 }, (_, at) => ({
      registryKey: key,
      prefix: `p-${String(at).padStart(2, '0')}`,
      appliedFor: ['push' as const],
    }));
    await site.vitrine.app.db.creationTemplate.createMany({ data });
    await create({ prefix: 'ROOT' });
    await expect(create({})).rejects.toMatchObject({ name: 'LimitExceededException' });
    const prefixes: (string | undefined)[] = [];
    for (let nextToken: string | undefined; ;) {
      const page = await site.aws.ecr.send(
        new DescribeRepositoryCreationTemplatesCommand({ maxResults: 20, nextToken }),
      );
      prefixes.push(...(page.repositoryCreationTemplates ?? []).map(({ prefix }) => prefix));
      nextToken = page.nextToken;
      if (nextToken === undefined) break;
    }
    expect(prefixes).toEqual(['ROOT', ...data.map(({ prefix }) => prefix)]);
  });

  test('grants nothing that its author may not set', async () => {
    const robot = await createTestRobot(site.vitrine, site.user, { role: 'reader' });
    const key = await registryKey();
    const attach = (Action: string[]) =>
      putIdentityPolicy(site.vitrine.app, {
        caller: site.user.caller,
        registryKey: key,
        principal: robot.name,
        name: 'templates',
        text: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] }),
      });
    const aws = createAwsClients(site.vitrine.url, robot.key);
    await expect(create({}, aws)).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await attach(['ecr:CreateRepositoryCreationTemplate']);
    for (const input of [{ repositoryPolicy }, { lifecyclePolicy }, { resourceTags: [{ Key: 'a', Value: 'b' }] }]) {
      await expect(create(input, aws)).rejects.toMatchObject({ name: 'AccessDeniedException' });
    }
    expect(await list()).toEqual([]);
    await create({}, aws);
    await remove('team');
    await attach(['ecr:CreateRepositoryCreationTemplate', 'ecr:SetRepositoryPolicy']);
    await create({ repositoryPolicy }, aws);
  });
});

describe('a push', () => {
  test('creates a repository with the settings of the longest matching template', async () => {
    await create({ prefix: 'ROOT', imageTagMutability: 'IMMUTABLE' });
    await create({ prefix: 'team', resourceTags: [{ Key: 'of', Value: 'team' }], repositoryPolicy, lifecyclePolicy });
    await create({ prefix: 'team/tools', appliedFor: ['REPLICATION'], imageTagMutability: 'IMMUTABLE' });
    await setPushes({ pushVisibility: 'private' });

    expect(await push('team')).toMatchObject({ imageTagMutability: 'IMMUTABLE' });
    expect(await push('teams/app')).toMatchObject({ imageTagMutability: 'IMMUTABLE' });
    const pushed = await push('team/tools/cli');
    expect(pushed).toMatchObject({ imageTagMutability: 'MUTABLE' });
    const named = { repositoryName: 'team/tools/cli' };
    const { policyText = '' } = await site.aws.ecr.send(new GetRepositoryPolicyCommand(named));
    expect(JSON.parse(policyText)).toEqual(JSON.parse(repositoryPolicy));
    expect(await site.aws.ecr.send(new GetLifecyclePolicyCommand(named))).toMatchObject({
      lifecyclePolicyText: lifecyclePolicy,
    });
    const tagged = new ListTagsForResourceCommand({ resourceArn: pushed.repositoryArn });
    expect((await site.aws.ecr.send(tagged)).tags).toEqual([{ Key: 'of', Value: 'team' }]);
    // A later change of the template leaves the repository alone.
    await update({ prefix: 'team', lifecyclePolicy: '' });
    await site.aws.ecr.send(new GetLifecyclePolicyCommand(named));
  });

  test('of several layers at once creates one repository', async () => {
    await create({ imageTagMutability: 'IMMUTABLE', resourceTags: [{ Key: 'a', Value: 'b' }] });
    const path = `${site.vitrine.url}/v2/${site.user.alias}/team/many/blobs/uploads/`;
    const headers = { authorization: `Basic ${btoa(`x:${site.user.token}`)}` };
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => fetch(path, { method: 'POST', headers }).then(({ status }) => status)),
    );
    expect(answers).toEqual([202, 202, 202, 202, 202]);
    const where = { name: 'team/many' };
    expect(await site.vitrine.app.db.repository.findMany({ where, select: { tagMutability: true } })).toEqual([
      { tagMutability: 'immutable' },
    ]);
  });

  test('creates only what the registry wants', async () => {
    await create({});
    await setPushes({ pushCreation: 'template' });
    await push('team/new');
    await expect(push('other/new')).rejects.toThrow('answered 404: {"errors":[{"code":"NAME_UNKNOWN"');
    await expect(push('other/new')).rejects.toThrow('no creation template of this registry matches it');
    await setPushes({ pushCreation: 'never' });
    await push('team/new');
    await expect(push('team/newer')).rejects.toThrow("this registry doesn't create repositories on push");
    const stranger = await site.vitrine.createUser();
    const headers = { authorization: `Basic ${btoa(`x:${stranger.token}`)}` };
    const path = `${site.vitrine.url}/v2/${site.user.alias}/team/newer/blobs/uploads/`;
    expect((await fetch(path, { method: 'POST', headers })).status).toBe(403);
    const where = { name: { in: ['other/new', 'team/newer'] } };
    expect(await site.vitrine.app.db.repository.count({ where })).toBe(0);
  });
});
