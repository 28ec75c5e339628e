import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { indexRepository } from './index-repository.ts';
import { buildImage } from '#lib/testing/images/build-image.ts';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { clearJobs, takeJobs } from '#lib/testing/queued-jobs.ts';
import { enqueueJob } from '#lib/platform/jobs/enqueue-job.ts';
import { runWorker } from '#lib/platform/jobs/run-worker.ts';
import { isSearchCurrent } from '#lib/gallery/rebuild-search.ts';
import { refreshSearch } from './refresh-search.ts';

const BATCH = 2;
const NAMES = ['one', 'two', 'three', 'four', 'five'];
const SOON = { timeout: 30_000, interval: 100 };

let site: TestApp;
const ids: bigint[] = [];
beforeAll(async () => {
  site = await createTestApp();
  const { alias, token } = await site.createUser();
  const image = await buildImage({
    platform: { os: 'linux', architecture: 'amd64' },
    created: '2026-01-01T00:00:00Z',
    layers: [],
  });
  for (const name of NAMES) {
    await createDistributionClient(site.url, token).push(`${alias}/${name}`, image, ['1']);
    ids.push((await site.app.db.repository.findFirstOrThrow({ where: { name } })).id);
  }
  for (const id of ids) await indexRepository(site.app, { repositoryId: String(id) });
});
afterAll(() => site.close());

/** As an upgrade finds them: without documents, and of other rules. */
beforeEach(async () => {
  await site.app.db.searchRepository.deleteMany();
  await site.app.db.searchState.deleteMany();
  await clearJobs(site.app);
});

/** Runs the only step that is queued, as a process that has started since then would. */
async function takeStep(app = site.app): Promise<void> {
  const steps = await takeJobs(site.app, 'refresh-search');
  expect(steps).toHaveLength(1);
  await refreshSearch(app, steps[0], BATCH);
}

async function indexed(): Promise<string[]> {
  const rows = await site.app.db.searchRepository.findMany({ orderBy: { repositoryId: 'asc' } });
  return rows.map(({ name }) => name);
}

const otherRules = () => ({ ...site.app, config: { ...site.app.config, publisherBranding: 'everyone' as const } });

test('continues with the next step after a restart', async () => {
  await refreshSearch(site.app, {}, BATCH);
  expect(await indexed()).toEqual(['one', 'two']);
  await site.app.db.searchRepository.deleteMany();
  await refreshSearch(site.app, {}, BATCH);
  expect(await indexed()).toEqual(['three', 'four']);
  expect(await isSearchCurrent(site.app)).toBe(false);
  await takeStep();
  expect(await indexed()).toEqual(['three', 'four', 'five']);
  expect(await isSearchCurrent(site.app)).toBe(true);
  expect(await takeJobs(site.app, 'refresh-search')).toEqual([]);
});

test('two processes that take the same step continue with one', async () => {
  await Promise.all([refreshSearch(site.app, {}, BATCH), refreshSearch(site.app, {}, BATCH)]);
  await takeStep();
  await takeStep();
  expect(await indexed()).toEqual(NAMES);
  expect(await isSearchCurrent(site.app)).toBe(true);
});

test('a change during a step is not lost', async () => {
  const { db } = site.app;
  const [id = 0n] = ids;
  let step = Promise.resolve();
  let change = Promise.resolve();
  const waiting = async () =>
    (
      await site.app.pool.query(`SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`)
    ).rowCount;
  await db.$transaction(
    async (tx) => {
      // Stops the step after it has read the catalog, when it wants to write.
      await tx.$executeRaw`LOCK TABLE search_repositories IN EXCLUSIVE MODE`;
      step = refreshSearch(site.app, {}, BATCH);
      await expect.poll(waiting).toBe(1);
      await db.repository.update({ where: { id }, data: { description: 'changed' } });
      change = indexRepository(site.app, { repositoryId: String(id) });
      await expect.poll(waiting).toBe(2);
    },
    { timeout: 30_000 },
  );
  await Promise.all([step, change]);
  const document = await db.searchRepository.findUniqueOrThrow({ where: { repositoryId: id } });
  expect(document.description).toBe('changed');
});

test('waits while many jobs are due', async () => {
  await site.app.pool.query(`SELECT graphile_worker.add_job('other', '{}') FROM generate_series(1, 20)`);
  await refreshSearch(site.app, {}, BATCH);
  expect(await indexed()).toEqual([]);
  await takeJobs(site.app, 'other');
  await takeStep();
  expect(await indexed()).toEqual(['one', 'two']);
});

test('leaves the steps of other rules to a process that has them, until another process starts', async () => {
  await refreshSearch(site.app, {}, BATCH);
  await takeStep(otherRules());
  expect(await indexed()).toEqual(['one', 'two']);
  await takeStep();
  expect(await indexed()).toEqual(['one', 'two', 'three', 'four']);
  await refreshSearch(otherRules(), {}, BATCH);
  const [later] = await takeJobs(site.app, 'refresh-search');
  await refreshSearch(site.app, { rules: 'version 0' }, BATCH);
  expect(await takeJobs(site.app, 'refresh-search')).toEqual([]);
  await refreshSearch(otherRules(), later, BATCH);
  await takeStep(otherRules());
  expect(await isSearchCurrent(otherRules())).toBe(true);
});

test('two workers finish it beside each other', async () => {
  const { db, direct, log } = site.app;
  const handlers = { 'refresh-search': (payload: unknown) => refreshSearch(site.app, payload, BATCH) };
  await enqueueJob(db, 'refresh-search', {}, { key: 'refresh-search' });
  const start = () => runWorker({ direct, log, handlers, schedule: [] });
  const stops = await Promise.all([start(), start()]);
  try {
    await expect.poll(() => isSearchCurrent(site.app), SOON).toBe(true);
    expect(await indexed()).toEqual(NAMES);
  } finally {
    for (const stop of stops) await stop();
  }
});
