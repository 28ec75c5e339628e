import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { refreshHome } from '#lib/gallery/jobs/refresh-home.ts';
import { indexRepository } from '#lib/gallery/jobs/index-repository.ts';
import { quarantineRepository } from '#lib/repositories/moderation/quarantine-repository.ts';
import { buildImage } from '#lib/testing/images/build-image.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { verifyPublisher } from '#lib/publishers/verification/verify-publisher.ts';
import { RecentResults } from '#lib/platform/concurrency/recent-results.ts';
import { findTrends, shareThatCounts } from './trends.ts';
import { readHome, type HomePage } from './read-home.ts';
import { listHomePicks, MAX_HOME_PICKS, setHomePicks } from './set-home-picks.ts';

let site: TestApp;
let admin: TestUser;
/** Published ten repositories, the last ones of all. */
let busy: TestUser;
let quiet: TestUser;
beforeAll(async () => {
  site = await createTestApp();
  admin = await site.createUser({ role: 'admin' });
  quiet = await site.createUser();
  busy = await site.createUser();
  await publish(quiet, 'calm');
  await publish(quiet, 'older');
  for (let number = 0; number < 10; number += 1) await publish(busy, `tool-${number}`);
});
afterAll(() => site.close());

async function publish(owner: TestUser, name: string): Promise<bigint> {
  const image = await buildImage({
    platform: { os: 'linux', architecture: 'amd64' },
    created: '2026-01-01T00:00:00Z',
    layers: [[{ path: 'name', content: name }]],
  });
  await createDistributionClient(site.url, owner.token).push(`${owner.alias}/${name}`, image, ['v1']);
  return index(owner, name);
}

async function index({ alias }: TestUser, name: string): Promise<bigint> {
  const where = { name, registry: { aliases: { some: { name: alias } } } };
  const { id } = await site.app.db.repository.findFirstOrThrow({ where });
  await indexRepository(site.app, { repositoryId: String(id) });
  return id;
}

async function countPulls(repositoryId: bigint, daysAgo: number, count: number): Promise<void> {
  const day = new Date(Date.now() - daysAgo * 86_400_000);
  await site.app.db.pullCount.create({ data: { repositoryId, day, tag: '', count } });
}

const freshCache = () => new RecentResults<HomePage>({ max: 1 });
const names = (hits: { alias: string; name: string }[]) => hits.map(({ alias, name }) => `${alias}/${name}`);

describe('the lists of repositories', () => {
  test('have one row of each publisher, newest first', async () => {
    const { updated, newest, total } = await readHome(site.app);
    expect(names(updated)).toEqual([`${busy.alias}/tool-9`, `${quiet.alias}/older`]);
    expect(names(newest)).toEqual([`${busy.alias}/tool-9`, `${quiet.alias}/older`]);
    expect(total).toBe(12);
  });

  test('show other publishers, however many repositories one has', async () => {
    const key = (await site.app.db.registry.findFirstOrThrow({ where: { aliases: { some: { name: busy.alias } } } }))
      .id;
    await site.app.pool.query(
      `WITH made AS (
         INSERT INTO repositories (registry_id, name, updated_at) SELECT $1, 'many-' || n, now() FROM generate_series(1, 250) n
         RETURNING id, name)
       INSERT INTO search_repositories (repository_id, registry_id, aliases, name, leaf, joined, display_name, primary_alias,
         publisher_name, description, operating_systems, architectures, kind, verified, signed, pull_count, popularity, pushed_at, words)
       SELECT made.id, registry_id, aliases, made.name, leaf, joined, display_name, primary_alias, publisher_name,
         description, operating_systems, architectures, kind, verified, signed, pull_count, popularity, now(), words
         FROM made, search_repositories s WHERE s.name = 'tool-9'`,
      [key],
    );
    const { updated, newest } = await readHome(site.app);
    expect(updated.map(({ alias }) => alias)).toEqual([busy.alias, quiet.alias]);
    expect(newest.map(({ alias }) => alias)).toEqual([busy.alias, quiet.alias]);
    await site.app.db.repository.deleteMany({ where: { name: { startsWith: 'many-' } } });
  });

  test('leave out a quarantined repository at once', async () => {
    await publish(quiet, 'bad');
    expect(names((await readHome(site.app)).updated)).toContain(`${quiet.alias}/bad`);
    await quarantineRepository(site.app, { ...admin, fullName: `${quiet.alias}/bad`, reason: 'Malware' });
    expect(names((await readHome(site.app)).updated)).not.toContain(`${quiet.alias}/bad`);
  });
});

describe('trending repositories', () => {
  test('are those with more pulls this week than in the weeks before', async () => {
    const [risen, steady, once] = await Promise.all([
      index(quiet, 'calm'),
      index(quiet, 'older'),
      index(busy, 'tool-1'),
    ]);
    for (const daysAgo of [8, 15, 22, 29]) await countPulls(steady, daysAgo, 5_000);
    await countPulls(steady, 1, 5_000);
    await countPulls(risen, 10, 40);
    await countPulls(risen, 1, 900);
    await countPulls(once, 2, 20);
    await countPulls(once, 40, 90_000);
    await refreshHome(site.app);
    const { trending } = await readHome({ ...site.app, home: freshCache() });
    expect(names(trending)).toEqual([`${quiet.alias}/calm`, `${busy.alias}/tool-1`]);
    expect(trending.map(({ pullsThisWeek }) => pullsThisWeek)).toEqual([900, 20]);
  });
});

describe('the pulls of a trend', () => {
  const logPulls = (name: string, clients: { address: string; count: number }[]) =>
    site.app.db.auditPull.createMany({
      data: clients.map(({ address, count }) => ({
        at: new Date(Date.now() - 3_600_000),
        lastAt: new Date(),
        count,
        registryKey: busyKey,
        fullName: `${busy.alias}/${name}`,
        repositoryName: name,
        actorLabel: 'anonymous',
        isMember: false,
        address,
      })),
    });
  let busyKey: bigint;
  beforeAll(async () => {
    const where = { aliases: { some: { name: busy.alias } } };
    busyKey = (await site.app.db.registry.findFirstOrThrow({ where })).id;
  });

  test('count by client, so that one client in a loop makes no trend', async () => {
    const [looped, spread, mixed] = await Promise.all([
      index(busy, 'tool-5'),
      index(busy, 'tool-6'),
      index(busy, 'tool-7'),
    ]);
    for (const id of [looped, mixed]) await countPulls(id, 0, 10_000);
    await countPulls(spread, 0, 300);
    await logPulls('tool-5', [
      { address: '2001:db8::1', count: 5_000 },
      { address: '2001:db8::2', count: 5_000 },
    ]);
    await logPulls(
      'tool-6',
      Array.from({ length: 100 }, (_, n) => ({ address: `198.51.100.${n}`, count: 3 })),
    );
    await logPulls('tool-7', [
      { address: '198.51.100.1', count: 9_960 },
      ...Array.from({ length: 20 }, (_, n) => ({ address: `203.0.113.${n}`, count: 2 })),
    ]);
    const found = (await findTrends(site.app.db, 100)).map(({ repositoryId }) => repositoryId);
    expect(found).not.toContain(looped);
    expect(found.indexOf(spread)).toBeLessThan(found.indexOf(mixed));
    expect(found).toContain(mixed);
    await site.app.db.pullCount.deleteMany({ where: { repositoryId: { in: [looped, spread, mixed] } } });
  });

  test.each<[string, week: number, clients: [client: string, pulls: number, rows?: number][], share: number]>([
    ['all without a log', 50, [], 1],
    [
      'none by two clients',
      2,
      [
        ['a', 1],
        ['b', 1],
      ],
      0,
    ],
    [
      'all by many clients',
      6,
      [
        ['a', 1],
        ['b', 2],
        ['c', 3],
      ],
      1,
    ],
    [
      'few by one client among others',
      1_000,
      [
        ['a', 980],
        ['b', 10],
        ['c', 10],
      ],
      0.03,
    ],
    ['those that are not logged', 100, [['a', 25]], 0.75],
    [
      'as in the sample of a long log',
      1_000_000,
      [
        ['a', 980, 498],
        ['b', 10],
        ['c', 10],
      ],
      0.03,
    ],
  ])('count: %s', (_what, week, clients, share) => {
    const rows = clients.map(([actorId, pulls, rows = 1]) => ({ actorId, address: null, pulls, rows }));
    expect(shareThatCounts(week, rows)).toBe(share);
  });
});

describe('verified publishers', () => {
  test('appear with the count of their repositories, and vanish with the badge', async () => {
    expect((await readHome(site.app)).newPublishers.map(({ alias }) => alias)).toContain(quiet.alias);
    const { registryId } = await site.app.db.registry.findFirstOrThrow({
      where: { aliases: { some: { name: quiet.alias } } },
    });
    await verifyPublisher(site.app, { ...admin, registryId, reason: 'Known' });
    for (const name of ['calm', 'older']) await index(quiet, name);
    await refreshHome(site.app);
    const read = async () => readHome({ ...site.app, home: freshCache() });
    expect(await read()).toMatchObject({ publishers: [{ alias: quiet.alias, repositoryCount: 2 }], newPublishers: [] });
    await verifyPublisher(site.app, { ...admin, registryId, reason: null });
    for (const name of ['calm', 'older']) await index(quiet, name);
    expect((await read()).publishers).toEqual([]);
  });
});

test('categories have the number of their public repositories', async () => {
  await site.app.db.repository.updateMany({ where: { name: 'calm' }, data: { categories: ['databases', 'security'] } });
  await site.app.db.repository.updateMany({ where: { name: 'tool-1' }, data: { categories: ['databases'] } });
  await Promise.all([index(quiet, 'calm'), index(busy, 'tool-1')]);
  await refreshHome(site.app);
  const { categories } = await readHome({ ...site.app, home: freshCache() });
  expect(categories).toEqual([
    { category: 'databases', repositories: 2 },
    { category: 'security', repositories: 1 },
  ]);
});

describe('picks', () => {
  test('appear in the chosen order, without those that are hidden', async () => {
    const picks = [`${busy.alias}/tool-3`, `${quiet.alias}/calm`, `${quiet.alias}/bad`];
    await setHomePicks(site.app, { ...admin, picks });
    expect(await listHomePicks(site.app)).toEqual(picks);
    expect(names((await readHome(site.app)).picks)).toEqual(picks.slice(0, 2));
    await setHomePicks(site.app, { ...admin, picks: [...picks].reverse() });
    expect(names((await readHome(site.app)).picks)).toEqual([`${quiet.alias}/calm`, `${busy.alias}/tool-3`]);
    const last = await site.app.db.auditEvent.findFirst({
      where: { action: 'site.set-picks' },
      orderBy: { id: 'desc' },
    });
    expect(last).toMatchObject({ before: { picks }, after: { picks: [...picks].reverse() } });
  });

  test('are public repositories, few, and chosen by admins', async () => {
    await site.app.db.repository.updateMany({ where: { name: 'tool-4' }, data: { visibility: 'private' } });
    const set = (picks: string[], { caller } = admin) => setHomePicks(site.app, { caller, picks });
    for (const name of ['no-such/thing', 'nonsense', `${busy.alias}/tool-4`]) {
      await expect(set([name])).rejects.toMatchObject({ code: 'invalid_input' });
    }
    const many = Array.from({ length: MAX_HOME_PICKS + 1 }, (_, at) => `${busy.alias}/tool-${at}`);
    await expect(set(many)).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(set([], quiet)).rejects.toMatchObject({ code: 'forbidden' });
    expect(await listHomePicks(site.app)).toHaveLength(3);
  });
});
