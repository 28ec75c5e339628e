// Committed changes have audit rows and reactions, and rolled back changes have neither. Tested with random histories and a killed worker.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import type { AnyTx } from '#lib/platform/pg/run-statement.ts';
import { inTransaction } from '#lib/platform/pg/transaction.ts';
import { runWorker } from '#lib/platform/jobs/run-worker.ts';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { clearJobs, readJobs } from '#lib/testing/queued-jobs.ts';
import type { RecordedChange } from './event-types.ts';
import { announce, changeInsert, recordChange, recordFor } from './record-change.ts';
import { SUBSCRIBERS, type Subscriber } from './subscribers.ts';

const EACH = 'tell-each';
/** Adds a subscriber like a webhook. */
const PLANTED: Subscriber[] = [
  ...SUBSCRIBERS,
  { on: ['tag.create', 'repository.pin'], job: EACH, per: 'event' } satisfies Subscriber<
    'tag.create' | 'repository.pin'
  >,
];

let site: TestApp;
let owner: TestUser;
let repositories: { id: bigint; fullName: string; registryKey: bigint }[];
beforeAll(async () => {
  site = await createTestApp();
  owner = await site.createUser();
  const { caller, alias } = owner;
  repositories = [];
  for (const name of ['one', 'two', 'three']) {
    const { id, fullName, registryKey } = await createRepository(site.app, { caller, alias, name });
    repositories.push({ id, fullName, registryKey });
  }
});
afterAll(() => site.close());
beforeEach(async () => {
  await clearJobs(site.app);
  await site.app.pool.query('DELETE FROM audit_events');
});

class RolledBack extends Error {}

/** Commits or rolls back a transaction of Prisma or, if `isRaw`, of pg. */
async function transact({ isRaw, commits }: { isRaw: boolean; commits: boolean }, work: (tx: AnyTx) => Promise<void>) {
  const both = async (tx: AnyTx) => {
    await work(tx);
    if (!commits) throw new RolledBack();
  };
  const { db, pool } = site.app;
  const done = isRaw ? inTransaction(pool, both) : db.$transaction((tx: DbOrTx) => both(tx));
  await done.catch((error: unknown) => {
    if (!(error instanceof RolledBack)) throw error;
  });
}

const readEvents = () =>
  site.app.db.auditEvent.findMany({ orderBy: { id: 'asc' }, select: { id: true, action: true, target: true } });

const step = fc.record({
  type: fc.constantFrom('tag.create' as const, 'repository.pin' as const, 'repository.set-logo' as const),
  of: fc.nat({ max: 2 }),
});
const history = fc.array(
  fc.record({ isRaw: fc.boolean(), commits: fc.boolean(), steps: fc.array(step, { minLength: 1, maxLength: 4 }) }),
  { maxLength: 8 },
);

function toChange({
  type,
  of,
}: {
  type: 'tag.create' | 'repository.pin' | 'repository.set-logo';
  of: number;
}): RecordedChange {
  const { id, fullName, registryKey } = repositories[of] ?? { id: 0n, fullName: '', registryKey: 0n };
  const shared = { caller: owner.caller, registryKey };
  const resource = { repositoryId: id, name: fullName };
  switch (type) {
    case 'tag.create':
      return { ...shared, type, resource: { ...resource, tag: 'v1' }, after: { digest: 'sha256:1' } };
    case 'repository.set-logo':
      return { ...shared, type, resource, before: { logo: null }, after: { logo: 'x' } };
    case 'repository.pin':
      return { ...shared, type, resource };
  }
}

test('exactly the committed changes of random histories have rows and reactions', async () => {
  await fc.assert(
    fc.asyncProperty(history, async (transactions) => {
      await clearJobs(site.app);
      await site.app.pool.query('DELETE FROM audit_events');
      for (const transaction of transactions) {
        await transact(transaction, (tx) => recordFor(PLANTED, tx, transaction.steps.map(toChange)));
      }
      const committed = transactions.filter(({ commits }) => commits).flatMap(({ steps }) => steps);
      const events = await readEvents();
      expect(events.map(({ action }) => action)).toEqual(committed.map(({ type }) => type));
      const expected = events
        .filter(({ action }) => action !== 'repository.set-logo')
        .map(({ id }) => ({ eventId: String(id) }));
      expect(await readJobs(site.app, EACH)).toEqual(expected);
      const changed = new Set(
        committed.filter(({ type }) => type !== 'repository.pin').map(({ of }) => String(repositories[of]?.id)),
      );
      const indexed = (await readJobs(site.app, 'index-repository')) as { repositoryId: string }[];
      expect(indexed.map(({ repositoryId }) => repositoryId).sort()).toEqual([...changed].sort());
    }),
    { numRuns: 40 },
  );
});

test('another worker runs the jobs of a killed one', async () => {
  for (let i = 0; i < 6; i += 1)
    await recordFor(PLANTED, site.app.db, [toChange({ type: 'repository.pin', of: i % 3 })]);
  const script = join(import.meta.dirname, '../testing/servers/hanging-worker.ts');
  const args = [script, site.app.config.databaseUrl ?? '', EACH];
  const doomed = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void doomed.kill('SIGKILL'));
  await once(doomed.stdout, 'data');
  doomed.kill('SIGKILL');
  const handled = new Set<string>();
  const handler = (payload: unknown) => Promise.resolve(void handled.add((payload as { eventId: string }).eventId));
  const { direct, log } = site.app;
  onTestFinished(await runWorker({ direct, log, handlers: { [EACH]: handler }, schedule: [] }));
  const events = (await readEvents()).map(({ id }) => String(id));
  await expect.poll(() => [...handled].sort(), { timeout: 20_000 }).toEqual(events.sort());
});

test('a registry change bumps the version of all its repositories and reindexes them', async () => {
  const { registryKey } = repositories[0] ?? { registryKey: 0n };
  const versions = () =>
    site.app.db.repository.findMany({
      where: { registryKey },
      select: { id: true, version: true },
      orderBy: { id: 'asc' },
    });
  const before = await versions();
  const change = { displayName: 'x' };
  await recordChange(site.app.db, {
    type: 'registry.update-profile',
    caller: SYSTEM_CALLER,
    registryKey,
    resource: { name: '1' },
    before: change,
    after: change,
  });
  expect(await versions()).toEqual(before.map(({ id, version }) => ({ id, version: version + 1 })));
  expect(await readJobs(site.app, 'index-repository')).toEqual(before.map(({ id }) => ({ repositoryId: String(id) })));
});

test('an occurrence has no audit row', async () => {
  await announce(site.app.db, { type: 'blob.cache', resource: { name: 'x' } });
  expect(await readJobs(site.app, 'evict-cached-blobs')).toEqual([{}]);
  expect(await readEvents()).toEqual([]);
});

test('changeInsert rejects changes with subscribers', () => {
  const condition = {} as Parameters<typeof changeInsert>[1];
  expect(() => changeInsert(toChange({ type: 'tag.create', of: 0 }), condition)).toThrow('tag.create has subscribers');
});
