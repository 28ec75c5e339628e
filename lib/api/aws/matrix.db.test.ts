// Every kind of caller calls every operation on repositories and registries. No answer may tell a foreign or a hidden
// repository from a missing one.
import * as ecr from '@aws-sdk/client-ecr';
import * as ecrPublic from '@aws-sdk/client-ecr-public';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RegistryRole } from '#lib/access/schema.ts';
import { createAccessKey } from '#lib/identity/access-keys/create-access-key.ts';
import { switchAccessKey } from '#lib/identity/access-keys/switch-access-key.ts';
import { createAwsClients, createTestKey, type AwsClients } from '#lib/testing/aws/create-aws-clients.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createTestRobot } from '#lib/testing/create-test-robot.ts';
import type { RobotRole } from '#lib/publishers/robots/schema.ts';

const CALLERS = [
  ...(['reader', 'pusher', 'maintainer', 'owner', 'readingRobot', 'maintainingRobot'] as const),
  ...(['outsider', 'disabled'] as const),
] as const;
type CallerName = (typeof CALLERS)[number];

let vitrine: TestApp;
let owner: TestUser;
let registryId: string;
let clients: Record<CallerName, AwsClients>;
let serial = 0;

beforeAll(async () => {
  vitrine = await createTestApp();
  owner = await vitrine.createUser();
  const ownKey = await createTestKey(vitrine, owner);
  ({ registryId } = ownKey);
  const { id: registryKey } = await vitrine.app.db.registry.findUniqueOrThrow({ where: { registryId } });
  const join = async (role: RegistryRole): Promise<AwsClients> => {
    const { caller } = await vitrine.createUser();
    await vitrine.app.db.member.create({ data: { registryKey, userId: caller.principal.userId, role } });
    return createAwsClients(vitrine.url, await createAccessKey(vitrine.app, { caller, registryKey }));
  };
  const build = async (role: RobotRole) =>
    createAwsClients(vitrine.url, (await createTestRobot(vitrine, owner, { role, registryKey })).key);
  const { caller } = owner;
  const disabled = await createAccessKey(vitrine.app, { caller, registryKey });
  await switchAccessKey(vitrine.app, { caller, accessKeyId: disabled.accessKeyId, registryKey, isEnabled: false });
  clients = {
    reader: await join('reader'),
    pusher: await join('pusher'),
    maintainer: await join('maintainer'),
    owner: createAwsClients(vitrine.url, ownKey),
    readingRobot: await build('reader'),
    maintainingRobot: await build('maintainer'),
    outsider: createAwsClients(vitrine.url, await createTestKey(vitrine, await vitrine.createUser())),
    disabled: createAwsClients(vitrine.url, disabled),
  };
});
afterAll(() => vitrine.close());

type Target = { repositoryName: string; registryId: string };
type Ask = (aws: AwsClients, target: Target) => Promise<unknown>;
type Row = { ask: Ask; service: 'ecr' | 'ecr-public'; allowed: readonly CallerName[] };

const MANAGERS = ['maintainer', 'owner', 'maintainingRobot'] as const;
const MEMBERS = ['reader', 'pusher', 'readingRobot', ...MANAGERS] as const;
const arnOf = ({ repositoryName, registryId: id }: Target, service: Row['service']) =>
  `arn:aws:${service}:${service === 'ecr' ? 'eu-central-1' : ''}:${id}:repository/${repositoryName}`;

const onPrivate = (allowed: Row['allowed'], ask: Ask): Row => ({ ask, service: 'ecr', allowed });
const onPublic = (allowed: Row['allowed'], ask: Ask): Row => ({ ask, service: 'ecr-public', allowed });

const POLICY = JSON.stringify({ Statement: { Effect: 'Allow', Principal: '*', Action: '*' } });
/** Only confirms what roles allow. */
const registryPolicy = () =>
  JSON.stringify({
    Statement: { Effect: 'Allow', Principal: { AWS: registryId }, Action: 'ecr:ListImages', Resource: '*' },
  });
/** These answers reveal that there is no policy, so they mean that the caller was allowed to ask. */
const ignoreMissingPolicy = (error: Error) => {
  if (!/^(Repository|Registry)PolicyNotFoundException$/.test(error.name)) throw error;
};

const ignoreMissingTemplate = (error: Error) => {
  if (error.name !== 'TemplateNotFoundException') throw error;
};

/** Operations on an existing repository. */
const ON_REPOSITORY: Record<string, Row> = {
  'ecr:DescribeRepositories': onPrivate(MEMBERS, (aws, { repositoryName, ...rest }) =>
    aws.ecr.send(new ecr.DescribeRepositoriesCommand({ ...rest, repositoryNames: [repositoryName] })),
  ),
  'ecr:PutImageTagMutability': onPrivate(MANAGERS, (aws, target) =>
    aws.ecr.send(new ecr.PutImageTagMutabilityCommand({ ...target, imageTagMutability: 'MUTABLE' })),
  ),
  'ecr:SetRepositoryPolicy': onPrivate(MANAGERS, (aws, target) =>
    aws.ecr.send(new ecr.SetRepositoryPolicyCommand({ ...target, policyText: POLICY })),
  ),
  'ecr-public:SetRepositoryPolicy': onPublic(MANAGERS, (aws, target) =>
    aws.ecrPublic.send(new ecrPublic.SetRepositoryPolicyCommand({ ...target, policyText: POLICY })),
  ),
  'ecr:GetRepositoryPolicy': onPrivate(MEMBERS, (aws, target) =>
    aws.ecr.send(new ecr.GetRepositoryPolicyCommand(target)).catch(ignoreMissingPolicy),
  ),
  'ecr-public:GetRepositoryPolicy': onPublic(MEMBERS, (aws, target) =>
    aws.ecrPublic.send(new ecrPublic.GetRepositoryPolicyCommand(target)).catch(ignoreMissingPolicy),
  ),
  'ecr:DeleteRepositoryPolicy': onPrivate(MANAGERS, (aws, target) =>
    aws.ecr.send(new ecr.DeleteRepositoryPolicyCommand(target)).catch(ignoreMissingPolicy),
  ),
  'ecr-public:DeleteRepositoryPolicy': onPublic(MANAGERS, (aws, target) =>
    aws.ecrPublic.send(new ecrPublic.DeleteRepositoryPolicyCommand(target)).catch(ignoreMissingPolicy),
  ),
  'ecr:PutImageScanningConfiguration': onPrivate(MANAGERS, (aws, target) =>
    aws.ecr.send(new ecr.PutImageScanningConfigurationCommand({ ...target, imageScanningConfiguration: {} })),
  ),
  'ecr:TagResource': onPrivate(MANAGERS, (aws, target) =>
    aws.ecr.send(new ecr.TagResourceCommand({ resourceArn: arnOf(target, 'ecr'), tags: [{ Key: 'a', Value: 'b' }] })),
  ),
  'ecr:UntagResource': onPrivate(MANAGERS, (aws, target) =>
    aws.ecr.send(new ecr.UntagResourceCommand({ resourceArn: arnOf(target, 'ecr'), tagKeys: ['a'] })),
  ),
  'ecr:ListTagsForResource': onPrivate(MEMBERS, (aws, target) =>
    aws.ecr.send(new ecr.ListTagsForResourceCommand({ resourceArn: arnOf(target, 'ecr') })),
  ),
  'ecr:DeleteRepository': onPrivate(MANAGERS, (aws, target) =>
    aws.ecr.send(new ecr.DeleteRepositoryCommand({ ...target, force: true })),
  ),
  'ecr-public:DescribeRepositories': onPublic(MEMBERS, (aws, { repositoryName, ...rest }) =>
    aws.ecrPublic.send(new ecrPublic.DescribeRepositoriesCommand({ ...rest, repositoryNames: [repositoryName] })),
  ),
  'ecr-public:GetRepositoryCatalogData': onPublic(MEMBERS, (aws, target) =>
    aws.ecrPublic.send(new ecrPublic.GetRepositoryCatalogDataCommand(target)),
  ),
  'ecr-public:PutRepositoryCatalogData': onPublic(MANAGERS, (aws, target) =>
    aws.ecrPublic.send(new ecrPublic.PutRepositoryCatalogDataCommand({ ...target, catalogData: { description: 'x' } })),
  ),
  'ecr-public:TagResource': onPublic(MANAGERS, (aws, target) =>
    aws.ecrPublic.send(
      new ecrPublic.TagResourceCommand({
        resourceArn: arnOf(target, 'ecr-public'),
        tags: [{ Key: 'a', Value: 'b' }],
      }),
    ),
  ),
  'ecr-public:UntagResource': onPublic(MANAGERS, (aws, target) =>
    aws.ecrPublic.send(
      new ecrPublic.UntagResourceCommand({ resourceArn: arnOf(target, 'ecr-public'), tagKeys: ['a'] }),
    ),
  ),
  'ecr-public:ListTagsForResource': onPublic(MEMBERS, (aws, target) =>
    aws.ecrPublic.send(new ecrPublic.ListTagsForResourceCommand({ resourceArn: arnOf(target, 'ecr-public') })),
  ),
  'ecr-public:DeleteRepository': onPublic(MANAGERS, (aws, target) =>
    aws.ecrPublic.send(new ecrPublic.DeleteRepositoryCommand({ ...target, force: true })),
  ),
};

/** Operations on the key's own registry. `target` names a repository to create. */
const ON_REGISTRY: Record<string, Row> = {
  'ecr:CreateRepository': onPrivate(MANAGERS, (aws, { repositoryName }) =>
    aws.ecr.send(new ecr.CreateRepositoryCommand({ repositoryName })),
  ),
  'ecr-public:CreateRepository': onPublic(MANAGERS, (aws, { repositoryName }) =>
    aws.ecrPublic.send(new ecrPublic.CreateRepositoryCommand({ repositoryName })),
  ),
  'ecr-public:DescribeRegistries': onPublic(MEMBERS, (aws) =>
    aws.ecrPublic.send(new ecrPublic.DescribeRegistriesCommand({})),
  ),
  'ecr-public:GetRegistryCatalogData': onPublic(MEMBERS, (aws) =>
    aws.ecrPublic.send(new ecrPublic.GetRegistryCatalogDataCommand({})),
  ),
  'ecr-public:PutRegistryCatalogData': onPublic(MANAGERS, (aws) =>
    aws.ecrPublic.send(new ecrPublic.PutRegistryCatalogDataCommand({ displayName: 'Tools' })),
  ),
  'ecr:GetAccountSetting': onPrivate(MANAGERS, (aws) =>
    aws.ecr.send(new ecr.GetAccountSettingCommand({ name: 'BLOB_MOUNTING' })),
  ),
  'ecr:PutAccountSetting': onPrivate(MANAGERS, (aws) =>
    aws.ecr.send(new ecr.PutAccountSettingCommand({ name: 'BLOB_MOUNTING', value: 'ENABLED' })),
  ),
  'ecr:PutRegistryPolicy': onPrivate(MANAGERS, (aws) =>
    aws.ecr.send(new ecr.PutRegistryPolicyCommand({ policyText: registryPolicy() })),
  ),
  'ecr:GetRegistryPolicy': onPrivate(MANAGERS, (aws) =>
    aws.ecr.send(new ecr.GetRegistryPolicyCommand({})).catch(ignoreMissingPolicy),
  ),
  'ecr:DeleteRegistryPolicy': onPrivate(MANAGERS, (aws) =>
    aws.ecr.send(new ecr.DeleteRegistryPolicyCommand({})).catch(ignoreMissingPolicy),
  ),
  'ecr:ListPullTimeUpdateExclusions': onPrivate(MANAGERS, (aws) =>
    aws.ecr.send(new ecr.ListPullTimeUpdateExclusionsCommand({})),
  ),
  'ecr:DescribePullThroughCacheRules': onPrivate(MANAGERS, (aws) =>
    aws.ecr.send(new ecr.DescribePullThroughCacheRulesCommand({})),
  ),
  'ecr:CreatePullThroughCacheRule': onPrivate(MANAGERS, (aws, { repositoryName }) =>
    aws.ecr.send(
      new ecr.CreatePullThroughCacheRuleCommand({
        ecrRepositoryPrefix: repositoryName,
        upstreamRegistryUrl: 'quay.io',
      }),
    ),
  ),
  'ecr:CreateRepositoryCreationTemplate': onPrivate(MANAGERS, (aws, { repositoryName: prefix }) =>
    aws.ecr.send(new ecr.CreateRepositoryCreationTemplateCommand({ prefix, appliedFor: ['CREATE_ON_PUSH'] })),
  ),
  'ecr:DescribeRepositoryCreationTemplates': onPrivate(MANAGERS, (aws) =>
    aws.ecr.send(new ecr.DescribeRepositoryCreationTemplatesCommand({})),
  ),
  'ecr:UpdateRepositoryCreationTemplate': onPrivate(MANAGERS, (aws, { repositoryName: prefix }) =>
    aws.ecr.send(new ecr.UpdateRepositoryCreationTemplateCommand({ prefix })).catch(ignoreMissingTemplate),
  ),
  'ecr:DeleteRepositoryCreationTemplate': onPrivate(MANAGERS, (aws, { repositoryName: prefix }) =>
    aws.ecr.send(new ecr.DeleteRepositoryCreationTemplateCommand({ prefix })).catch(ignoreMissingTemplate),
  ),
};

/** Creates a repository of the owner's registry that this service has, or that it hasn't. */
async function createRepository(service: Row['service'], isHidden = false): Promise<Target> {
  const repositoryName = `app-${(serial += 1)}`;
  const { id: registryKey } = await vitrine.app.db.registry.findUniqueOrThrow({ where: { registryId } });
  const visibility = (service === 'ecr') === isHidden ? 'public' : 'private';
  await vitrine.app.db.repository.create({ data: { registryKey, name: repositoryName, visibility } });
  return { repositoryName, registryId };
}

const missing = (): Target => ({ repositoryName: `app-${(serial += 1)}`, registryId });

/** The outcome without what differs between two calls: the repository's name and the caller. */
async function outcomeOf(ask: Ask, aws: AwsClients, target: Target): Promise<string> {
  try {
    await ask(aws, target);
    return 'done';
  } catch (error) {
    const { name, message } = error as Error;
    return `${name}: ${message.replaceAll(target.repositoryName, 'NAME')}`;
  }
}

const REFUSED: Record<CallerName, RegExp> = {
  reader: /^AccessDeniedException: User: arn:aws:iam::\d{12}:user\/\S+ is not authorized to perform/,
  pusher: /^AccessDeniedException: User: arn:aws:iam::\d{12}:user\/\S+ is not authorized to perform/,
  maintainer: /^AccessDeniedException/,
  owner: /^AccessDeniedException/,
  readingRobot: /^AccessDeniedException: User: arn:aws:iam::\d{12}:user\/robot-\w+ is not authorized to perform/,
  maintainingRobot: /^AccessDeniedException/,
  outsider: /^AccessDeniedException: User: arn:aws:iam::\d{12}:user\/\S+ is not authorized to perform/,
  disabled: /^UnrecognizedClientException/,
};

describe.each(Object.entries(ON_REPOSITORY))('%s', (operation, { ask, service, allowed }) => {
  test.each(CALLERS)('by %s', async (name) => {
    const aws = clients[name];
    const there = await outcomeOf(ask, aws, await createRepository(service));
    const hidden = await outcomeOf(ask, aws, await createRepository(service, true));
    const none = await outcomeOf(ask, aws, missing());
    // The other service's repository is as missing as one that doesn't exist.
    expect(hidden).toBe(none);
    if (allowed.includes(name)) {
      expect([there, none]).toEqual(['done', expect.stringMatching(/^RepositoryNotFoundException/)]);
    } else {
      expect(there).toMatch(REFUSED[name]);
      expect(there).toBe(none);
    }
  });

  // An ARN always names the registry.
  if (/tag.*resource/i.test(operation)) return;
  test('without naming the registry, by a key of another one', async () => {
    const unnamed: Ask = (aws, { repositoryName }) =>
      ask(aws, { repositoryName, registryId: undefined as unknown as string });
    const there = await outcomeOf(unnamed, clients.outsider, await createRepository(service));
    expect(there).toBe(await outcomeOf(unnamed, clients.outsider, missing()));
    expect(there).toMatch(/^RepositoryNotFoundException/);
  });
});

describe.each(Object.entries(ON_REGISTRY))('%s', (_operation, { ask, allowed }) => {
  test.each(CALLERS.filter((name) => name !== 'outsider'))('by %s', async (name) => {
    const outcome = await outcomeOf(ask, clients[name], missing());
    if (allowed.includes(name)) expect(outcome).toBe('done');
    else expect(outcome).toMatch(REFUSED[name]);
  });
});

test('nothing that was refused has changed anything', async () => {
  const rows = await vitrine.app.db.auditEvent.findMany({
    where: { action: { startsWith: 'repository.' } },
    select: { actorId: true },
  });
  const { members } = await vitrine.app.db.registry.findUniqueOrThrow({
    where: { registryId },
    select: { members: { where: { role: { in: ['maintainer', 'owner'] } }, select: { userId: true } } },
  });
  const managers = members.map(({ userId }) => userId);
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.filter(({ actorId }) => !managers.includes(actorId ?? ''))).toEqual([]);
});
