// Pull-through cache rules by the SDK, with a real upstream behind them.
import {
  CreatePullThroughCacheRuleCommand,
  DeletePullThroughCacheRuleCommand,
  DeleteRegistryPolicyCommand,
  DeleteRepositoryCommand,
  DescribePullThroughCacheRulesCommand,
  DescribeRepositoriesCommand,
  PutRegistryPolicyCommand,
  UpdatePullThroughCacheRuleCommand,
  ValidatePullThroughCacheRuleCommand,
  type CreatePullThroughCacheRuleCommandInput,
} from '@aws-sdk/client-ecr';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { updateUpstream } from '#lib/upstream/mirrors/update-upstream.ts';
import { createAwsClients, createTestKey, type AwsClients } from '#lib/testing/aws/create-aws-clients.ts';
import { blobOf, buildManifest } from '#lib/testing/images/build-image.ts';
import { createMirrorSite, type MirrorSite } from '#lib/testing/servers/mirror-site.ts';
import type { TestUser } from '#lib/testing/create-test-app.ts';

let site: MirrorSite;
let aws: AwsClients;
beforeAll(async () => {
  site = await createMirrorSite();
  aws = createAwsClients(site.url, await createTestKey(site, site.owner));
  // The fault-injecting upstream speaks plain HTTP, which only the console can set.
  await site.mirror('elsewhere');
});
afterAll(() => site.close());

const create = (input: Partial<CreatePullThroughCacheRuleCommandInput>) =>
  aws.ecr.send(
    new CreatePullThroughCacheRuleCommand({ ecrRepositoryPrefix: 'hub', upstreamRegistryUrl: 'quay.io', ...input }),
  );
const list = async () => (await aws.ecr.send(new DescribePullThroughCacheRulesCommand({}))).pullThroughCacheRules ?? [];

describe('a rule', () => {
  test('pulls private repositories through, for those who may create them first', async () => {
    const layer = blobOf('application/vnd.oci.image.layer.v1.tar', randomBytes(500));
    const config = blobOf('application/vnd.oci.image.config.v1+json', '{"os":"linux"}');
    const image = buildManifest({ config, layers: [layer] });
    site.upstream.content.add('team/tools/cli', image, 'latest');
    await create({
      ecrRepositoryPrefix: 'cache',
      upstreamRegistryUrl: site.upstream.host,
      upstreamRepositoryPrefix: 'team',
    });
    const fullName = `${site.owner.alias}/cache/tools/cli`;
    const reader = await addReader();
    const stranger = await site.createUser();
    expect((await pull(fullName, null)).status).toBe(401);
    expect((await pull(fullName, stranger)).status).toBe(404);
    expect((await pull(fullName, reader)).status).toBe(404);
    expect(await site.app.db.repository.count({ where: { name: 'cache/tools/cli' } })).toBe(0);

    const token = await getToken(fullName, site.owner);
    const first = await fetch(`${site.url}/v2/${fullName}/manifests/latest`, { headers: { authorization: token } });
    expect([first.status, first.headers.get('docker-content-digest')]).toEqual([200, image.digest]);
    // The repository is younger than the token that created it.
    const blob = await fetch(`${site.url}/v2/${fullName}/blobs/${layer.digest}`, { headers: { authorization: token } });
    expect([blob.status, (await blob.arrayBuffer()).byteLength]).toEqual([200, 500]);
    const row = await site.app.db.repository.findFirstOrThrow({ where: { name: 'cache/tools/cli' } });
    expect(row).toMatchObject({ visibility: 'private', upstreamName: 'team/tools/cli' });
    expect((await pull(fullName, reader)).status).toBe(200);
    expect((await pull(fullName, stranger)).status).toBe(404);
    expect((await pull(fullName, null)).status).toBe(401);
    const found = await aws.ecr.send(new DescribeRepositoriesCommand({ repositoryNames: ['cache/tools/cli'] }));
    expect(found.repositories).toHaveLength(1);
    const remove = (force: boolean) =>
      aws.ecr.send(new DeleteRepositoryCommand({ repositoryName: 'cache/tools/cli', force }));
    await expect(remove(false)).rejects.toMatchObject({ name: 'RepositoryNotEmptyException' });
    await remove(true);
    expect((await pull(fullName, reader)).status).toBe(404);
    expect((await pull(fullName, site.owner)).status).toBe(200);
    expect(await aws.ecr.send(new ValidatePullThroughCacheRuleCommand({ ecrRepositoryPrefix: 'cache' }))).toMatchObject(
      {
        isValid: true,
      },
    );
  });

  test('needs what the registry’s policy denies', async () => {
    const image = buildManifest({
      config: blobOf('application/vnd.oci.image.config.v1+json', '{"os":"linux"}'),
      layers: [blobOf('application/vnd.oci.image.layer.v1.tar', randomBytes(500))],
    });
    site.upstream.content.add('team/tools/other', image, 'latest');
    const fullName = `${site.owner.alias}/cache/tools/other`;
    const statuses = [];
    for (const Action of ['ecr:CreateRepository', 'ecr:BatchImportUpstreamImage', 'ecr:ReplicateImage']) {
      const policyText = JSON.stringify({ Statement: { Effect: 'Deny', Principal: '*', Action, Resource: '*' } });
      await aws.ecr.send(new PutRegistryPolicyCommand({ policyText }));
      statuses.push((await pull(fullName, site.owner)).status);
    }
    await aws.ecr.send(new DeleteRegistryPolicyCommand({}));
    expect(statuses).toEqual([404, 403, 200]);
  });

  test('says what is wrong with its upstream', async () => {
    await create({ ecrRepositoryPrefix: 'down', upstreamRegistryUrl: '127.0.0.1:1' });
    const checked = await aws.ecr.send(new ValidatePullThroughCacheRuleCommand({ ecrRepositoryPrefix: 'down' }));
    expect(checked).toMatchObject({ isValid: false, failure: expect.stringMatching(/127\.0\.0\.1/) as string });
  });

  test('is described in the words of ECR, and deleted', async () => {
    expect(await create({ upstreamRegistryUrl: 'registry-1.docker.io' })).toMatchObject({
      ecrRepositoryPrefix: 'hub',
      upstreamRegistry: 'docker-hub',
      upstreamRegistryUrl: 'registry-1.docker.io',
      createdAt: expect.any(Date) as Date,
    });
    await create({ ecrRepositoryPrefix: 'ROOT', upstreamRegistryUrl: 'public.ecr.aws' });
    expect((await list()).map(({ ecrRepositoryPrefix }) => ecrRepositoryPrefix)).toEqual([
      'ROOT',
      'cache',
      'down',
      'hub',
    ]);
    const page = await aws.ecr.send(new DescribePullThroughCacheRulesCommand({ maxResults: 3 }));
    const { nextToken } = page;
    const rest = await aws.ecr.send(new DescribePullThroughCacheRulesCommand({ maxResults: 3, nextToken }));
    expect(rest.pullThroughCacheRules?.map(({ ecrRepositoryPrefix }) => ecrRepositoryPrefix)).toEqual(['hub']);
    const named = { ecrRepositoryPrefix: 'hub/' };
    const found = await aws.ecr.send(new DescribePullThroughCacheRulesCommand({ ecrRepositoryPrefixes: ['hub/'] }));
    // Without `upstreamRepositoryPrefix`, which would make Terraform replace a rule that doesn't name it.
    expect(found.pullThroughCacheRules).toEqual([
      {
        registryId: expect.any(String) as string,
        ecrRepositoryPrefix: 'hub/',
        upstreamRegistry: 'docker-hub',
        upstreamRegistryUrl: 'registry-1.docker.io',
        createdAt: expect.any(Date) as Date,
        updatedAt: expect.any(Date) as Date,
      },
    ]);
    expect(await aws.ecr.send(new UpdatePullThroughCacheRuleCommand(named))).toMatchObject(named);
    expect(await aws.ecr.send(new DeletePullThroughCacheRuleCommand(named))).toMatchObject(named);
    await aws.ecr.send(new DeletePullThroughCacheRuleCommand({ ecrRepositoryPrefix: 'ROOT' }));
    for (const Command of [DeletePullThroughCacheRuleCommand, ValidatePullThroughCacheRuleCommand]) {
      await expect(aws.ecr.send(new Command({ ecrRepositoryPrefix: 'hub' }))).rejects.toMatchObject({
        name: 'PullThroughCacheRuleNotFoundException',
      });
    }
    const where = { action: { in: ['registry.add-pull-through-rule', 'registry.remove-pull-through-rule'] } };
    expect(await site.app.db.auditEvent.count({ where })).toBe(6);
  });
});

test('lists rules of the console whose names this API can’t take', async () => {
  const { registryKey } = await site.app.db.alias.findUniqueOrThrow({ where: { name: site.owner.alias } });
  const { id: upstreamId } = await site.app.db.upstream.findFirstOrThrow({ where: { registryKey } });
  const prefixes = ['x', 'a-prefix/of-more-than/thirty-characters'];
  await site.app.db.pullThroughRule.createMany({
    data: prefixes.map((prefix) => ({ registryKey, prefix, upstreamId, upstreamPrefix: 'y' })),
  });
  const listed = (await list()).map(({ ecrRepositoryPrefix }) => ecrRepositoryPrefix);
  expect(listed).toEqual(expect.arrayContaining(prefixes));
  await site.app.db.pullThroughRule.deleteMany({ where: { registryKey, prefix: { in: prefixes } } });
});

const secretOf = (registryId: string) =>
  `arn:aws:secretsmanager:eu-central-1:${registryId}:secret:ecr-pullthroughcache/hub-Ab12Cd`;

test('a rule uses the stored credentials of its upstream, whatever its secret is called', async () => {
  const { registryKey } = await site.app.db.alias.findUniqueOrThrow({ where: { name: site.owner.alias } });
  const { registryId } = await site.app.db.registry.findUniqueOrThrow({ where: { id: registryKey } });
  const credentialArn = secretOf(registryId);
  const rule = { ecrRepositoryPrefix: 'secret', upstreamRegistryUrl: 'ghcr.io' };
  const upstreams = await site.app.db.upstream.count();
  await expect(create({ ...rule, credentialArn })).rejects.toMatchObject({ name: 'SecretNotFoundException' });
  expect(await site.app.db.upstream.count()).toBe(upstreams);
  await create(rule);
  const update = (arn: string) =>
    aws.ecr.send(
      new UpdatePullThroughCacheRuleCommand({ ecrRepositoryPrefix: rule.ecrRepositoryPrefix, credentialArn: arn }),
    );
  await expect(update(credentialArn)).rejects.toMatchObject({ name: 'SecretNotFoundException' });
  const upstream = { host: rule.upstreamRegistryUrl, username: 'ada', password: 'pass' };
  await updateUpstream(site.app, { caller: site.owner.caller, registryKey, upstream });
  await expect(update(secretOf('123456789012'))).rejects.toMatchObject({ name: 'UnableToAccessSecretException' });
  expect(await update(credentialArn)).toMatchObject({ credentialArn });
  const named = { ecrRepositoryPrefixes: [rule.ecrRepositoryPrefix] };
  const found = await aws.ecr.send(new DescribePullThroughCacheRulesCommand(named));
  expect(found.pullThroughCacheRules).toMatchObject([{ ...rule, credentialArn }]);
  const { ecrRepositoryPrefix } = rule;
  await aws.ecr.send(new DeletePullThroughCacheRuleCommand({ ecrRepositoryPrefix }));
  expect(await create({ ...rule, credentialArn })).toMatchObject({ credentialArn });
  await aws.ecr.send(new DeletePullThroughCacheRuleCommand({ ecrRepositoryPrefix }));
});

test.each<[string, string, Partial<CreatePullThroughCacheRuleCommandInput>]>([
  ['a secret of another account', 'UnableToAccessSecretException', { credentialArn: secretOf('123456789012') }],
  ['a role of AWS', 'ValidationException', { customRoleArn: 'arn:aws:iam::123456789012:role/x' }],
  [
    'a private registry of ECR',
    'ValidationException',
    { upstreamRegistryUrl: '123456789012.dkr.ecr.eu-central-1.amazonaws.com' },
  ],
  ['the wrong name of a host', 'ValidationException', { upstreamRegistry: 'k8s' }],
  ['a prefix for ROOT', 'ValidationException', { ecrRepositoryPrefix: 'ROOT', upstreamRepositoryPrefix: 'library' }],
  ['what is no host', 'InvalidParameterException', { upstreamRegistryUrl: 'https://user@quay.io/path' }],
  ['a URL', 'InvalidParameterException', { upstreamRegistryUrl: 'https://quay.io/' }],
  ['an alias of Docker Hub', 'InvalidParameterException', { upstreamRegistryUrl: 'docker.io' }],
  ['the default prefix', 'InvalidParameterException', { upstreamRepositoryPrefix: 'ROOT' }],
  ['a prefix with a slash', 'InvalidParameterException', { upstreamRepositoryPrefix: 'team/' }],
  ['the same prefix', 'PullThroughCacheRuleAlreadyExistsException', { ecrRepositoryPrefix: 'cache' }],
])('refuses %s with %s', async (_what, name, input) => {
  const before = await site.app.db.upstream.count();
  await expect(create(input)).rejects.toMatchObject({ name });
  expect(await site.app.db.upstream.count()).toBe(before);
});

test('a registry has at most 50 rules', async () => {
  const { id: upstreamId, registryKey } = await site.app.db.upstream.findFirstOrThrow();
  const prefixes = Array.from({ length: 50 - (await list()).length }, (_, i) => `more-${i}`);
  await site.app.db.pullThroughRule.createMany({
    data: prefixes.map((prefix) => ({ registryKey, prefix, upstreamId })),
  });
  await expect(create({})).rejects.toMatchObject({ name: 'LimitExceededException' });
});

async function addReader(): Promise<TestUser> {
  const reader = await site.createUser();
  const { registryKey } = await site.app.db.alias.findUniqueOrThrow({ where: { name: site.owner.alias } });
  const { userId } = reader.caller.principal;
  await site.app.db.member.create({ data: { registryKey, userId, role: 'reader' } });
  return reader;
}

const basic = ({ token }: TestUser) => `Basic ${Buffer.from(`token:${token}`).toString('base64')}`;

function pull(fullName: string, user: TestUser | null): Promise<Response> {
  const headers: Record<string, string> = user ? { authorization: basic(user) } : {};
  return fetch(`${site.url}/v2/${fullName}/manifests/latest`, { headers });
}

async function getToken(fullName: string, user: TestUser): Promise<string> {
  const answer = await fetch(`${site.url}/token?scope=repository:${fullName}:pull`, {
    headers: { authorization: basic(user) },
  });
  return `Bearer ${((await answer.json()) as { token: string }).token}`;
}
