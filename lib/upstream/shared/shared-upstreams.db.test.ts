// Two clients stand for two processes of a site that share its database.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { UpstreamClientOptions } from '#lib/upstream/client/create-upstream-client.ts';
import type { UpstreamClient } from '#lib/upstream/client/upstream-client.ts';
import { loadUpstream } from '#lib/upstream/mirrors/load-upstream.ts';
import { listUpstreams } from '#lib/upstream/mirrors/queries.ts';
import { saveUpstream } from '#lib/upstream/mirrors/save-upstream.ts';
import { requestUpstream } from '#lib/upstream/pull-through/request-upstream.ts';
import { createTestUpstreamClient, upstreamMetadata } from '#lib/testing/servers/create-test-upstream-client.ts';
import { createMirrorSite, type MirrorSite } from '#lib/testing/servers/mirror-site.ts';
import { sharePace } from './share-pace.ts';
import { claimProbe, deletePause, releaseProbe, savePause } from './pause-rows.sql.ts';
import { reserveTurnRow } from './reserve-turns.sql.ts';
import { sharePauses } from './share-pauses.ts';

const BREAKER = { maxFailures: 2, firstPauseMs: 1_000, maxPauseMs: 1_000 };

let site: MirrorSite;
let clients: UpstreamClient[] = [];

beforeAll(async () => {
  site = await createMirrorSite();
  await site.mirror('app');
});
afterAll(() => site.close());
beforeEach(() => {
  clients = [connect(), connect()];
});
afterEach(async () => {
  site.upstream.behave();
  await Promise.all(clients.map((client) => client.close()));
  await site.app.db.upstreamPause.deleteMany();
  site.upstream.requests.length = 0;
});

function connect(options: Partial<UpstreamClientOptions> = {}): UpstreamClient {
  const { pool, log } = site.app;
  const shared = { pauses: sharePauses({ pool, log }), reserveTurns: sharePace({ pool, log }) };
  return createTestUpstreamClient({ breaker: BREAKER, shared, ...options });
}

/** Asks as a process that has just loaded the upstream's row. */
async function ask(client: UpstreamClient | undefined, path = 'tags/list'): Promise<string> {
  const row = await site.app.db.upstream.findFirstOrThrow();
  site.app.upstream.settings.clear();
  const settings = await loadUpstream(site.app, row.id);
  try {
    const response = await client?.request(settings, upstreamMetadata({ path }));
    response?.body.resume();
    return String(response?.status);
  } catch (error) {
    return (error as { code: string }).code;
  }
}
const arrived = () => site.upstream.requests.length;

test('what opens the breaker of one process opens that of the others', async () => {
  const [one, two] = clients;
  site.upstream.misbehave({ status: 500 });
  for (let i = 0; i < BREAKER.maxFailures; i += 1) await ask(one);
  const before = arrived();
  site.upstream.behave();
  expect(await ask(two)).toBe('upstream_unavailable');
  expect(arrived()).toBe(before);
  const [shown] = await listUpstreams(site.app, {
    registryKey: (await site.app.db.upstream.findFirstOrThrow()).registryKey,
  });
  expect(shown?.brokenUntil?.getTime()).toBeGreaterThan(Date.now());
});

test('Retry-After holds for all processes', async () => {
  const [one, two] = clients;
  site.upstream.misbehave({ status: 429, headers: { 'retry-after': '60' } });
  expect(await ask(one)).toBe('upstream_rate_limited');
  site.upstream.behave();
  expect(await ask(two)).toBe('upstream_rate_limited');
  expect(arrived()).toBe(1);
});

test('new credentials end the pause of the former ones in all processes', async () => {
  const { app } = site;
  const [one, two] = clients;
  const { host, registryKey } = await app.db.upstream.findFirstOrThrow();
  site.upstream.misbehave({ status: 429, headers: { 'retry-after': '60' } });
  expect(await ask(one)).toBe('upstream_rate_limited');
  site.upstream.behave();
  expect(await ask(two)).toBe('upstream_rate_limited');
  const settings = { host, username: 'robot', password: 'secret' };
  await app.db.$transaction((tx) => saveUpstream(app, tx, { caller: site.owner.caller, registryKey, settings }));
  expect(await Promise.all([ask(one), ask(two)])).toEqual(['404', '404']);
  await app.db.upstream.updateMany({ data: { username: null, sealedPassword: null } });
});

test('one of all processes probes, and its success closes the breakers of all', async () => {
  const [one, two] = clients;
  site.upstream.misbehave({ status: 500 });
  for (let i = 0; i < BREAKER.maxFailures; i += 1) await ask(one);
  // The second process learns of the pause only after it has ended.
  await site.app.db.upstreamPause.updateMany({ data: { until: new Date(Date.now() - 1) } });
  const third = connect();
  clients.push(third);
  const before = arrived();
  site.upstream.behave();
  site.upstream.misbehave({ delayMs: 300 });
  const answers = await Promise.all([ask(two), ask(third)]);
  expect(answers.sort()).toEqual(['404', 'upstream_unavailable']);
  expect(arrived()).toBe(before + 1);
  site.upstream.behave();
  await expect.poll(() => Promise.all([ask(two), ask(third)]), { timeout: 3_000 }).toEqual(['404', '404']);
  expect(await site.app.db.upstreamPause.count()).toBe(0);
});

test('a probe without a result leaves the next one to any process', async () => {
  const [one, two] = clients;
  const { id, registryKey: _registry, ...row } = await site.app.db.upstream.findFirstOrThrow();
  await site.app.db.upstreamPause.create({
    data: { upstreamId: id, kind: 'metadata', until: new Date(Date.now() - 1), openings: 1, isLimited: false },
  });
  const pauses = { metadata: { untilMs: Date.now() - 1, openings: 1, isLimited: false } };
  const address = { id, host: row.host, isPlainHttp: true, tokenHost: null, credentials: null, pauses };
  const stopped = new AbortController();
  site.upstream.misbehave({ delayMs: 200 });
  const asked = one?.request(address, upstreamMetadata({ signal: stopped.signal }));
  setTimeout(() => stopped.abort(), 50);
  await expect(asked).rejects.toThrow();
  site.upstream.behave();
  expect(await ask(two)).toBe('404');
});

test('the pace of requests counts over all processes', async () => {
  const hasty = [connect({ requestsPerSecond: 20 }), connect({ requestsPerSecond: 20 })];
  clients.push(...hasty);
  const startedMs = performance.now();
  await Promise.all(hasty.flatMap((client) => Array.from({ length: 25 }, () => ask(client))));
  const elapsedMs = performance.now() - startedMs;
  expect(arrived()).toBe(50);
  // 20 at once, and 30 within 1.5 seconds. Each process alone would take a quarter of a second.
  expect(elapsedMs).toBeGreaterThan(1_300);
});

test('requests that would wait too long take no turns', async () => {
  const { pool } = site.app;
  const turns = { host: 'slow.example.org', count: 100, intervalMs: 1_000, burstMs: 1_000, maxWaitMs: 15_000 };
  const first = await reserveTurnRow(pool, turns);
  expect(first.count).toBe(16);
  expect(first.lastMs).toBeCloseTo(15_000, -1);
  expect((await reserveTurnRow(pool, turns)).count).toBe(0);
  await pool.query(`UPDATE upstream_paces SET full_at = full_at - interval '3 seconds' WHERE host = $1`, [turns.host]);
  const next = await Promise.all([2, 5].map((count) => reserveTurnRow(pool, { ...turns, count })));
  expect(next.reduce((sum, { count }) => sum + count, 0)).toBe(3);
});

test('a probe ends neither a newer pause nor the claim of another', async () => {
  const { pool, db } = site.app;
  const key = { upstreamId: (await db.upstream.findFirstOrThrow()).id, kind: 'metadata' as const };
  const read = () => db.upstreamPause.findFirst();
  await savePause(pool, key, { pauseMs: -1, openings: 1, isLimited: false });
  const claimed = await claimProbe(pool, key, 60_000);
  const claim = claimed?.claim as Date;
  await savePause(pool, key, { pauseMs: 60_000, openings: 2, isLimited: true });
  await savePause(pool, key, { pauseMs: 1_000, openings: 3, isLimited: false });
  await deletePause(pool, key, claim);
  expect(await read()).toMatchObject({ openings: 3, isLimited: true, probeUntil: null });
  const probeUntil = new Date(claim.getTime() + 1_000);
  await db.upstreamPause.updateMany({ data: { probeUntil } });
  await releaseProbe(pool, key, claim);
  expect(await read()).toMatchObject({ probeUntil });
  await deletePause(pool, key, probeUntil);
  expect(await read()).toBeNull();
});

test('the limit that an upstream reports reaches the others', async () => {
  const { app } = site;
  const settings = await loadUpstream(app, (await app.db.upstream.findFirstOrThrow()).id);
  site.upstream.misbehave({ headers: { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '3;w=21600' } });
  await requestUpstream(app, settings, upstreamMetadata({ path: 'tags/list' }));
  await app.upstream.stats.flush();
  app.upstream.settings.clear();
  expect(await loadUpstream(app, settings.id)).toMatchObject({
    rateLimit: { limit: 100, remaining: 3, windowSeconds: 21_600 },
  });
});
