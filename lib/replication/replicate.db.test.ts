// Two sites, of which one replicates to the other.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { AwsClients } from '#lib/testing/aws/create-aws-clients.ts';
import {
  DescribeImageReplicationStatusCommand,
  DescribeRegistryCommand,
  type ReplicationRule,
} from '@aws-sdk/client-ecr';
import { createRepository } from '#lib/repositories/create-repository.ts';
import type { TestApp, TestUser } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { buildIndex, type BuiltManifest } from '#lib/testing/images/build-image.ts';
import { buildTextImage as build, openTwoSites, type TwoSites } from '#lib/testing/open-two-sites.ts';
import type { TcpFaultProxy } from '#lib/testing/tcp-fault-proxy.ts';
import { planReplication } from './plan-replication.ts';
import { putReplicationConfiguration } from './put-replication-configuration.ts';
import { readImageReplicas } from './read-replication.ts';
import type { Replicator } from './start-replication.ts';

const AMD = { os: 'linux', architecture: 'amd64' };

let source: TestApp;
let target: TestApp;
let proxy: TcpFaultProxy;
let publisher: TestUser;
let receiver: TestUser;
let aws: AwsClients;
let registryId: string;
let replicator: Replicator;
let DESTINATION: TwoSites['destination'];
let sites: TwoSites;
let count = 0;

beforeAll(async () => {
  sites = await openTwoSites();
  ({ source, target, proxy, publisher, receiver, aws, registryId, replicator, destination: DESTINATION } = sites);
});
afterAll(() => sites.close());
beforeEach(() => sites.save({ password: receiver.token }));

const save = (settings: Parameters<TwoSites['save']>[0]) => sites.save(settings);
const setRules = (rules: ReplicationRule[]) => sites.setRules(rules);
const everything = () => sites.everything();
const push = (name: string, image: BuiltManifest, tags: string[]) => sites.push(name, image, tags);
const idOf = (name: string) => sites.idOf(name);
const replicate = (name: string) => sites.replicate(name);
const tagsThere = (name: string) => sites.tagsThere(name);
const newName = () => `team/app-${(count += 1)}`;

test('configures replication as ECR does', async () => {
  const rule: ReplicationRule = {
    destinations: [DESTINATION],
    repositoryFilters: [{ filter: 'team/', filterType: 'PREFIX_MATCH' }],
  };
  expect(await setRules([rule])).toMatchObject({ replicationConfiguration: { rules: [rule] } });
  const described = await aws.ecr.send(new DescribeRegistryCommand({}));
  expect(described).toMatchObject({ registryId, replicationConfiguration: { rules: [rule] } });
  const unknown = { region: 'us-west-9', registryId: '111111111111' };
  await expect(setRules([{ destinations: [unknown] }])).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: expect.stringContaining('has no destination with region us-west-9') as string,
  });
  await expect(setRules(Array.from({ length: 11 }, () => rule))).rejects.toMatchObject({
    name: 'InvalidParameterException',
  });
  expect((await aws.ecr.send(new DescribeRegistryCommand({}))).replicationConfiguration?.rules).toEqual([rule]);
  await setRules([]);
  expect((await aws.ecr.send(new DescribeRegistryCommand({}))).replicationConfiguration?.rules).toEqual([]);
});

test('copies an index with its images, and says so', async () => {
  await everything();
  const name = newName();
  const image = await build('index');
  await createRepository(source.app, { ...publisher, name, visibility: 'private' });
  const index = buildIndex([{ platform: AMD, image }]);
  await push(name, index, ['latest', '1.0']);
  await replicate(name);
  expect(await tagsThere(name)).toEqual({ latest: index.digest, '1.0': index.digest });
  const client = createDistributionClient(target.url, receiver.token);
  const pulled = await client.request('GET', `/v2/${receiver.alias}/${name}/manifests/latest`);
  expect(Buffer.from(await pulled.arrayBuffer())).toEqual(index.bytes);
  const status = await aws.ecr.send(
    new DescribeImageReplicationStatusCommand({ repositoryName: name, imageId: { imageTag: 'latest' } }),
  );
  expect(status.replicationStatuses).toEqual([{ ...DESTINATION, status: 'COMPLETE' }]);
  const arrived = await target.app.db.manifestOrigin.findMany({ where: { manifest: { repository: { name } } } });
  expect(arrived.map(({ origin }) => origin)).toEqual([`us-east-1/${registryId}`, `us-east-1/${registryId}`]);
});

test('leaves out what no filter covers and what was pushed before', async () => {
  await setRules([]);
  const early = newName();
  await push(early, await build('early'), ['a']);
  await setRules([
    { destinations: [DESTINATION], repositoryFilters: [{ filter: 'team/', filterType: 'PREFIX_MATCH' }] },
  ]);
  const outside = `other/app-${(count += 1)}`;
  await push(outside, await build('outside'), ['a']);
  await replicate(early);
  await replicate(outside);
  expect(await tagsThere(early)).toEqual({});
  expect(await tagsThere(outside)).toEqual({});
});

test('moves tags forward only, and deletes where a rule says so', async () => {
  await everything();
  const name = newName();
  const images = await Promise.all(['one', 'two', 'three'].map(build));
  for (const image of images) await push(name, image, ['latest']);
  await replicate(name);
  const last = images.at(-1)?.digest;
  expect(await tagsThere(name)).toEqual({ latest: last });
  await source.app.db.tag.deleteMany({ where: { repositoryId: await idOf(name) } });
  await replicate(name);
  expect(await tagsThere(name)).toEqual({ latest: last });
  await push(name, images[0] as BuiltManifest, ['latest']);
  const { id: registryKey } = await source.app.db.registry.findUniqueOrThrow({ where: { registryId } });
  await putReplicationConfiguration(source.app, {
    caller: publisher.caller,
    registryKey,
    rules: [{ destinations: [DESTINATION], deleteReplication: { enabled: true } }],
  });
  await replicate(name);
  expect(await tagsThere(name)).toEqual({ latest: images[0]?.digest });
  await source.app.db.tag.deleteMany({ where: { repositoryId: await idOf(name) } });
  await replicate(name);
  expect(await tagsThere(name)).toEqual({});
});

test('fails with a sentence while the destination refuses, and goes on by itself', async () => {
  await everything();
  await save({ password: 'wrong' });
  const name = newName();
  const image = await build('refused');
  await push(name, image, ['v1']);
  await replicate(name);
  const of = { repositoryId: await idOf(name), digest: image.digest };
  expect(await readImageReplicas(source.app, of)).toMatchObject([
    { status: 'FAILED', failureCode: 'AccessDenied', failure: expect.stringContaining('denies') as string },
  ]);
  expect(await tagsThere(name)).toEqual({});
  await save({ password: receiver.token });
  await replicator.drain();
  expect(await readImageReplicas(source.app, of)).toMatchObject([{ status: 'COMPLETE' }]);
  expect(await tagsThere(name)).toEqual({ v1: image.digest });
});

test('waits for a destination that is down, and finishes over a link that keeps breaking', async () => {
  await everything();
  const name = newName();
  // Incompressible, and more than two chunks.
  const image = await build(randomBytes(60_000_000).toString('base64'));
  await push(name, image, ['v1']);
  await proxy.refuse();
  await replicate(name);
  const of = { repositoryId: await idOf(name), digest: image.digest };
  expect(await readImageReplicas(source.app, of)).toMatchObject([{ status: 'IN_PROGRESS' }]);
  await proxy.heal();
  const resetting = setInterval(() => proxy.reset(), 150);
  for (let round = 0; round < 6; round += 1) await replicate(name);
  clearInterval(resetting);
  await replicate(name);
  expect(await readImageReplicas(source.app, of)).toMatchObject([{ status: 'COMPLETE' }]);
  expect(await tagsThere(name)).toEqual({ v1: image.digest });
}, 120_000);

test('does not send on what arrived by replication', async () => {
  const name = newName();
  const image = await build('hop');
  await everything();
  await push(name, image, ['v1']);
  const answer = await fetch(`${source.url}/v2/${publisher.alias}/${name}/manifests/v1`, {
    method: 'PUT',
    headers: {
      authorization: `Basic ${Buffer.from(`token:${publisher.token}`).toString('base64')}`,
      'content-type': image.mediaType,
      'vitrine-replicated-from': 'ap-east-1/123456789012',
    },
    body: new Uint8Array(image.bytes),
  });
  expect(answer.status).toBe(201);
  await replicate(name);
  expect(await tagsThere(name)).toEqual({});
});

test('takes over the tasks of a process that died', async () => {
  await everything();
  const name = newName();
  const image = await build('dead');
  await push(name, image, ['v1']);
  await planReplication(source.app, { repositoryId: String(await idOf(name)) });
  const taken = await source.app.pool.query(
    `UPDATE replication_tasks SET lease = gen_random_uuid(), leased_until = now() + interval '1 minute' WHERE repository_id = $1`,
    [await idOf(name)],
  );
  expect(taken.rowCount).toBe(2);
  await replicator.drain();
  expect(await tagsThere(name)).toEqual({});
  await source.app.pool.query(`UPDATE replication_tasks SET leased_until = now() WHERE leased_until > now()`);
  await replicator.drain();
  expect(await tagsThere(name)).toEqual({ v1: image.digest });
});
