// Drains and kills replicas while clients push and pull. VITRINE_SOAK_SECONDS extends the run.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { basic, createRawClient, sha256 } from '#lib/testing/servers/raw-http.ts';
import { findProgram } from '../find-program.ts';
import { cleanUp, createSitePublisher, newFolder, type SitePublisher } from '../start/site-process.ts';
import { startReplicaSet, type Replica, type ReplicaSet } from './replica-set.ts';
import { startLoad } from './skopeo-load.ts';

const absent = ['nginx', 'skopeo'].filter((program) => findProgram(program) === null);
const title = (text: string) => (absent.length > 0 ? `${text} (skipped: ${absent.join(' and ')} not installed)` : text);

/** Split evenly between draining and killing. Without it, each replica is drained once and killed once. */
const SOAK_MS = Number(process.env.VITRINE_SOAK_SECONDS ?? 0) * 1_000;
const TIMEOUT = { timeout: SOAK_MS + 300_000 };
const CLIENTS = 3;
const CHUNKS = 9;
const CHUNK_BYTES = 300_000;

describe.skipIf(absent.length > 0)('three replicas behind nginx', () => {
  let set: ReplicaSet;
  let publisher: SitePublisher;

  beforeAll(async () => {
    set = await startReplicaSet();
    publisher = await createSitePublisher(set.replicas[0]?.url ?? '', set.dataDir, {
      env: { DATABASE_URL: set.databaseUrl },
    });
  }, 240_000);

  afterAll(async () => {
    await set.stop();
    await cleanUp();
  }, 60_000);

  const load = (mayRetry: boolean) => {
    const { alias, secret } = publisher;
    const options = { ...set, secret, repository: `${alias}/load`, folder: newFolder(), clients: CLIENTS };
    return startLoad(options, { mayRetry });
  };

  const forEachReplica = async (work: (replica: Replica) => Promise<void>) => {
    const endAt = performance.now() + SOAK_MS / 2;
    do {
      for (const replica of set.replicas) {
        await sleep(1_000);
        await work(replica);
      }
    } while (performance.now() < endAt);
  };

  test(title('chunks of one upload sent to them in turn become one blob, which all of them serve'), async () => {
    const { alias, secret } = publisher;
    const clients = set.replicas.map(({ url }) => createRawClient(url, basic(secret)));
    const send = (i: number, ...args: Parameters<ReturnType<typeof createRawClient>['send']>) =>
      (clients[i % clients.length] as (typeof clients)[number]).send(...args);
    const bytes = randomBytes(CHUNKS * CHUNK_BYTES);
    const begun = await send(0, 'POST', `/v2/${alias}/chunks/blobs/uploads/`);
    const path = begun.headers.location?.replace(/^https?:\/\/[^/]+/, '') ?? '';
    for (let i = 0; i < CHUNKS; i += 1) {
      const start = i * CHUNK_BYTES;
      const headers = { 'content-range': `${start}-${start + CHUNK_BYTES - 1}` };
      const body = bytes.subarray(start, start + CHUNK_BYTES);
      const answer = await send(i, 'PATCH', path, { headers, body });
      expect([answer.status, answer.headers.range]).toEqual([202, `0-${start + CHUNK_BYTES - 1}`]);
    }
    const digest = sha256(bytes);
    expect((await send(CHUNKS, 'PUT', `${path}?digest=${digest}`)).status).toBe(201);
    for (let i = 0; i < clients.length; i += 1) {
      const { status, body } = await send(i, 'GET', `/v2/${alias}/chunks/blobs/${digest}`);
      expect([status, body.equals(bytes)]).toEqual([200, true]);
    }
  });

  test(title('can be drained and restarted under load without a failed push or pull'), TIMEOUT, async () => {
    const running = load(false);
    await forEachReplica(set.restart);
    const tally = await running.end();
    console.log(`replicas drained: ${JSON.stringify(tally)}`);
    expect(tally.errors).toEqual([]);
    expect(tally.pulls).toBeGreaterThan(0);
  });

  test(title('can be killed under load, and retries succeed'), TIMEOUT, async () => {
    const running = load(true);
    await forEachReplica(set.kill);
    const tally = await running.end();
    console.log(`replicas killed: ${JSON.stringify(tally)}`);
    expect(tally.errors).toEqual([]);
    expect(tally.pulls).toBeGreaterThan(0);
  });

  test(title('leave rows and store consistent'), async () => {
    const verified = JSON.parse(await publisher.cli('verify', '--json')) as Record<string, unknown>;
    expect(verified).toMatchObject({ ok: true, missing: 0, wrongSize: 0, unlinked: 0 });
  });
});
