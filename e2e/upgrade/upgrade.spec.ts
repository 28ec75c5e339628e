// Replaces the processes of the previous release by those of this one, one by one, while clients push and pull. The database is
// external, and the store is shared. VITRINE_SOAK_SECONDS is the length of all steps.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '#lib/platform/pg/embedded-postgres.ts';
import { blobOf, buildManifest, type BuiltManifest } from '#lib/testing/images/build-image.ts';
import { basic, createRawClient, sha256, type Answer, type RawClient } from '#lib/testing/servers/raw-http.ts';
import {
  runCommand,
  startRelease,
  stopRelease,
  unpackPreviousRelease,
  whyNoPreviousRelease,
  type ReleaseProcess,
} from './release-processes.ts';
import { cleanUp, newFolder, ROOT } from '../start/site-process.ts';

const STEPS = 7;
const STEP_SECONDS = Number(process.env.VITRINE_SOAK_SECONDS ?? 35) / STEPS;
const PUSHERS = 2;
const PULLERS = 4;
/** The balancer stops choosing a process before it ends. */
const DRAIN_MS = 1_000;
const ALIAS = 'brasslab';
const NAME = `${ALIAS}/upgraded`;

const whyNot = await whyNoPreviousRelease();

describe.skipIf(whyNot !== null)(`a rolling upgrade${whyNot ? ` (skipped: ${whyNot})` : ''}`, () => {
  vi.setConfig({ testTimeout: 300_000 + 2_000 * STEPS * STEP_SECONDS, hookTimeout: 300_000 });
  let postgres: EmbeddedPostgres;
  let previous: string;
  let settings: Record<string, string>;
  let authorization: string;
  let running: (ReleaseProcess & { client: RawClient })[] = [];

  beforeAll(async () => {
    postgres = await startEmbeddedPostgres({ dataDir: newFolder(), database: 'vitrine', isThrowaway: true });
    const databaseUrl = Object.assign(new URL(postgres.url), { search: '' }).href;
    settings = { DATABASE_URL: databaseUrl, DATA_DIR: newFolder(), DATABASE_POOL_SIZE: '6', DISK_RESERVE: '0' };
    previous = await unpackPreviousRelease();
    await runCommand(previous, ['demo', 'add'], settings);
    const scope = ['--scope', 'repository:*:pull,push,delete'];
    const email = `${ALIAS}@demo.vitrine.localhost`;
    await runCommand(previous, ['user', 'vouch', '--email', email], settings);
    const token = await runCommand(previous, ['token', 'create', '--email', email, ...scope, '--json'], settings);
    authorization = basic((JSON.parse(token) as { secret: string }).secret);
  });
  afterAll(async () => {
    for (const started of running) await stopRelease(started);
    await postgres.stop();
    await cleanUp();
  });

  async function start(root: string): Promise<void> {
    const started = await startRelease(root, settings);
    running = [...running, { ...started, client: createRawClient(started.url, authorization) }];
  }

  async function stopOldest(): Promise<void> {
    const [oldest, ...rest] = running;
    if (!oldest) throw new Error('there is nothing to stop');
    running = rest;
    await sleep(DRAIN_MS);
    await stopRelease(oldest);
  }

  const pushed = new Map<string, BuiltManifest>();
  const tally = { pushed: 0, refused: 0, pulled: 0, retried: 0, failed: [] as string[] };
  let turn = 0;
  const next = () => running[(turn += 1) % running.length]?.client as RawClient;

  /** As container clients do, tries once more. */
  async function pull(path: string, isRight: (answer: Answer) => boolean): Promise<void> {
    const ask = () =>
      next()
        .send('GET', path)
        .catch((error: Error) => error.message);
    let answer = await ask();
    if (typeof answer === 'string' || !isRight(answer)) {
      tally.retried += 1;
      answer = await ask();
    }
    if (typeof answer === 'string') tally.failed.push(`${path}: ${answer}`);
    else if (!isRight(answer)) tally.failed.push(`${path}: ${answer.status} ${answer.body.toString().slice(0, 200)}`);
    else tally.pulled += 1;
  }

  async function pullImage(tag: string, image: BuiltManifest): Promise<void> {
    await pull(`/v2/${NAME}/manifests/${tag}`, (answer) => answer.body.equals(image.bytes));
    for (const { digest } of image.blobs) {
      await pull(`/v2/${NAME}/blobs/${digest}`, (answer) => answer.status === 200 && sha256(answer.body) === digest);
    }
  }

  /** False unless every step was acknowledged. The steps may reach different processes. */
  async function pushImage(tag: string, image: BuiltManifest): Promise<boolean> {
    for (const { bytes } of image.blobs) {
      const pushedBlob = await next()
        .pushBlob(NAME, bytes)
        .catch(() => null);
      if (pushedBlob === null) return false;
    }
    const headers = { 'content-type': image.mediaType };
    const answer = await next()
      .send('PUT', `/v2/${NAME}/manifests/${tag}`, { headers, body: image.bytes })
      .catch(() => null);
    return answer?.status === 201;
  }

  function newImage(): BuiltManifest {
    const config = blobOf(
      'application/vnd.oci.image.config.v1+json',
      `{"os":"linux","a":"${randomBytes(9).toString('hex')}"}`,
    );
    return buildManifest({ config, layers: [blobOf('application/vnd.oci.image.layer.v1.tar', randomBytes(50_000))] });
  }

  test('fails no pull and loses no push', async () => {
    const load = { isOn: true };
    await start(previous);
    await start(previous);
    const pushers = Array.from({ length: PUSHERS }, async (_, worker) => {
      for (let i = 0; load.isOn; i += 1) {
        const [tag, image] = [`v${worker}-${i}`, newImage()];
        const isAcknowledged = await pushImage(tag, image);
        if (isAcknowledged) pushed.set(tag, image);
        tally[isAcknowledged ? 'pushed' : 'refused'] += 1;
      }
    });
    const pullers = Array.from({ length: PULLERS }, async () => {
      while (load.isOn) {
        const tags = [...pushed];
        const [tag, image] = tags[Math.floor(Math.random() * tags.length)] ?? [];
        if (tag === undefined || image === undefined) await sleep(50);
        else await pullImage(tag, image);
      }
    });
    const steps = [
      // This release migrates beside the previous one, which goes on, and can still be started.
      () => start(ROOT),
      stopOldest,
      () => start(previous),
      stopOldest,
      () => start(ROOT),
      async () => {
        const [first, old, last] = running;
        if (!first || !old || !last) throw new Error('three processes should run');
        running = [old, first, last];
        await stopOldest();
      },
    ];
    for (const step of steps) {
      await sleep(STEP_SECONDS * 1_000);
      await step();
    }
    await sleep(STEP_SECONDS * 1_000);
    load.isOn = false;
    await Promise.all([...pushers, ...pullers]);
    console.log(`upgrade: ${JSON.stringify({ ...tally, failed: tally.failed.length })}`);
    expect(tally.failed).toEqual([]);
    expect(tally.pushed).toBeGreaterThan(10);
    for (const [tag, image] of pushed) await pullImage(tag, image);
    expect(tally.failed).toEqual([]);
    const verification = JSON.parse(await runCommand(ROOT, ['verify', '--json'], settings)) as object;
    expect(verification).toMatchObject({ ok: true, missing: 0, wrongSize: 0, unlinked: 0 });
  });
});
