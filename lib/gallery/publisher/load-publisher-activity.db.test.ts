import { afterAll, beforeAll, expect, test } from 'vitest';
import { indexRepository } from '#lib/gallery/jobs/index-repository.ts';
import { updateRegistryProfile } from '#lib/publishers/update-registry-profile.ts';
import { addPulls } from '#lib/repositories/pull-counter.sql.ts';
import { updateCatalogData } from '#lib/repositories/update-catalog-data.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { buildChart, buildImage, type BuiltManifest } from '#lib/testing/images/build-image.ts';
import { getPublisherPage } from '../gallery-queries.ts';
import { loadPublisherActivity } from './load-publisher-activity.ts';

const NOW = new Date('2026-03-31T12:00:00Z');

let site: TestApp;
let owner: TestUser;
let other: TestUser;
const ids = new Map<string, bigint>();
beforeAll(async () => {
  site = await createTestApp();
  owner = await site.createUser();
  other = await site.createUser();
  const image = await buildImage({
    platform: { os: 'linux', architecture: 'amd64' },
    created: '2026-01-01T00:00:00Z',
    layers: [],
  });
  const chart = await buildChart({ name: 'deploy', version: '1.0.0', description: 'A chart', files: [] });
  await publish(owner, 'app', image);
  await publish(owner, 'worker', image);
  await publish(owner, 'charts/deploy', chart);
  await publish(other, 'foreign', image);
});
afterAll(() => site.close());

async function publish({ alias, token }: TestUser, name: string, manifest: BuiltManifest): Promise<void> {
  await createDistributionClient(site.url, token).push(`${alias}/${name}`, manifest, ['1']);
  const where = { name, registry: { aliases: { some: { name: alias } } } };
  const { id } = await site.app.db.repository.findFirstOrThrow({ where });
  await indexRepository(site.app, { repositoryId: String(id) });
  ids.set(name, id);
}

async function load({ alias } = owner) {
  const publisher = await getPublisherPage(site.app, alias);
  return loadPublisherActivity(site.app, { registryKey: publisher?.id ?? 0n, now: NOW });
}

async function pull(name: string, day: string, count: number, tag = '1'): Promise<void> {
  await addPulls(site.app.pool, [{ repositoryId: String(ids.get(name)), day, tag, count }]);
}

test('counts repositories by kind', async () => {
  expect((await load()).kinds).toEqual([
    { kind: 'image', count: 2 },
    { kind: 'chart', count: 1 },
  ]);
  const nobody = await site.createUser();
  const { kinds, pins, pullDays, pullsThisWeek } = await load(nobody);
  expect({ kinds, pins, pullsThisWeek }).toEqual({ kinds: [], pins: [], pullsThisWeek: 0 });
  expect(pullDays).toHaveLength(91);
});

test('sums the pulls of all repositories and tags by day, and those of the last seven days', async () => {
  await pull('app', '2025-12-30', 1_000);
  await pull('app', '2025-12-31', 1);
  await pull('app', '2026-03-24', 20);
  await pull('app', '2026-03-25', 300);
  await pull('app', '2026-03-31', 4_000);
  await pull('app', '2026-03-31', 50_000, '');
  await pull('charts/deploy', '2026-03-31', 600_000);
  await pull('foreign', '2026-03-31', 9);
  const { pullDays, pullsThisWeek } = await load();
  expect(pullDays[0]).toEqual({ day: '2025-12-31', count: 1 });
  expect(pullDays.at(-1)).toEqual({ day: '2026-03-31', count: 654_000 });
  expect(pullDays.reduce((sum, { count }) => sum + count, 0)).toBe(654_321);
  expect(pullsThisWeek).toBe(654_300);
});

test('shows pins in order, and hides a private repository and its pulls at once', async () => {
  const publisher = await getPublisherPage(site.app, owner.alias);
  const { caller, alias } = owner;
  const registryKey = publisher?.id ?? 0n;
  await updateRegistryProfile(site.app, { caller, registryKey, pins: ['worker', 'charts/deploy', 'app'] });
  const names = async () => (await load()).pins.map(({ name }) => name);
  expect(await names()).toEqual(['worker', 'charts/deploy', 'app']);
  await updateCatalogData(site.app, { caller, fullName: `${alias}/charts/deploy`, visibility: 'private' });
  expect(await names()).toEqual(['worker', 'app']);
  expect((await load()).pullsThisWeek).toBe(54_300);
  expect((await load()).kinds).toEqual([{ kind: 'image', count: 2 }]);
});

test('a pin of a repository that moved to another registry is ignored', async () => {
  const away = ids.get('app') ?? 0n;
  const [from, to] = [await getPublisherPage(site.app, owner.alias), await getPublisherPage(site.app, other.alias)];
  await site.app.db.repository.update({ where: { id: away }, data: { registryKey: to?.id ?? 0n } });
  await indexRepository(site.app, { repositoryId: String(away) });
  expect((await load()).pins.map(({ name }) => name)).toEqual(['worker']);
  expect((await load(other)).pins).toEqual([]);
  expect(from?.id).not.toBe(to?.id);
});
