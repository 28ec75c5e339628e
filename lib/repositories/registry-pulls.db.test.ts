import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { errorCode, isAppError } from '#lib/platform/errors.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createRepository } from './create-repository.ts';
import { deleteRepository } from './deletions/delete-repository.ts';
import { restoreDeletion } from './deletions/restore-deletion.ts';
import { liftQuarantine } from './moderation/lift-quarantine.ts';
import { quarantineRepository } from './moderation/quarantine-repository.ts';
import { acceptTransfer } from './moves/accept-transfer.ts';
import { offerTransfer } from './moves/offer-transfer.ts';
import { renameRepository } from './moves/rename-repository.ts';
import { addPulls } from './pull-counter.sql.ts';
import { updateCatalogData } from './update-catalog-data.ts';

const REPOSITORIES = 6;
const DAYS = ['2026-11-01', '2026-11-02', '2026-11-03'];
const ROUNDS = 60;
const AT_ONCE = 5;
const ROW_IS_GONE = ['P2003', 'P2025'];

let site: TestApp;
let admin: TestUser;
let owners: TestUser[];
beforeAll(async () => {
  site = await createTestApp();
  admin = await site.createUser({ role: 'admin' });
  owners = [await site.createUser(), await site.createUser()];
});
afterAll(() => site.close());

/** Reproducible numbers below `limit` (mulberry32). */
function createDice(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

async function readStored() {
  const rows = await site.app.db.registryPulls.findMany({ orderBy: [{ registryKey: 'asc' }, { day: 'asc' }] });
  return rows.map(({ registryKey, day, count }) => ({ registryKey, day: day.toISOString().slice(0, 10), count }));
}

async function computeSums() {
  const counts = await site.app.db.pullCount.findMany({
    where: { repository: { visibility: 'public', quarantinedAt: null } },
    include: { repository: { select: { registryKey: true } } },
  });
  const sums = new Map<string, { registryKey: bigint; day: string; count: bigint }>();
  for (const { repository, day: date, count } of counts) {
    const day = date.toISOString().slice(0, 10);
    const sum = sums.get(`${repository.registryKey} ${day}`);
    if (sum) sum.count += count;
    else sums.set(`${repository.registryKey} ${day}`, { ...repository, day, count });
  }
  return [...sums.values()].sort((a, b) => Number(a.registryKey - b.registryKey) || a.day.localeCompare(b.day));
}

async function findPlace(id: bigint): Promise<{ fullName: string; owner: TestUser; other: TestUser } | null> {
  const where = { repositories: { some: { id } } };
  const select = { primaryAlias: { select: { name: true } }, aliases: { select: { name: true } } };
  const registry = await site.app.db.registry.findFirst({ where, select });
  const repository = await site.app.db.repository.findUnique({ where: { id }, select: { name: true } });
  const owner = owners.find(({ alias }) => registry?.aliases.some(({ name }) => name === alias));
  const other = owners.find((one) => one !== owner);
  return owner && other && repository ? { fullName: `${owner.alias}/${repository.name}`, owner, other } : null;
}

const ids: bigint[] = [];
async function addRepository({ caller, alias }: TestUser, name: string): Promise<void> {
  const { id } = await createRepository(site.app, { caller, alias, name });
  ids.push(id);
}

type Dice = ReturnType<typeof createDice>;
const pick = <T>(dice: Dice, [...all]: Iterable<T>): T => all[dice(all.length)] as T;

const OPERATIONS: Record<string, (dice: Dice) => Promise<unknown>> = {
  pulls: async (dice) => {
    const rows = ids.flatMap((id) =>
      dice(2) === 0
        ? []
        : [{ repositoryId: String(id), day: pick(dice, DAYS), tag: pick(dice, ['', 'v1']), count: 1 + dice(9) }],
    );
    await addPulls(site.app.pool, rows);
  },
  visibility: (dice) =>
    atPlace(dice, ({ fullName, owner: { caller } }) =>
      updateCatalogData(site.app, { caller, fullName, visibility: pick(dice, ['public', 'private']) }),
    ),
  quarantine: (dice) =>
    atPlace(dice, ({ fullName }) =>
      quarantineRepository(site.app, { caller: admin.caller, fullName, reason: 'Under investigation.' }),
    ),
  lift: (dice) => atPlace(dice, ({ fullName }) => liftQuarantine(site.app, { caller: admin.caller, fullName })),
  rename: (dice) =>
    atPlace(dice, ({ fullName, owner: { caller } }) =>
      renameRepository(site.app, { caller, fullName, name: `renamed-${dice(1_000_000)}` }),
    ),
  transfer: (dice) =>
    atPlace(dice, async ({ fullName, owner, other }) => {
      const id = await offerTransfer(site.app, { caller: owner.caller, fullName, to: other.alias });
      await acceptTransfer(site.app, { caller: other.caller, id });
    }),
  delete: (dice) =>
    atPlace(dice, ({ fullName, owner: { caller } }) => deleteRepository(site.app, { caller, fullName })),
  restore: async (dice) => {
    const deletions = await site.app.db.deletion.findMany({ select: { id: true, registryKey: true } });
    if (deletions.length === 0) return 'none';
    const { id } = pick(dice, deletions);
    await restoreDeletion(site.app, { caller: admin.caller, id });
  },
  purge: async (dice) => {
    const id = pick(dice, ids);
    await site.app.db.$transaction(async (tx) => {
      // In the order of restoring.
      await tx.deletion.deleteMany({ where: { holdingId: id } });
      await tx.repository.deleteMany({ where: { id } });
    });
    const at = ids.indexOf(id);
    // Another one may have purged it meanwhile.
    if (at !== -1) ids.splice(at, 1);
    await addRepository(pick(dice, owners), `new-${dice(1_000_000)}`);
  },
};

async function atPlace(
  dice: Dice,
  work: (place: NonNullable<Awaited<ReturnType<typeof findPlace>>>) => Promise<unknown>,
) {
  const place = await findPlace(pick(dice, ids));
  return place ? work(place) : 'none';
}

test('the stored sums equal those of the counts after any operations, at once', async () => {
  const dice = createDice(16);
  for (let n = 0; n < REPOSITORIES; n += 1) await addRepository(pick(dice, owners), `app-${n}`);
  const done = new Map<string, number>();
  const run = async (name: string) => {
    await sleep(dice(5));
    try {
      if ((await OPERATIONS[name]?.(dice)) !== 'none') done.set(name, (done.get(name) ?? 0) + 1);
    } catch (error) {
      // Another operation was first: it changed the state or deleted the row.
      if (!isAppError(error) && !ROW_IS_GONE.includes(errorCode(error) ?? '')) throw error;
    }
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    const others = Array.from({ length: AT_ONCE - 2 }, () => run(pick(dice, Object.keys(OPERATIONS))));
    await Promise.all([run('pulls'), run('pulls'), ...others]);
    expect(await readStored(), `after round ${round}`).toEqual(await computeSums());
  }
  expect([...done.keys()].sort()).toEqual(Object.keys(OPERATIONS).sort());
  expect(await readStored()).not.toEqual([]);
  await site.app.db.repository.updateMany({ data: { visibility: 'private' } });
  expect(await readStored()).toEqual([]);
});
