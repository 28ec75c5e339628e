// Backfills from one site to another.
import {
  DescribeReplicationBackfillResultsCommand,
  ListReplicationBackfillsCommand,
  StartReplicationBackfillCommand,
  StopReplicationBackfillCommand,
} from '@aws-sdk/client-ecr';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { buildIndex } from '#lib/testing/images/build-image.ts';
import { buildTextImage, openTwoSites, type TwoSites } from '#lib/testing/open-two-sites.ts';

let sites: TwoSites;
let count = 0;
beforeAll(async () => {
  sites = await openTwoSites();
});
afterAll(() => sites.close());
beforeEach(async () => {
  await sites.save({ password: sites.receiver.token });
  await sites.everything();
});

const newName = () => `team/old-${(count += 1)}`;
const start = (destination = sites.destination) =>
  sites.aws.ecr.send(new StartReplicationBackfillCommand({ destination }));
const stop = (replicationBackfillId: string | undefined) =>
  sites.aws.ecr.send(new StopReplicationBackfillCommand({ replicationBackfillId }));
const describe = (replicationBackfillId: string | undefined, more = {}) =>
  sites.aws.ecr.send(new DescribeReplicationBackfillResultsCommand({ replicationBackfillId, ...more }));

/** Pushes what no rule covers yet. */
async function pushEarlier(text: string, tags = ['v1']) {
  await sites.setRules([]);
  const name = newName();
  const image = await buildTextImage(text);
  await sites.push(name, image, tags);
  await sites.everything();
  return { name, digest: image.digest };
}

test('copies what was pushed before there were rules, and tells what became of it', async () => {
  const { name, digest } = await pushEarlier('early', ['v1', 'v2']);
  const started = await start();
  expect(started).toMatchObject({ registryId: sites.registryId, destination: sites.destination, status: 'PREPARING' });
  await expect(start()).rejects.toMatchObject({ name: 'ReplicationBackfillInProgressException' });
  await sites.replicator.drain();
  expect(await sites.tagsThere(name)).toEqual({ v1: digest, v2: digest });
  const described = await describe(started.replicationBackfillId);
  expect(described).toMatchObject({
    status: 'COMPLETE',
    endedAt: expect.any(Date) as Date,
    progress: { totalReplicationCount: 2, completedReplicationCount: 2, failedReplicationCount: 0, failureCodes: [] },
  });
  expect(described.results).toEqual(
    ['v1', 'v2'].map((imageTag) => ({
      repositoryName: name,
      imageId: { imageDigest: digest, imageTag },
      status: 'COMPLETE',
    })),
  );
  await expect(stop(started.replicationBackfillId)).rejects.toMatchObject({
    name: 'ReplicationBackfillInvalidStatusException',
  });
});

test('repairs what was changed at the destination', async () => {
  const name = newName();
  const image = await buildTextImage('drift');
  await sites.push(name, image, ['v1', 'v2']);
  await sites.replicate(name);
  await sites.target.app.db.tag.deleteMany({ where: { name: 'v1', repository: { name } } });
  const { replicationBackfillId } = await start();
  await sites.replicator.drain();
  expect(await sites.tagsThere(name)).toEqual({ v1: image.digest, v2: image.digest });
  expect(await describe(replicationBackfillId)).toMatchObject({ status: 'COMPLETE' });
});

test('lists an index as one image, and pages', async () => {
  await sites.setRules([]);
  const name = newName();
  const platform = { os: 'linux', architecture: 'amd64' };
  const image = await buildTextImage('child');
  await sites.push(name, buildIndex([{ platform, image }]), ['v1', 'v2', 'v3']);
  await sites.setRules([
    { destinations: [sites.destination], repositoryFilters: [{ filter: name, filterType: 'PREFIX_MATCH' }] },
  ]);
  const { replicationBackfillId: id } = await start();
  await sites.replicator.drain();
  const first = await describe(id, { maxResults: 2 });
  const second = await describe(id, { maxResults: 2, nextToken: first.nextToken });
  expect([...(first.results ?? []), ...(second.results ?? [])].map(({ imageId }) => imageId?.imageTag)).toEqual([
    'v1',
    'v2',
    'v3',
  ]);
  expect(second.nextToken).toBeUndefined();
  await expect(
    describe(id, { maxResults: 3, resultStatusFilter: 'FAILED', nextToken: first.nextToken }),
  ).rejects.toThrow('nextToken');
});

test('counts what the destination refuses, and lists it', async () => {
  const { name, digest } = await pushEarlier('refused');
  await sites.setRules([
    { destinations: [sites.destination], repositoryFilters: [{ filter: name, filterType: 'PREFIX_MATCH' }] },
  ]);
  await sites.save({ password: 'wrong' });
  const { replicationBackfillId: id } = await start();
  await sites.replicator.drain();
  expect(await describe(id, { resultStatusFilter: 'FAILED' })).toMatchObject({
    status: 'COMPLETE',
    progress: { totalReplicationCount: 1, failedReplicationCount: 1, failureCodes: ['AccessDenied'] },
    results: [
      { repositoryName: name, imageId: { imageDigest: digest }, status: 'FAILED', failureCode: 'AccessDenied' },
    ],
  });
  expect((await describe(id, { resultStatusFilter: 'COMPLETE' })).results).toEqual([]);
  // It is tried again by itself, and the result stays what it was.
  await sites.save({ password: sites.receiver.token });
  await sites.replicator.drain();
  expect(await sites.tagsThere(name)).toEqual({ v1: digest });
  expect(await describe(id)).toMatchObject({ progress: { failedReplicationCount: 1 } });
});

test('stops, and leaves what was replicated before', async () => {
  const replicated = newName();
  const image = await buildTextImage('kept');
  await sites.push(replicated, image, ['v1']);
  await sites.replicate(replicated);
  const { name } = await pushEarlier('never');
  await sites.proxy.refuse();
  const { replicationBackfillId: id } = await start();
  await sites.replicator.drain();
  expect(await describe(id)).toMatchObject({ status: 'IN_PROGRESS' });
  expect(await stop(id)).toMatchObject({ status: 'STOPPED' });
  await sites.proxy.heal();
  await sites.replicate(replicated);
  expect(await sites.tagsThere(name)).toEqual({});
  expect(await describe(id)).toMatchObject({ status: 'STOPPED', endedAt: expect.any(Date) as Date });
  const states = await sites.source.app.db.replicationTask.findMany({
    where: { repositoryId: await sites.idOf(replicated) },
  });
  expect(new Set(states.map(({ state }) => state))).toEqual(new Set(['complete']));
});

test('lets pushes go first', async () => {
  const { name } = await pushEarlier('waiting');
  await sites.proxy.refuse();
  await start();
  await sites.replicator.drain();
  const pushed = newName();
  await sites.push(pushed, await buildTextImage('urgent'), ['v1']);
  await sites.replicate(pushed);
  const order = await sites.source.app.pool.query<{ name: string }>(
    `SELECT r.name FROM replication_tasks t JOIN repositories r ON r.id = t.repository_id
      WHERE t.state = 'pending' ORDER BY t.is_backfill, t.queued_at`,
  );
  expect(order.rows[0]?.name).toBe(pushed);
  expect(order.rows.map((row) => row.name)).toContain(name);
  await sites.proxy.heal();
  await sites.replicate(pushed);
});

test('refuses destinations that no rule names, unknown ids, and strangers', async () => {
  const other = { region: 'us-west-2', registryId: '123456789012' };
  await expect(start(other)).rejects.toMatchObject({ name: 'InvalidParameterException' });
  const id = '00000000-0000-4000-8000-000000000000';
  await expect(describe(id)).rejects.toMatchObject({ name: 'ReplicationBackfillNotFoundException' });
  await expect(stop(id)).rejects.toMatchObject({ name: 'ReplicationBackfillNotFoundException' });
  const listed = await sites.aws.ecr.send(new ListReplicationBackfillsCommand({ maxResults: 2 }));
  expect(listed.backfills).toHaveLength(2);
  const rest = await sites.aws.ecr.send(new ListReplicationBackfillsCommand({ nextToken: listed.nextToken }));
  const all = [...(listed.backfills ?? []), ...(rest.backfills ?? [])];
  const times = all.map(({ startedAt }) => startedAt?.getTime() ?? 0);
  expect(times).toEqual(times.toSorted((a, b) => b - a));
  expect(new Set(all.map(({ replicationBackfillId }) => replicationBackfillId)).size).toBe(all.length);
});
