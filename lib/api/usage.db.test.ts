import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { expireTraffic } from '#lib/repositories/usage/expire-traffic.ts';
import { recordStorage } from '#lib/repositories/usage/record-storage.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { buildImage, type Blob, type BuiltManifest } from '#lib/testing/images/build-image.ts';
import { handleRestRequest } from './rest/handle-rest-request.ts';

let site: TestApp;
let ada: TestUser;
let registryId: string;
let image: BuiltManifest;
let layer: Blob;
let client: ReturnType<typeof createDistributionClient>;

beforeAll(async () => {
  site = await createTestApp();
  ada = await site.createUser({ scopes: ['api:read', 'repository:*:pull,push,delete'] });
  const row = await site.app.db.registry.findFirstOrThrow({ where: { aliases: { some: { name: ada.alias } } } });
  registryId = row.registryId;
  client = createDistributionClient(site.url, ada.token);
  image = await buildImage({
    platform: { os: 'linux', architecture: 'amd64' },
    created: '2026-01-01T00:00:00Z',
    layers: [[{ path: 'data', content: randomBytes(300_000) }]],
  });
  const [largest] = [...image.blobs].sort((a, b) => b.bytes.length - a.bytes.length);
  if (!largest) throw new Error('no layer');
  layer = largest;
  await client.push(`${ada.alias}/first`, image, ['v1']);
});
afterAll(() => site.close());

const today = () => new Date().toISOString().slice(0, 10);
const ask = (path: string, token = ada.token) => {
  const headers = { authorization: `Bearer ${token}` };
  return handleRestRequest(
    site.app,
    new Request(`${site.url}/api/v1/registries/${registryId}/usage${path}`, { headers }),
  );
};
type Answer = {
  storedBytes: number;
  linkedBytes: number;
  networks: { network: string; sentBytes: number; receivedBytes: number }[];
  days: { day: string; sentBytes: number; storedBytes: number | null; linkedBytes: number | null }[];
  repositories: { repository: string; storedBytes: number; sentBytes: number; receivedBytes: number }[];
};
const read = async (query = ''): Promise<Answer> => {
  await site.app.traffic.flush();
  const answer = await ask(`/traffic${query}`);
  expect(answer.status).toBe(200);
  return (await answer.json()) as Answer;
};
const of = (usage: Answer, name: string) => usage.repositories.find(({ repository }) => repository === name);

const pushedBytes = () => image.bytes.length + image.blobs.reduce((sum, { bytes }) => sum + bytes.length, 0);
const get = (name: string, path: string, headers: Record<string, string> = {}) =>
  fetch(`${site.url}/v2/${ada.alias}/${name}/${path}`, {
    headers: { authorization: `Basic ${btoa(`token:${ada.token}`)}`, ...headers },
  });

describe('what a registry moves', () => {
  test('counts pushed blobs and manifests by their bytes', async () => {
    expect(of(await read(), 'first')).toMatchObject({ receivedBytes: pushedBytes(), sentBytes: 0 });
  });

  test('counts pulled manifests, blobs and parts of blobs, but neither HEAD nor 304', async () => {
    const blob = `blobs/${layer.digest}`;
    await (await get('first', 'manifests/v1')).arrayBuffer();
    await (await get('first', blob)).arrayBuffer();
    // From memory.
    await (await get('first', blob)).arrayBuffer();
    await (await get('first', blob, { range: 'bytes=0-99' })).arrayBuffer();
    await get('first', blob, { 'if-none-match': `"${layer.digest}"` });
    await fetch(`${site.url}/v2/${ada.alias}/first/${blob}`, { method: 'HEAD' });
    const expected = image.bytes.length + 2 * layer.bytes.length + 100;
    const usage = await read();
    expect(of(usage, 'first')?.sentBytes).toBe(expected);
    expect(usage.networks.find(({ network }) => network === 'site')?.sentBytes).toBe(expected);
    expect(usage.days.at(-1)).toMatchObject({ day: today(), sentBytes: expected });
    expect(usage.days).toHaveLength(30);
  });

  test('counts what arrived of a push that fails', async () => {
    const before = of(await read(), 'first')?.receivedBytes ?? 0;
    const started = await client.request('POST', `/v2/${ada.alias}/first/blobs/uploads/`);
    const target = `${started.headers.get('location')}?digest=sha256:${'0'.repeat(64)}`;
    const body = { mediaType: 'application/octet-stream', bytes: Buffer.alloc(5_000) };
    await expect(client.request('PUT', target, body)).rejects.toThrow(/DIGEST_INVALID/);
    expect(of(await read(), 'first')?.receivedBytes).toBe(before + 5_000);
  });

  test('stores a shared blob once, and counts it in each repository', async () => {
    await client.push(`${ada.alias}/second`, image, ['v1']);
    const usage = await read();
    const bytes = image.blobs.reduce((sum, blob) => sum + blob.bytes.length, 0);
    expect(usage.storedBytes).toBe(bytes);
    expect(usage.linkedBytes).toBe(2 * bytes);
    expect(usage.repositories.map(({ storedBytes }) => storedBytes)).toEqual([bytes, bytes]);
  });

  test('remembers what was stored on each day, also after it is deleted', async () => {
    const bytes = image.blobs.reduce((sum, blob) => sum + blob.bytes.length, 0);
    await recordStorage(site.app);
    const yesterday = new Date(Date.now() - 86_400_000);
    await site.app.db.storageDay.updateMany({ data: { day: yesterday } });
    await site.app.db.repositoryBlob.deleteMany({ where: { repository: { name: 'second' } } });
    const stored = (await read()).days.slice(-3).map(({ storedBytes, linkedBytes }) => [storedBytes, linkedBytes]);
    expect(stored).toEqual([
      [null, null],
      [bytes, 2 * bytes],
      [bytes, bytes],
    ]);
    const csv = await (await ask('/storage/export')).text();
    expect(csv.trimEnd().split('\r\n')).toEqual([
      'day,storedBytes,linkedBytes',
      `${yesterday.toISOString().slice(0, 10)},${bytes},${2 * bytes}`,
      `${today()},${bytes},${bytes}`,
    ]);
    // Measuring again replaces the day.
    await recordStorage(site.app);
    await recordStorage(site.app);
    expect(await site.app.db.storageDay.count()).toBe(2);
  });

  test('keeps the totals of a repository that is gone, without its name', async () => {
    const before = await read();
    await site.app.db.repository.deleteMany({ where: { name: 'second' } });
    const after = await read();
    expect(after.networks).toEqual(before.networks);
    expect(of(after, 'second')).toBeUndefined();
    const csv = await (await ask('/traffic/export')).text();
    const [head, ...lines] = csv.trimEnd().split('\r\n');
    expect(head).toBe('day,repository,network,sentBytes,receivedBytes');
    expect(lines).toHaveLength(2);
    expect(lines.some((line) => line.startsWith(`${today()},,site,`))).toBe(true);
  });

  test('loses nothing while the database is away', async () => {
    const before = of(await read(), 'first')?.sentBytes ?? 0;
    await (await get('first', 'manifests/v1')).arrayBuffer();
    const away = vi.spyOn(site.app.pool, 'query').mockRejectedValue(new Error('away'));
    await site.app.traffic.flush();
    expect(away).toHaveBeenCalled();
    away.mockRestore();
    expect(of(await read(), 'first')?.sentBytes).toBe(before + image.bytes.length);
  });

  test('forgets days that are too old to be asked for', async () => {
    const { id: registryKey } = await site.app.db.registry.findFirstOrThrow({ where: { registryId } });
    const old = { registryKey, repositoryId: 1n, network: 'site', sentBytes: 1n, receivedBytes: 1n };
    const day = new Date(Date.now() - 402 * 86_400_000);
    await site.app.db.traffic.create({ data: { ...old, day } });
    await site.app.db.storageDay.create({ data: { registryKey, day, storedBytes: 1n, linkedBytes: 1n } });
    const count = async () => [await site.app.db.traffic.count(), await site.app.db.storageDay.count()];
    const [moved = 0, stored = 0] = await count();
    await expireTraffic(site.app);
    expect(await count()).toEqual([moved - 1, stored - 1]);
  });

  test('is for members only, and for periods that make sense', async () => {
    const stranger = await site.createUser({ scopes: ['api:read', 'repository:*:pull'] });
    for (const path of ['/traffic', '/traffic/export', '/storage/export'])
      expect((await ask(path, stranger.token)).status).toBe(404);
    expect((await ask('/traffic?from=2026-02-02&to=2026-02-01')).status).toBe(400);
    expect((await ask('/traffic?from=2020-01-01&to=2026-01-01')).status).toBe(400);
    expect((await ask('/traffic?from=yesterday')).status).toBe(400);
  });
});
