// Drains and kills replicas on PostgreSQL, S3 and Meilisearch while clients push and pull. VITRINE_SOAK_SECONDS extends the run.
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { basic, createRawClient, sha256 } from '#lib/testing/servers/raw-http.ts';
import { buildTar } from '#lib/testing/images/build-image.ts';
import { findS3Server } from '#lib/testing/s3/start-s3.ts';
import { dockerAbsent, startDocker } from '../clients/docker-daemon.ts';
import { findProgram } from '../find-program.ts';
import { cleanUp, createSitePublisher, newFolder, type SitePublisher } from '../start/site-process.ts';
import { startReplicaSet, type Replica, type ReplicaSet } from './replica-set.ts';
import { startLoad, type Load } from './skopeo-load.ts';

const noS3 = (await findS3Server()).absent;
const absent = ['nginx', 'skopeo']
  .filter((program) => findProgram(program) === null)
  .map((program) => `${program} is not installed`)
  .concat(noS3 ?? []);
const title = (text: string) => (absent.length > 0 ? `${text} (skipped: ${absent.join(', ')})` : text);
const noDocker = dockerAbsent();

/** Of draining, and again of killing. Each replica is drained and killed once at least. */
const DRAIN_MS = Number(process.env.VITRINE_SOAK_SECONDS ?? 0) * 1_000;
const KILL_MS = Number(process.env.VITRINE_SOAK_SECONDS ?? 60) * 1_000;
const TIMEOUT = { timeout: KILL_MS + 240_000 };
const CLIENTS = 3;
/** From one kill to the next, at least. A replica needs most of it to start. */
const KILL_EVERY_MS = 10_000;
const CHUNKS = 9;
const CHUNK_BYTES = 300_000;

type Descriptor = { digest: string };
/** A manifest or an index. */
type Document = { config?: Descriptor; layers?: Descriptor[]; manifests?: Descriptor[] };

describe.skipIf(absent.length > 0)('three replicas behind nginx', () => {
  let set: ReplicaSet;
  let publisher: SitePublisher;

  beforeAll(async () => {
    set = await startReplicaSet();
    publisher = await createSitePublisher(set.replicas[0]?.url ?? '', set.dataDir, {
      env: set.settings,
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

  type Pace = { forMs: number; everyMs: number };
  const forEachReplica = async ({ forMs, everyMs }: Pace, work: (replica: Replica) => Promise<void>) => {
    const endAt = performance.now() + forMs;
    do {
      for (const replica of set.replicas) {
        await Promise.all([sleep(everyMs), sleep(1_000).then(() => work(replica))]);
      }
    } while (performance.now() < endAt);
  };

  /** Lists what isn't there as it was pushed. */
  const findLost = async ({ acknowledged }: Load) => {
    const { send } = createRawClient(set.replicas[1]?.url ?? '', basic(publisher.secret));
    const path = `/v2/${publisher.alias}/load`;
    const lost: string[] = [];
    const check = async (reference: string, digest: string) => {
      const { body } = await send('GET', `${path}/${reference}`);
      if (sha256(body) !== digest) return void lost.push(reference);
      const document = reference.startsWith('manifests/') ? (JSON.parse(body.toString()) as Document) : {};
      const blobs = [...(document.layers ?? []), ...(document.config ? [document.config] : [])];
      for (const blob of blobs) await check(`blobs/${blob.digest}`, blob.digest);
      for (const child of document.manifests ?? []) await check(`manifests/${child.digest}`, child.digest);
    };
    for (const [tag, digest] of acknowledged) await check(`manifests/${tag}`, digest);
    return lost;
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
      const { status, headers, body } = await send(i, 'GET', `/v2/${alias}/chunks/blobs/${digest}`);
      // The first replica redirects to the bucket.
      const served = status === 307 ? await (await fetch(headers.location ?? '')).bytes() : body;
      expect([status, bytes.equals(served)]).toEqual([i === 0 ? 307 : 200, true]);
    }
  });

  test(title('can be drained and restarted under load without a failed push or pull'), TIMEOUT, async () => {
    const running = load(false);
    await forEachReplica({ forMs: DRAIN_MS, everyMs: 0 }, set.restart);
    const { acknowledged: _, ...tally } = await running.end();
    console.log(`replicas drained: ${JSON.stringify(tally)}`);
    expect(tally.errors).toEqual([]);
    expect(tally.pulls).toBeGreaterThan(0);
  });

  test(
    title('can be killed under load: a pull succeeds at the second try at the latest, and no push is lost'),
    TIMEOUT,
    async () => {
      const running = load(true);
      await forEachReplica({ forMs: KILL_MS, everyMs: KILL_EVERY_MS }, set.kill);
      const tally = await running.end();
      const { acknowledged, ...counts } = tally;
      console.log(`replicas killed: ${JSON.stringify(counts)}`);
      expect(counts.errors).toEqual([]);
      expect(counts.pulls).toBeGreaterThan(0);
      expect(acknowledged.size).toBe(counts.pushes);
      expect(await findLost(tally)).toEqual([]);
    },
  );

  const dockerTitle = `docker pushes, and pulls layers from replicas and from the bucket${noDocker ? ` (skipped: ${noDocker})` : ''}`;
  test.skipIf(noDocker !== null)(title(dockerTitle), { timeout: 120_000 }, async () => {
    const { docker, folder, stop } = await startDocker();
    try {
      const tar = join(folder, 'image.tar');
      writeFileSync(tar, await buildTar([{ path: 'data', content: randomBytes(3_000_000) }]));
      const reference = `${set.host}/${publisher.alias}/by-docker:v1`;
      const id = await docker('import', tar, reference);
      await docker('login', '-u', publisher.email, '-p', publisher.secret, set.host);
      await docker('push', reference);
      // Each replica is asked in turn. The first redirects to the bucket.
      for (let i = 0; i < set.replicas.length; i += 1) {
        await docker('rmi', reference);
        await docker('pull', reference);
        expect(await docker('inspect', '-f', '{{.Id}}', reference)).toBe(id);
      }
    } finally {
      await stop();
    }
  });

  test(title('leave rows and store consistent'), async () => {
    const verified = JSON.parse(await publisher.cli('verify', '--json')) as Record<string, unknown>;
    expect(verified).toMatchObject({ ok: true, missing: 0, wrongSize: 0, unlinked: 0 });
    const scrubbed = JSON.parse(await publisher.cli('scrub', '--json')) as Record<string, unknown>;
    expect(scrubbed).toMatchObject({ missing: 0, corrupt: 0 });
  });
});
