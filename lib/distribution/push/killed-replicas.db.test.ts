// Kills two replicas at random while clients push the same blobs. The replicas share one database and one store. Chunks
// go to either replica, some of them twice or with wrong bytes, alongside deletes and garbage collection. Acknowledged
// blobs stay, and no stored blob ever has wrong bytes. VITRINE_SOAK_SECONDS extends the run. VITRINE_MODEL_SEED repeats
// the choices, but not their timing.
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { blobOf, buildManifest, type BuiltManifest } from '#lib/testing/images/build-image.ts';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { basic, createRawClient, sha256, type Answer, type RawClient } from '#lib/testing/servers/raw-http.ts';
import { collectGarbage } from '#lib/distribution/garbage/collect-garbage.ts';
import { verifyStore } from '#lib/distribution/integrity/verify-store.ts';

const SECONDS = Number(process.env.VITRINE_SOAK_SECONDS ?? 15);
const SEED = Number(process.env.VITRINE_MODEL_SEED ?? Date.now() % 1_000_000_000);
const REPOSITORIES = 4;
const CHUNKS = 4;
const CHUNK_BYTES = 120_000;
const LAYER_TYPE = 'application/vnd.oci.image.layer.v1.tar';
const CONFIG_TYPE = 'application/vnd.oci.image.config.v1+json';

const CONFIG = '{"os":"linux"}';
const BLOBS = ['a', 'b', 'c'].map((char) => Buffer.from(char.repeat(CHUNK_BYTES * CHUNKS)));
const IMAGES: BuiltManifest[] = BLOBS.map((bytes) =>
  buildManifest({ config: blobOf(CONFIG_TYPE, CONFIG), layers: [blobOf(LAYER_TYPE, bytes)] }),
);

const replica = fc.nat(1);
const chunk = fc.record({ to: replica, trouble: fc.constantFrom(...Array<string>(8).fill('none'), 'twice', 'wrong') });
const act = fc.record({
  blob: fc.nat(BLOBS.length - 1),
  delayMs: fc.nat(60),
  does: fc.constantFrom('push', 'push', 'push', 'delete'),
  chunks: fc.array(chunk, { minLength: CHUNKS, maxLength: CHUNKS }),
  end: replica,
});
const round = fc.record({
  acts: fc.array(act, { minLength: REPOSITORIES, maxLength: REPOSITORIES }),
  kill: fc.option(fc.record({ replica, afterMs: fc.nat(250) })),
  collectAfterMs: fc.array(fc.nat(200), { maxLength: 3 }),
});
type Act = typeof act extends fc.Arbitrary<infer Value> ? Value : never;
type Round = typeof round extends fc.Arbitrary<infer Value> ? Value : never;
/** Without failures, so every push must be acknowledged. */
const QUIET: Round = {
  acts: Array.from({ length: REPOSITORIES }, (_, i) => ({
    blob: i % BLOBS.length,
    delayMs: 0,
    does: 'push',
    end: i % 2,
    chunks: Array.from({ length: CHUNKS }, (_chunk, at) => ({ to: at % 2, trouble: 'none' })),
  })),
  kill: null,
  collectAfterMs: [],
};
type Replica = { child: ChildProcess; client: RawClient };

let site: TestApp;
let names: string[];
let authorization: string;
let replicas: Replica[];
/** The blobs that each repository is sure to have. */
const acknowledged = Array.from({ length: REPOSITORIES }, () => new Set<number>());
const tally = { pushed: 0, deleted: 0, refused: 0, killed: 0, checked: 0 };

beforeAll(async () => {
  site = await createTestApp();
  site.app.config.gcGraceSeconds = 0;
  const ada = await site.createUser();
  names = Array.from({ length: REPOSITORIES }, (_, i) => `${ada.alias}/tool-${i}`);
  authorization = basic(ada.token);
  replicas = [await startReplica(), await startReplica()];
});
afterAll(async () => {
  for (const { child } of replicas) await end(child);
  await site.close();
});

async function startReplica(): Promise<Replica> {
  const { databaseUrl, dataDir } = site.app.config;
  const env = { ...process.env, DATABASE_URL: databaseUrl ?? '', DATA_DIR: dataDir, SEALED_STORAGE: '0' };
  const path = join(import.meta.dirname, '../../testing/servers/replica-process.ts');
  const child = spawn(process.execPath, [path], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const died = once(child, 'exit').then(([code]) => Promise.reject(new Error(`a replica did not start: ${code}`)));
  const [port] = (await Promise.race([once(child.stdout, 'data'), died])) as [Buffer];
  died.catch(() => undefined);
  return { child, client: createRawClient(`http://127.0.0.1:${port.toString().trim()}`, authorization) };
}

async function end(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

/** Null: the replica died, and the outcome is unknown. */
async function ask(to: number, ...[method, path, options]: Parameters<RawClient['send']>): Promise<Answer | null> {
  return (replicas[to]?.client.send(method, path, options) ?? Promise.resolve(null)).catch(() => null);
}

async function pushBlob(name: string, bytes: Buffer, { chunks, end: last }: Act): Promise<boolean> {
  const begun = await ask(last, 'POST', `/v2/${name}/blobs/uploads/`);
  const location = begun?.headers.location;
  if (begun?.status !== 202 || !location) return false;
  for (const [i, { to, trouble }] of chunks.entries()) {
    const start = i * CHUNK_BYTES;
    const body = bytes.subarray(start, start + CHUNK_BYTES);
    const headers = { 'content-range': `${start}-${start + body.length - 1}` };
    const other = trouble === 'wrong' ? Buffer.alloc(body.length, 'x') : body;
    await Promise.all([
      ask(to, 'PATCH', location, { headers, body }),
      ...(trouble === 'none' ? [] : [ask(1 - to, 'PATCH', location, { headers, body: other })]),
    ]);
  }
  return (await ask(last, 'PUT', `${location}?digest=${sha256(bytes)}`))?.status === 201;
}

async function push(repository: number, asked: Act): Promise<void> {
  const name = names[repository] ?? '';
  const bytes = BLOBS[asked.blob];
  const image = IMAGES[asked.blob];
  if (!bytes || !image) return;
  const config = `/v2/${name}/blobs/uploads/?digest=${sha256(CONFIG)}`;
  const isThere = (await pushBlob(name, bytes, asked)) && (await ask(asked.end, 'POST', config, { body: CONFIG }));
  const headers = { 'content-type': image.mediaType };
  const path = `/v2/${name}/manifests/v${asked.blob}`;
  const answer = isThere ? await ask(asked.end, 'PUT', path, { headers, body: image.bytes }) : null;
  if (answer?.status === 201) {
    acknowledged[repository]?.add(asked.blob);
    tally.pushed += 1;
  } else tally.refused += 1;
}

async function remove(repository: number, { blob, end: to }: Act): Promise<void> {
  const name = names[repository] ?? '';
  acknowledged[repository]?.delete(blob);
  await ask(to, 'DELETE', `/v2/${name}/manifests/${IMAGES[blob]?.digest}`);
  // Expire the deletion, so that its blobs are garbage at once.
  await site.app.db.deletion.updateMany({ data: { deletedAt: new Date(0) } });
  await ask(to, 'DELETE', `/v2/${name}/blobs/${sha256(BLOBS[blob] ?? '')}`);
  tally.deleted += 1;
}

async function play({ acts, kill, collectAfterMs }: Round): Promise<void> {
  await Promise.all([
    ...acts.map(async (asked, repository) => {
      await sleep(asked.delayMs);
      await (asked.does === 'push' ? push(repository, asked) : remove(repository, asked));
    }),
    ...collectAfterMs.map(async (ms) => {
      await sleep(ms);
      await collectGarbage(site.app, { isThorough: true, isConfirmed: true });
    }),
    (async () => {
      const victim = kill === null ? undefined : replicas[kill.replica];
      if (!kill || !victim) return;
      await sleep(kill.afterMs);
      await end(victim.child);
      tally.killed += 1;
      replicas[kill.replica] = await startReplica();
    })(),
  ]);
  await check();
}

async function check(): Promise<void> {
  for (const [repository, blobs] of acknowledged.entries()) {
    for (const blob of blobs) {
      for (const to of [0, 1]) {
        const answer = await ask(to, 'GET', `/v2/${names[repository]}/blobs/${sha256(BLOBS[blob] ?? '')}`);
        const isWhole = answer?.body.equals(BLOBS[blob] ?? Buffer.alloc(0));
        expect({ repository, blob, status: answer?.status, isWhole }).toMatchObject({ status: 200, isWhole: true });
        tally.checked += 1;
      }
    }
  }
  const folder = join(site.app.config.dataDir, 'blobs', 'sha256');
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    // The file may be collected after it was listed.
    const bytes = await readFile(join(entry.parentPath, entry.name)).catch(() => null);
    if (bytes) expect(createHash('sha256').update(bytes).digest('hex')).toBe(entry.name);
  }
}

test('no acknowledged blob is lost when a replica is killed', { timeout: (SECONDS + 90) * 1000 }, async () => {
  await play(QUIET);
  expect(tally).toMatchObject({ pushed: REPOSITORIES, refused: 0 });
  // Keep the round in progress when time is up, to wait for it.
  let running: Promise<void> = Promise.resolve();
  await fc.assert(
    fc.asyncProperty(round, (asked) => (running = play(asked))),
    {
      seed: SEED,
      numRuns: 1_000_000,
      endOnFailure: true,
      interruptAfterTimeLimit: SECONDS * 1000,
      markInterruptAsFailure: false,
    },
  );
  await running;
  console.log(`replicas killed, ${SECONDS} s, seed ${SEED}: ${JSON.stringify(tally)}`);
  expect(await verifyStore(site.app)).toMatchObject({ missing: 0, wrongSize: 0, unlinked: 0 });
});
