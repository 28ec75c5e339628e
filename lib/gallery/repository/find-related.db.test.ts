import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildImage } from '#lib/testing/images/build-image.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { findRepository } from '#lib/repositories/find-repository.ts';
import { indexRepository } from '../jobs/index-repository.ts';
import { findRelated } from './find-related.ts';

let site: TestApp;
let [ada, grace]: [ada?: TestUser, grace?: TestUser] = [];
beforeAll(async () => {
  site = await createTestApp();
  [ada, grace] = [await site.createUser(), await site.createUser()];
});
afterAll(() => site.close());

async function publish(user: TestUser | undefined, name: string, { pulls = 0, categories = [] as string[] } = {}) {
  if (!user) throw new Error('no user');
  const image = await buildImage({
    platform: { os: 'linux', architecture: 'amd64' },
    created: '2026-03-04T05:06:07Z',
    layers: [],
  });
  await createDistributionClient(site.url, user.token).push(`${user.alias}/${name}`, image, ['1.0']);
  const id = (await findRepository(site.app, `${user.alias}/${name}`))?.id ?? 0n;
  await site.app.db.repository.update({ where: { id }, data: { pullCount: pulls, categories } });
  await indexRepository(site.app, { repositoryId: String(id) });
  return site.app.db.repository.findUniqueOrThrow({ where: { id } });
}

const names = (list: { name: string }[]) => list.map(({ name }) => name);

test('finds repositories of the publisher and of the first category, most pulled first', async () => {
  const subject = await publish(ada, 'one', { categories: ['databases', 'messaging'] });
  await publish(ada, 'two', { pulls: 5 });
  await publish(ada, 'three', { pulls: 9, categories: ['databases'] });
  await publish(grace, 'store', { pulls: 3, categories: ['databases'] });
  await publish(grace, 'cache', { pulls: 7, categories: ['games', 'databases'] });
  const queue = await publish(grace, 'queue', { pulls: 99, categories: ['messaging'] });
  const related = await findRelated(site.app, subject);
  expect(names(related.samePublisher)).toEqual(['three', 'two']);
  expect(related.sameCategory?.category).toBe('databases');
  expect(names(related.sameCategory?.repositories ?? [])).toEqual(['cache', 'store']);
  expect(names((await findRelated(site.app, queue)).sameCategory?.repositories ?? [])).toEqual(['one']);
});

test('leaves out what has left the gallery, at once', async () => {
  const subject = await publish(ada, 'subject', { categories: ['media'] });
  const player = await publish(grace, 'player', { categories: ['media'] });
  expect(names((await findRelated(site.app, subject)).sameCategory?.repositories ?? [])).toEqual(['player']);
  await site.app.db.repository.update({ where: { id: player.id }, data: { visibility: 'private' } });
  await indexRepository(site.app, { repositoryId: String(player.id) });
  expect((await findRelated(site.app, subject)).sameCategory?.repositories).toEqual([]);
});
