import { randomBytes } from 'node:crypto';
import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { handleRestRequest } from '#lib/api/rest/handle-rest-request.ts';
import { readRegistryUsage } from '#lib/publishers/registry-quota.sql.ts';
import { setRegistryQuota } from '#lib/publishers/set-registry-quota.ts';
import { OCI_IMAGE_MANIFEST } from '#lib/oci/media-types.ts';
import { blobOf, buildManifest } from '#lib/testing/images/build-image.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createMirrorSite } from '#lib/testing/servers/mirror-site.ts';
import { basic, createRawClient, sendPartly, sha256, type RawClient } from '#lib/testing/servers/raw-http.ts';
import { readStoredState } from '#lib/testing/stored-state.ts';
import { pinMirror } from '#lib/upstream/mirrors/pin-mirror.ts';
import { collectGarbage } from '#lib/distribution/garbage/collect-garbage.ts';
import { RegistryQuotas } from './registry-quotas.ts';

const KB = 1024;
const QUOTA = 100 * KB;
const FULL = { status: 403, codes: ['DENIED'] };
const CHUNKED = { 'transfer-encoding': 'chunked' };

let site: TestApp;
let ada: TestUser;
let client: RawClient;
let name: string;

async function openSite(env: Record<string, string> = {}): Promise<void> {
  site = await createTestApp({ REGISTRY_QUOTA: '100KB', RESTORE_DAYS: '0', ...env });
  ada = await site.createUser();
  client = createRawClient(site.url, basic(ada.token));
  name = `${ada.alias}/tool`;
}

beforeEach(() => openSite());
afterEach(() => site.close());

const post = (repository: string, bytes: Buffer, headers = {}) =>
  client.send('POST', `/v2/${repository}/blobs/uploads/?digest=${sha256(bytes)}`, { headers, body: bytes });

async function registryOf({ alias }: TestUser) {
  return site.app.db.registry.findFirstOrThrow({ where: { aliases: { some: { name: alias } } } });
}

async function setQuota(quota: string): Promise<void> {
  const { registryId } = await registryOf(ada);
  await setRegistryQuota(site.app, { caller: SYSTEM_CALLER, registryId, quota });
}

async function usage() {
  return readRegistryUsage(site.app, (await registryOf(ada)).id);
}

describe('a quota', () => {
  it('applies to every kind of upload, to the byte, and a refused push leaves nothing behind', async () => {
    await client.pushBlob(name, randomBytes(60 * KB));
    const bytes = randomBytes(40 * KB + 1);
    const before = await readStoredState(site.app);
    const ways: [string, (location: string) => ReturnType<RawClient['send']>][] = [
      ['PATCH with a length', (location) => client.send('PATCH', location, { body: bytes })],
      ['PATCH in chunks', (location) => client.send('PATCH', location, { headers: CHUNKED, body: bytes })],
      ['PUT with a length', (location) => client.send('PUT', `${location}?digest=${sha256(bytes)}`, { body: bytes })],
      [
        'PUT in chunks',
        (location) => client.send('PUT', `${location}?digest=${sha256(bytes)}`, { headers: CHUNKED, body: bytes }),
      ],
      [
        'two PATCHes',
        async (location) => {
          expect((await client.send('PATCH', location, { body: bytes.subarray(0, 30 * KB) })).status).toBe(202);
          return client.send('PATCH', location, { body: bytes.subarray(30 * KB) });
        },
      ],
    ];
    for (const [way, send] of ways) {
      const location = await client.startUpload(name);
      const answer = await send(location);
      expect(answer, way).toMatchObject(FULL);
      expect(answer.body.toString(), way).toMatch(/uses [\d.]+ KB of its 100 KB quota.*Delete images.*ask an admin/s);
      expect((await client.send('GET', location)).status, way).toBe(404);
      expect(await readStoredState(site.app), way).toEqual(before);
    }
    expect(await post(name, bytes)).toMatchObject(FULL);
    expect(await post(`${ada.alias}/never`, bytes)).toMatchObject(FULL);
    expect(await post(name, bytes, CHUNKED)).toMatchObject(FULL);
    expect(await readStoredState(site.app)).toEqual(before);

    expect((await post(name, bytes.subarray(1), CHUNKED)).status).toBe(201);
    expect(await usage()).toEqual({ storedBytes: QUOTA, stagedBytes: 0 });
    expect(await post(name, Buffer.from('x'))).toMatchObject(FULL);
    const others = await site.createUser();
    const other = createRawClient(site.url, basic(others.token));
    await other.pushBlob(`${others.alias}/tool`, randomBytes(90 * KB));
  });

  it('counts open uploads, including those of disconnected clients', async () => {
    const first = await client.startUpload(name);
    const bytes = randomBytes(60 * KB);
    expect((await client.send('PATCH', first, { body: bytes })).status).toBe(202);
    expect(await usage()).toEqual({ storedBytes: 0, stagedBytes: 60 * KB });
    expect(await client.send('PATCH', await client.startUpload(name), { body: bytes })).toMatchObject(FULL);

    const broken = await client.startUpload(name);
    const request = { method: 'PATCH', path: broken, authorization: basic(ada.token), lengthBytes: 40 * KB };
    await sendPartly(site.url, { ...request, body: bytes.subarray(0, 30 * KB) });
    await expect.poll(usage, { timeout: 30_000 }).toMatchObject({ stagedBytes: 90 * KB });
    expect(await post(name, randomBytes(11 * KB))).toMatchObject(FULL);
    expect((await post(name, randomBytes(10 * KB))).status).toBe(201);

    // Finishing an upload needs no further quota.
    expect((await client.send('PUT', `${first}?digest=${sha256(bytes)}`)).status).toBe(201);
    expect((await client.send('DELETE', broken)).status).toBe(204);
    expect((await post(name, randomBytes(30 * KB))).status).toBe(201);
  });

  it('applies to concurrent requests', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) => post(name, randomBytes(30 * KB), i % 2 ? CHUNKED : {})),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 201, 201, 403, 403, 403, 403, 403]);
    expect(await usage()).toEqual({ storedBytes: 90 * KB, stagedBytes: 0 });
  });

  it('does not count bytes twice if their row is written before the request ends', async () => {
    const [location, gone] = [await client.startUpload(name), await client.startUpload(name)];
    for (const upload of [location, gone]) await client.send('PATCH', upload, { body: 'x' });
    const { pool, config, db } = site.app;
    let afterRead = () => {};
    const query = async (statement: pg.QueryConfig) => {
      const result = await pool.query(statement);
      setImmediate(afterRead);
      return result;
    };
    const quotas = new RegistryQuotas({ pool: Object.assign(Object.create(pool) as pg.Pool, { query }), config });
    const { id: registryKey, quotaBytes } = await registryOf(ada);
    const note = (upload: string, offsetBytes: number) =>
      db.upload.update({ where: { id: upload.split('/').at(-1) ?? '' }, data: { offsetBytes } });
    await note(gone, KB);
    const ending = quotas.open({ registryKey, quotaBytes }, null);
    await ending?.take(60 * KB);
    await note(location, 60 * KB);
    await note(gone, 0);
    afterRead = () => ending?.end(true);
    const other = quotas.open({ registryKey, quotaBytes }, null);
    await other?.take(40 * KB);
    await expect(Promise.resolve(other?.take(1))).rejects.toMatchObject({ code: 'quota_exceeded' });
  });

  it('counts a blob once per registry, even if it is pushed or mounted again', async () => {
    const shared = randomBytes(80 * KB);
    const digest = await client.pushBlob(name, shared);
    const mount = await client.send('POST', `/v2/${ada.alias}/second/blobs/uploads/?mount=${digest}&from=${name}`);
    expect(mount.status).toBe(201);
    expect((await post(`${ada.alias}/third`, shared)).status).toBe(201);
    expect((await post(name, shared, CHUNKED)).status).toBe(201);
    const location = await client.startUpload(name);
    expect((await client.send('PUT', `${location}?digest=${digest}`, { body: shared })).status).toBe(201);
    expect(await usage()).toEqual({ storedBytes: 80 * KB, stagedBytes: 0 });
    // A body longer than the blob is not that blob.
    const liar = Buffer.concat([shared, randomBytes(30 * KB)]);
    const path = `/v2/${name}/blobs/uploads/?digest=${digest}`;
    expect(await client.send('POST', path, { headers: CHUNKED, body: liar })).toMatchObject(FULL);
  });

  it('applies to a mount from another registry', async () => {
    const eve = await site.createUser();
    const source = `${eve.alias}/base`;
    const digest = await createRawClient(site.url, basic(eve.token)).pushBlob(source, randomBytes(50 * KB));
    await client.pushBlob(name, randomBytes(60 * KB));
    const before = await readStoredState(site.app);
    const mount = `/v2/${ada.alias}/new/blobs/uploads/?mount=${digest}&from=${source}`;
    expect(await client.send('POST', mount)).toMatchObject(FULL);
    expect(await readStoredState(site.app)).toEqual(before);
    await setQuota('110KB');
    expect((await client.send('POST', mount)).status).toBe(201);
    expect(await usage()).toMatchObject({ storedBytes: 110 * KB });
  });

  it('frees deleted images once they are collected, but not while they can be restored', async () => {
    await site.close();
    await openSite({ RESTORE_DAYS: '1' });
    site.app.config.gcGraceSeconds = 0;
    const layer = randomBytes(90 * KB);
    const config = Buffer.from('{}');
    const describe = (bytes: Buffer, mediaType: string) => ({ mediaType, digest: sha256(bytes), size: bytes.length });
    for (const bytes of [layer, config]) await client.pushBlob(name, bytes);
    const manifest = JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_IMAGE_MANIFEST,
      config: describe(config, 'application/vnd.oci.image.config.v1+json'),
      layers: [describe(layer, 'application/vnd.oci.image.layer.v1.tar+gzip')],
    });
    const headers = { 'content-type': OCI_IMAGE_MANIFEST };
    expect((await client.send('PUT', `/v2/${name}/manifests/v1`, { headers, body: manifest })).status).toBe(201);
    expect((await client.send('DELETE', `/v2/${name}/manifests/${sha256(manifest)}`)).status).toBe(202);
    const collect = async () => {
      await site.app.db.linkReview.updateMany({ data: { queuedAt: new Date(0) } });
      await site.app.db.repositoryBlob.updateMany({ data: { leasedAt: new Date(0) } });
      await collectGarbage(site.app, { isThorough: true });
    };
    await collect();
    const next = randomBytes(50 * KB);
    expect(await post(name, next)).toMatchObject(FULL);
    site.app.config.restoreDays = 0;
    await collect();
    expect((await post(name, next)).status).toBe(201);
  });

  it('excludes the cache of a mirror unless the mirror is pinned', async () => {
    await site.close();
    const mirrors = await createMirrorSite();
    site = mirrors;
    ada = mirrors.owner;
    const config = blobOf('application/vnd.oci.image.config.v1+json', '{}');
    const layer = blobOf('application/vnd.oci.image.layer.v1.tar', randomBytes(50 * KB));
    mirrors.upstream.content.add('base', buildManifest({ config, layers: [layer] }), 'latest');
    const mirror = await mirrors.mirror('base');
    await mirrors.anybody.send('GET', `/v2/${mirror}/manifests/latest`);
    expect((await mirrors.anybody.send('GET', `/v2/${mirror}/blobs/${sha256(layer.bytes)}`)).status).toBe(200);
    await expect.poll(() => site.app.db.blob.count({ where: { sha256: sha256(layer.bytes) } })).toBe(1);
    expect(await usage()).toMatchObject({ storedBytes: 0 });
    await pinMirror(site.app, { caller: ada.caller, fullName: mirror, isPinned: true });
    expect((await usage()).storedBytes).toBeGreaterThanOrEqual(50 * KB);
  });

  it("is the site's default unless the registry has its own, which may be unlimited", async () => {
    const large = () => randomBytes(150 * KB);
    expect(await post(name, large())).toMatchObject(FULL);
    await setQuota('200KB');
    expect((await post(name, large())).status).toBe(201);
    expect(await post(name, large())).toMatchObject(FULL);
    await setQuota('unlimited');
    expect((await post(name, large())).status).toBe(201);
    await setQuota('default');
    expect(await post(name, Buffer.from('x'))).toMatchObject(FULL);
  });
});

describe('setting a quota', () => {
  const call = (user: TestUser, method: string, path: string, body?: unknown) =>
    handleRestRequest(
      site.app,
      new Request(`http://localhost/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${user.token}` },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    );

  it('is reserved for admins, leaves an audit row, and members see the usage', async () => {
    const scopes = ['api:write'];
    const [admin, eve] = [await site.createUser({ role: 'admin', scopes }), await site.createUser({ scopes })];
    const { registryId, id } = await registryOf(eve);
    const path = `/admin/registries/${registryId}/quota`;
    const used = async (user: TestUser) => {
      const response = await call(user, 'GET', `/registries/${registryId}/usage`);
      return response.status === 200 ? ((await response.json()) as unknown) : response.status;
    };
    expect((await call(eve, 'PUT', path, { quota: 'unlimited' })).status).toBe(403);
    await expect(
      setRegistryQuota(site.app, { caller: eve.caller, registryId, quota: 'unlimited' }),
    ).rejects.toMatchObject({ code: 'forbidden' });
    for (const quota of ['0', '-1', 'much', '10 apples', '999999999999999TB', '']) {
      expect((await call(admin, 'PUT', path, { quota })).status, quota).toBe(400);
    }
    expect(await used(eve)).toEqual({ storedBytes: 0, stagedBytes: 0, quotaBytes: QUOTA });
    expect((await call(admin, 'PUT', path, { quota: '1.5 MB' })).status).toBe(204);
    expect(await used(eve)).toEqual({ storedBytes: 0, stagedBytes: 0, quotaBytes: 1.5 * KB * KB });
    expect(await used(admin)).toBe(404);
    expect((await call(admin, 'PUT', path, { quota: 'Unlimited' })).status).toBe(204);
    expect(await used(eve)).toMatchObject({ quotaBytes: null });
    const rows = (await (await call(admin, 'GET', `/admin/registries?q=${registryId}`)).json()) as { rows: unknown[] };
    expect(rows.rows).toMatchObject([{ registryId, quotaBytes: null, isOwnQuota: true }]);
    const where = { action: 'registry.set-quota', registryKey: id };
    const events = await site.app.db.auditEvent.findMany({ where, orderBy: { id: 'asc' } });
    expect(events.map(({ after }) => after)).toEqual([{ quotaBytes: 1.5 * KB * KB }, { quotaBytes: -1 }]);
  });
});
