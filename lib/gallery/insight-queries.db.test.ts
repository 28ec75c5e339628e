import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildImage } from '#lib/testing/images/build-image.ts';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { findRepository } from '#lib/repositories/find-repository.ts';
import { getPullInsights, listPullDays, listTagMoves, MAX_TAGS } from './insight-queries.ts';

let site: TestApp;
beforeAll(async () => {
  site = await createTestApp();
});
afterAll(() => site.close());

async function repositoryWith(tags: string[]): Promise<bigint> {
  const { alias, token } = await site.createUser();
  const image = await buildImage({
    platform: { os: 'linux', architecture: 'amd64' },
    created: '2026-03-04T05:06:07Z',
    layers: [],
  });
  await createDistributionClient(site.url, token).push(`${alias}/app`, image, tags);
  return (await findRepository(site.app, `${alias}/app`))?.id ?? 0n;
}

test('counts pulls by day, including days without any, and ignores other repositories and earlier days', async () => {
  const [repositoryId, other] = [await repositoryWith(['1']), await repositoryWith(['1'])];
  const now = new Date('2026-03-02T23:59:59Z');
  const day = (text: string) => new Date(text);
  await site.app.db.pullCount.createMany({
    data: [
      { repositoryId, day: day('2026-01-31'), tag: '1', count: 100 },
      { repositoryId, day: day('2026-02-01'), tag: '1', count: 2 },
      { repositoryId, day: day('2026-03-02'), tag: '1', count: 3 },
      { repositoryId, day: day('2026-03-02'), tag: '', count: 4 },
      { repositoryId: other, day: day('2026-03-02'), tag: '1', count: 50 },
    ],
  });
  const days = await listPullDays(site.app, { repositoryId, days: 30, now });
  expect(days).toHaveLength(30);
  expect([days[0], days[1], days.at(-1)]).toEqual([
    { day: '2026-02-01', count: 2 },
    { day: '2026-02-02', count: 0 },
    { day: '2026-03-02', count: 7 },
  ]);
  const insights = await getPullInsights(site.app, { repositoryId, days: 30, now });
  expect(insights).toMatchObject({ total: 9, otherTags: { count: 0, pulls: 0 } });
  expect(insights.byTag).toEqual([
    { tag: '1', count: 5 },
    { tag: null, count: 4 },
  ]);
});

test('lists the most pulled tags and sums up the others', async () => {
  const repositoryId = await repositoryWith(['1']);
  const day = new Date(new Date().toISOString().slice(0, 10));
  const data = Array.from({ length: 30 }, (_, i) => ({ repositoryId, day, tag: `t${i}`, count: i + 1 }));
  await site.app.db.pullCount.createMany({ data });
  const { total, byTag, otherTags } = await getPullInsights(site.app, { repositoryId, days: 30 });
  expect(total).toBe(465);
  expect(byTag).toHaveLength(MAX_TAGS);
  expect(byTag[0]).toEqual({ tag: 't29', count: 30 });
  expect(otherTags).toEqual({ count: 20, pulls: 210 });
});

test('is empty without pulls', async () => {
  expect(await getPullInsights(site.app, { repositoryId: 0n, days: 365 })).toMatchObject({ total: 0, byTag: [] });
  expect(await listTagMoves(site.app, { repositoryId: 0n, limit: 10 })).toEqual([]);
});

test('lists tag moves, latest first', async () => {
  const repositoryId = await repositoryWith(['1', 'latest']);
  const moves = await listTagMoves(site.app, { repositoryId, limit: 10 });
  expect(moves.map(({ tag, fromDigest }) => [tag, fromDigest])).toEqual([
    ['latest', null],
    ['1', null],
  ]);
  expect(await listTagMoves(site.app, { repositoryId, tag: '1', limit: 10 })).toHaveLength(1);
});
