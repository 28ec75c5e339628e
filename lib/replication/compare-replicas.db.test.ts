// The nightly comparison of two sites.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { buildTextImage, openTwoSites, type TwoSites } from '#lib/testing/open-two-sites.ts';
import { compareReplicas } from './compare-replicas.ts';
import { showReplication } from './show-replication.ts';

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

async function replicated(text: string, tags: string[]) {
  const name = `team/compared-${(count += 1)}`;
  const image = await buildTextImage(text);
  await sites.push(name, image, tags);
  await sites.replicate(name);
  return { name, digest: image.digest };
}

const report = async () => {
  const { publisher, registryKey, source } = sites;
  const { destinations } = await showReplication(source.app, { caller: publisher.caller, registryKey });
  return destinations[0];
};

test('puts back what was deleted or moved at the destination, and nothing else', async () => {
  const { name, digest } = await replicated('first', ['deleted', 'moved', 'same']);
  const other = await replicated('second', ['v1']);
  const { db } = sites.target.app;
  const there = await db.repository.findFirstOrThrow({ where: { name }, select: { id: true } });
  await db.tag.deleteMany({ where: { repositoryId: there.id, name: 'deleted' } });
  const wrong = await buildTextImage('wrong');
  await createDistributionClient(sites.target.url, sites.receiver.token).push(
    `${sites.receiver.alias}/${name}`,
    wrong,
    ['moved'],
  );
  await compareReplicas(sites.source.app);
  expect(await report()).toMatchObject({ comparedCount: 6, driftedCount: 2, comparedAt: expect.any(Date) as Date });
  await sites.replicator.drain();
  expect(await sites.tagsThere(name)).toEqual({ deleted: digest, moved: digest, same: digest });
  expect(await sites.tagsThere(other.name)).toEqual({ v1: other.digest });
  await compareReplicas(sites.source.app);
  expect(await report()).toMatchObject({ comparedCount: 6, driftedCount: 0 });
});

test('leaves everything as it is while the destination is down', async () => {
  const { name } = await replicated('down', ['v1']);
  await sites.proxy.refuse();
  await compareReplicas(sites.source.app);
  await sites.proxy.heal();
  const tasks = await sites.source.app.db.replicationTask.findMany({ where: { repositoryId: await sites.idOf(name) } });
  expect(tasks.map(({ state }) => state)).toEqual(['complete', 'complete']);
});
