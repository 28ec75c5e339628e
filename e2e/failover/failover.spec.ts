// Fails a site over to a synchronous standby of its PostgreSQL, and then to an asynchronous one that lags behind.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { blobOf, buildManifest } from '#lib/testing/images/build-image.ts';
import { findFreePort } from '#lib/testing/servers/find-free-port.ts';
import { basic, createRawClient, sha256, type Answer, type RawClient } from '#lib/testing/servers/raw-http.ts';
import { startTcpFaultProxy } from '#lib/testing/tcp-fault-proxy.ts';
import { CrashWorkload } from '../start/crash-workload.ts';
import { query, startPostgresChain, type ChainedServer } from './postgres-chain.ts';
import { cleanUp, createSitePublisher, newFolder, newSiteFolder, start } from '../start/site-process.ts';

const CLIENTS = 4;
const CONFIG_TYPE = 'application/vnd.oci.image.config.v1+json';
const LAYER_TYPE = 'application/vnd.oci.image.layer.v1.tar';
const others: (() => unknown)[] = [];
afterEach(() => cleanUp(others));

test('a synchronous standby takes over without losing a push, and one that lags behind loses the last ones', async () => {
  const dataDir = newSiteFolder();
  const chain = await startPostgresChain([dataDir, newFolder(), newFolder()]);
  others.push(() => chain.close());
  const [primary, synchronous, asynchronous] = chain.servers;
  const proxy = await startTcpFaultProxy(primary.port);
  others.push(() => proxy.close());
  const env = { DATABASE_URL: proxy.through(primary.url) };
  const url = `http://127.0.0.1:${await findFreePort()}`;
  const site = start({ ...env, DATA_DIR: dataDir, PORT: new URL(url).port });
  await site.ready;
  const scope = 'repository:*:pull,push,delete';
  const { alias, secret, cli } = await createSitePublisher(url, dataDir, { scope, env });
  const client = createRawClient(url, basic(secret));
  const verify = async () => JSON.parse(await cli('verify', '--json')) as Record<string, unknown>;

  /** Promotes the standby of a lost server. Resolves to the milliseconds until the site was ready again. */
  async function failOver(lost: ChainedServer, standby: ChainedServer): Promise<number> {
    const lostAt = Date.now();
    lost.kill();
    await standby.promote();
    proxy.moveTo(standby.port);
    const isReady = async () => (await fetch(`${url}/readyz`)).status;
    await expect.poll(isReady, { timeout: 30_000, interval: 100 }).toBe(200);
    return Date.now() - lostAt;
  }

  const workload = new CrashWorkload(endedBy503(client), { repositories: [`${alias}/tool`], graceMs: Infinity });
  const working = workload.run(CLIENTS);
  working.catch(() => undefined);
  await sleep(2_000);
  // No push may be acknowledged without the standby.
  primary.feed.freeze();
  await sleep(1_000);
  const readyMs = await failOver(primary, synchronous);
  workload.stop();
  await working;
  await workload.check({ all: true });
  expect(workload.tally.checked).toBeGreaterThan(3);
  expect(await verify()).toMatchObject({ ok: true, missing: 0, wrongSize: 0 });

  await expect.poll(() => hasAll(synchronous, asynchronous), { timeout: 10_000 }).toBe(true);
  synchronous.feed.freeze();
  const image = buildManifest({
    config: blobOf(CONFIG_TYPE, '{"os":"linux"}'),
    layers: [blobOf(LAYER_TYPE, Buffer.alloc(100_000, 'lost'))],
  });
  const manifest = `/v2/${alias}/tool/manifests/last`;
  const push = async (): Promise<Answer> => {
    for (const { digest, bytes } of image.blobs) {
      if ((await client.send('HEAD', `/v2/${alias}/tool/blobs/${digest}`)).status === 200) continue;
      await client.pushBlob(`${alias}/tool`, bytes);
    }
    return client.send('PUT', manifest, { headers: { 'content-type': image.mediaType }, body: image.bytes });
  };
  expect((await push()).status).toBe(201);
  expect((await client.send('GET', manifest)).status).toBe(200);
  const laterMs = await failOver(synchronous, asynchronous);
  // The push was acknowledged, but nobody else had it.
  await expect.poll(async () => (await client.send('GET', manifest)).status, { timeout: 5_000 }).toBe(404);
  expect(await verify()).toMatchObject({ ok: true, missing: 0, wrongSize: 0 });
  expect((await push()).status).toBe(201);
  for (const { digest, bytes } of image.blobs) {
    const { body } = await client.send('GET', `/v2/${alias}/tool/blobs/${digest}`);
    expect(sha256(body)).toBe(sha256(bytes));
  }
  expect((await client.send('GET', manifest)).body.equals(image.bytes)).toBe(true);
  console.log(`failover: ${JSON.stringify({ readyMs, laterMs, ...workload.tally, ...workload.uploads.tally })}`);
  expect(site.child.exitCode).toBeNull();
});

/** Whether a standby has replayed everything that its primary has written. */
async function hasAll(primary: ChainedServer, standby: ChainedServer): Promise<boolean> {
  const [written] = await query(primary.url, 'SELECT pg_current_wal_flush_lsn()::text AS at');
  const [lag] = await query(standby.url, `SELECT pg_last_wal_replay_lsn() >= '${String(written?.['at'])}' AS "isDone"`);
  return lag?.['isDone'] === true;
}

/** An answer of 503 ends the workload as a lost connection does: what it asked for may have happened or not. */
function endedBy503(client: RawClient): RawClient {
  const send: RawClient['send'] = async (...args) => {
    const answer = await client.send(...args);
    if (answer.status === 503) throw new Error('The database is away.');
    return answer;
  };
  return { ...client, send };
}
