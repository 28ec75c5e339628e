// Runs pushes, mounts, tag moves, deletes, restores and garbage collection in any order, sequentially and concurrently,
// against a model of /v2. After each answer and after all of them, some state must explain them. In the end, no bytes
// are left. VITRINE_SOAK_SECONDS extends the run. VITRINE_MODEL_SEED repeats a run, except for the timing of concurrent
// requests.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { findOrder, type ModelEvent } from '#lib/testing/model/find-order.ts';
import { EMPTY, explain, type Collecting, type Op, type State } from '#lib/testing/model/distribution-model.ts';
import { BLOBS, REPOSITORIES, DistributionWorld, SHAPES, TAGS } from '#lib/testing/model/distribution-world.ts';
import { readStoredState } from '#lib/testing/stored-state.ts';

const SECONDS = Number(process.env.VITRINE_SOAK_SECONDS ?? 20) / 2;
const SEED = Number(process.env.VITRINE_MODEL_SEED ?? Date.now() % 1_000_000_000);
const TIMEOUT = { timeout: (SECONDS + 60) * 1000 };
const CLIENTS = 3;

const repo = fc.nat(REPOSITORIES - 1);
const blob = fc.nat(BLOBS - 1);
const tag = fc.nat(TAGS - 1);
const manifest = fc.nat(SHAPES.length - 1);
const always = <Word extends string>(word: Word) => fc.constant(word);

const simpleOp: fc.Arbitrary<Op> = fc.oneof(
  fc.record({ do: fc.constantFrom('push blob', 'head blob', 'get blob', 'delete blob'), repo, blob }),
  fc.record({ do: always('mount'), repo, from: repo, blob }),
  fc.record({ do: always('put manifest'), repo, manifest, tag: fc.option(tag) }),
  fc.record({ do: fc.constantFrom('get manifest', 'delete manifest'), repo, manifest }),
  fc.record({ do: always('list referrers'), repo, manifest: fc.constant(0) }),
  fc.record({ do: fc.constantFrom('get tag', 'delete tag'), repo, tag }),
  fc.record({ do: fc.constantFrom('list tags', 'delete repository'), repo }),
  fc.record({ do: always('restore'), deletion: fc.nat(5) }),
);
/** Pushes the blobs first, as clients do. Otherwise few manifests would find their blobs. */
const pushImage = fc
  .record({ repo, manifest, tag: fc.option(tag) })
  .map((asked): Op[] => [
    ...(SHAPES[asked.manifest]?.blobs ?? []).map((each): Op => ({ do: 'push blob', repo: asked.repo, blob: each })),
    { do: 'put manifest', ...asked },
  ]);
const pause: fc.Arbitrary<Op> = fc.oneof(
  fc.record({ do: always('let time pass') }),
  fc.record({ do: always('collect'), how: fc.constantFrom<Collecting>('patient', 'eager') }),
);

/** A client learns that a blob exists just before the blob would be collected. */
const remindOfBlob = fc
  .record({ do: fc.constantFrom('push blob', 'head blob', 'get blob'), repo, blob })
  .map((op): Op[] => [
    { ...op, do: 'push blob' },
    { do: 'let time pass' },
    op,
    { do: 'collect', how: 'patient' },
    { ...op, do: 'get blob' },
  ]);

const several = (arbitrary: fc.Arbitrary<Op[]>, maxLength: number, minLength = 0) =>
  fc.array(arbitrary, { minLength, maxLength, size: 'max' }).map((lists) => lists.flat());
const single = simpleOp.map((op) => [op]);
const anything = fc.oneof(
  { weight: 4, arbitrary: single },
  { weight: 2, arbitrary: pushImage },
  pause.map((op) => [op]),
  remindOfBlob,
);
const alone = several(anything, 30);
const before = several(anything, 8);
const together = several(fc.oneof({ weight: 3, arbitrary: single }, { weight: 1, arbitrary: pushImage }), 8, 3);

let site: TestApp;
let user: TestUser;
beforeAll(async () => {
  site = await createTestApp();
  user = await site.createUser();
});
afterAll(() => site.close());

/** Waits for the run in progress when time is up, so that it doesn't affect the next test. */
async function assertForSeconds<Given>(
  property: fc.IAsyncProperty<Given>,
  options: { endOnFailure: boolean },
): Promise<void> {
  const run = property.run.bind(property);
  let running: ReturnType<typeof run> = Promise.resolve(null);
  property.run = (given) => (running = run(given));
  await fc.assert(property, { ...options, seed: SEED, numRuns: 1_000_000, interruptAfterTimeLimit: SECONDS * 1000 });
  const last = await running;
  if (last && 'error' in last) throw last.error;
}

async function runAlone(world: DistributionWorld, ops: Op[]): Promise<State> {
  let state = EMPTY;
  const history: string[] = [];
  for (const op of ops) {
    const result = await world.run(op);
    history.push(`${JSON.stringify(op)} → ${result}`);
    const next = explain(SHAPES, state, op, result, null);
    if (!next) throw new Error(`not what the model says in ${JSON.stringify(state)}:\n${history.join('\n')}`);
    state = next;
  }
  return state;
}

async function expectNothingLeft(): Promise<void> {
  const { repositories, manifests, tags, links, blobs, uploads, blobFiles, stagedFiles } = await readStoredState(
    site.app,
  );
  const left = { repositories, manifests, tags, links, blobs, uploads, blobFiles, stagedFiles };
  expect(left).toEqual({
    repositories: 0,
    manifests: 0,
    tags: 0,
    links: 0,
    blobs: 0,
    uploads: 0,
    blobFiles: 0,
    stagedFiles: 0,
  });
}

test('sequential requests match the model, and nothing is left in the end', TIMEOUT, async () => {
  const tally = { runs: 0, ops: 0 };
  const property = fc.asyncProperty(alone, async (ops) => {
    const world = new DistributionWorld(site, user);
    await runAlone(world, [...ops, ...world.listQuestions()]).finally(() => world.end());
    await expectNothingLeft();
    tally.runs += 1;
    tally.ops += ops.length;
  });
  await assertForSeconds(property, { endOnFailure: false });
  console.log(`model, one after the other: ${JSON.stringify({ seed: SEED, ...tally })}`);
  expect(tally.runs).toBeGreaterThan(0);
});

test('for concurrent requests and garbage collection, some order explains all answers', TIMEOUT, async () => {
  const tally = { runs: 0, ops: 0, collections: 0 };
  const how = fc.constantFrom<Collecting>('patient', 'eager');
  const lists = fc.array(together, { minLength: CLIENTS, maxLength: CLIENTS });
  const property = fc.asyncProperty(before, how, lists, async (first, collecting, clients) => {
    const world = new DistributionWorld(site, user);
    const start = await runAlone(world, first);
    const events: ModelEvent<Op>[] = [];
    const ask = async (op: Op) => {
      // Later deletions have no number yet.
      if (op.do === 'restore' && op.deletion >= world.deletionIds.length) return;
      const startedAt = performance.now();
      const result = await world.ask(op);
      events.push({ op, result, startedAt, endedAt: performance.now() });
    };
    const askAll = async (ops: Op[]) => {
      for (const op of ops) await ask(op);
    };
    let isDone = false;
    const collectAllTheTime = async () => {
      for (; !isDone; tally.collections += 1) await world.collect(collecting, tally.collections % 3 === 0);
    };
    await world.collect(collecting);
    const working = Promise.all(clients.map(askAll)).finally(() => (isDone = true));
    await Promise.all([working, collectAllTheTime()]);
    tally.ops += events.length;
    await askAll(world.listQuestions());
    const found = findOrder(events, start, (state, op, result) => explain(SHAPES, state, op, result, collecting));
    if (!found) throw new Error(`no order explains this:\n${describe(start, collecting, events)}`);
    await world.end();
    await expectNothingLeft();
    tally.runs += 1;
  });
  await assertForSeconds(property, { endOnFailure: true });
  console.log(`model, at the same time: ${JSON.stringify({ seed: SEED, ...tally })}`);
  expect(tally.runs).toBeGreaterThan(0);
});

function describe(start: State, collecting: Collecting, events: ModelEvent<Op>[]): string {
  const lines = events.map(({ op, result, startedAt, endedAt }) => {
    return `${startedAt.toFixed(1)}–${endedAt.toFixed(1)} ${JSON.stringify(op)} → ${result}`;
  });
  return [`${collecting} collection, beginning with ${JSON.stringify(start)}`, ...lines].join('\n');
}
