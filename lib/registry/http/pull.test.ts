import { randomBytes } from 'node:crypto';
import { readdir, truncate, unlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { OCI_IMAGE_CONFIG, OCI_IMAGE_INDEX, OCI_IMAGE_MANIFEST } from '#lib/oci/media-types.ts';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { basic, createRawClient, sha256, type RawClient } from '#lib/testing/raw-http.ts';

let vitrine: TestApp;
let publisher: RawClient;
let anybody: RawClient;
let name: string;
let blob: Buffer;
let digest: string;

// Odd spaces: what comes back must be what went in.
const MANIFEST = `{ "schemaVersion": 2,\n  "mediaType": "${OCI_IMAGE_INDEX}", "manifests": [ ], "x-extra": {} }`;

beforeAll(async () => {
  vitrine = await createTestApp();
  const ada = await vitrine.createUser();
  publisher = createRawClient(vitrine.url, basic(ada.token));
  anybody = createRawClient(vitrine.url);
  name = `${ada.alias}/tool`;
  blob = randomBytes(3000);
  digest = await publisher.pushBlob(name, blob);
  await putManifest('latest', MANIFEST);
});
afterAll(() => vitrine.close());

const putManifest = (reference: string, body: string, type = OCI_IMAGE_INDEX) =>
  publisher.send('PUT', `/v2/${name}/manifests/${reference}`, { headers: { 'content-type': type }, body });

describe('a manifest', () => {
  test.each([
    ['tag', () => 'latest', 'no-cache'],
    ['digest', () => sha256(MANIFEST), 'public, max-age=31536000, immutable'],
  ])('comes by %s as it was pushed, whatever Accept says', async (_kind, reference, cacheControl) => {
    const path = `/v2/${name}/manifests/${reference()}`;
    const headers = {
      'content-type': OCI_IMAGE_INDEX,
      'content-length': String(MANIFEST.length),
      'docker-content-digest': sha256(MANIFEST),
      etag: `"${sha256(MANIFEST)}"`,
      'cache-control': cacheControl,
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'",
    };
    const got = await anybody.send('GET', path, { headers: { accept: 'text/html' } });
    expect(got).toMatchObject({ status: 200, headers });
    expect(got.body.toString()).toBe(MANIFEST);
    const head = await anybody.send('HEAD', path);
    expect(head).toMatchObject({ status: 200, headers });
    expect(head.body).toHaveLength(0);
  });

  it('is not sent again to who has it', async () => {
    const ifNoneMatch = `"x", W/"${sha256(MANIFEST)}"`;
    const answer = await anybody.send('GET', `/v2/${name}/manifests/latest`, {
      headers: { 'if-none-match': ifNoneMatch },
    });
    expect(answer).toMatchObject({ status: 304, headers: { etag: `"${sha256(MANIFEST)}"` } });
  });

  it('counts as a pull when it is got, not when it is asked about', async () => {
    const { pullCounter, db } = vitrine.app;
    const read = async () => {
      await pullCounter.flush();
      const rows = await db.pullCount.findMany({ where: { repository: { name: 'tool' } } });
      return Object.fromEntries(rows.map((row) => [row.tag, Number(row.count)]));
    };
    const before = await read();
    await anybody.send('HEAD', `/v2/${name}/manifests/latest`);
    await anybody.send('GET', `/v2/${name}/manifests/latest`);
    await anybody.send('GET', `/v2/${name}/manifests/${sha256(MANIFEST)}`);
    await anybody.send('GET', `/v2/${name}/manifests/missing`);
    const after = await read();
    expect(after).toEqual({ latest: (before['latest'] ?? 0) + 1, '': (before[''] ?? 0) + 1 });
  });

  it.each(['missing', `sha256:${'0'.repeat(64)}`, '.bad'])('that is not there is not found: %s', async (reference) => {
    for (const method of ['GET', 'HEAD']) {
      expect((await anybody.send(method, `/v2/${name}/manifests/${reference}`)).status).toBe(404);
    }
  });
});

describe('a blob', () => {
  const get = (headers: Record<string, string> = {}, method = 'GET') =>
    anybody.send(method, `/v2/${name}/blobs/${digest}`, { headers });

  it('comes as bytes that a browser does nothing with', async () => {
    const headers = {
      'content-type': 'application/octet-stream',
      'content-disposition': 'attachment',
      'content-length': '3000',
      'docker-content-digest': digest,
      'accept-ranges': 'bytes',
      etag: `"${digest}"`,
      'cache-control': 'public, max-age=31536000, immutable',
    };
    const answer = await get({ 'accept-encoding': 'gzip, zstd' });
    expect(answer).toMatchObject({ status: 200, headers });
    expect(answer.headers['content-encoding']).toBeUndefined();
    expect(answer.body.equals(blob)).toBe(true);
    const head = await get({}, 'HEAD');
    expect(head).toMatchObject({ status: 200, headers });
    expect(head.body).toHaveLength(0);
  });

  test.each([
    ['bytes=500-1499', 500, 1499],
    ['bytes=500-', 500, 2999],
    ['bytes=-500', 2500, 2999],
    ['bytes=2000-5000', 2000, 2999],
  ])('comes in parts: %s', async (range, start, end) => {
    const answer = await get({ range });
    expect(answer).toMatchObject({
      status: 206,
      headers: { 'content-range': `bytes ${start}-${end}/3000`, 'content-length': String(end - start + 1) },
    });
    expect(answer.body.equals(blob.subarray(start, end + 1))).toBe(true);
  });

  test.each(['bytes=3000-', 'bytes=500-0', 'bytes=-0'])('has no such part: %s', async (range) => {
    expect(await get({ range })).toMatchObject({
      status: 416,
      codes: ['RANGE_INVALID'],
      headers: { 'content-range': 'bytes */3000' },
    });
  });

  test.each([
    [{ range: 'bytes=0-1,5-6' }],
    [{ range: 'bytes=zero-one' }],
    [{ range: 'bytes=0-1', 'if-range': '"sha256:other"' }],
  ])('comes whole for %j', async (headers) => {
    const answer = await get(headers);
    expect(answer.status).toBe(200);
    expect(answer.body).toHaveLength(3000);
  });

  it('is not sent again to who has it', async () => {
    expect((await get({ 'if-none-match': `"${digest}"` })).status).toBe(304);
  });

  it('of another repository is not there, though its digest is known', async () => {
    const other = `${name}-other`;
    await publisher.pushBlob(other, 'something');
    const answer = await anybody.send('GET', `/v2/${other}/blobs/${digest}`);
    expect(answer).toMatchObject({ status: 404, codes: ['BLOB_UNKNOWN'] });
  });

  it('without bytes is one, too', async () => {
    const empty = await publisher.pushBlob(name, '');
    const answer = await anybody.send('GET', `/v2/${name}/blobs/${empty}`);
    expect(answer).toMatchObject({ status: 200, headers: { 'content-length': '0' } });
  });

  it('whose file is gone or cut short is not there, until it is pushed again', async () => {
    const bytes = randomBytes(500);
    const lost = await publisher.pushBlob(name, bytes);
    const path = blobFile(lost);
    for (const damage of [() => truncate(path, 10), () => unlink(path)]) {
      await damage();
      expect((await anybody.send('HEAD', `/v2/${name}/blobs/${lost}`)).status).toBe(404);
      await publisher.pushBlob(name, bytes);
      expect((await anybody.send('GET', `/v2/${name}/blobs/${lost}`)).body.equals(bytes)).toBe(true);
    }
  });

  it('is let go when its reader goes away', async () => {
    const large = await publisher.pushBlob(name, randomBytes(20 * 1024 * 1024));
    const { hostname, port } = new URL(vitrine.url);
    const path = blobFile(large);
    const openFiles = async () => (await listOpenFiles()).filter((file) => file === path).length;
    const sockets = Array.from({ length: 5 }, () => {
      const socket = connect(Number(port), hostname);
      socket.pause();
      socket.write(`GET /v2/${name}/blobs/${large} HTTP/1.1\r\nHost: x\r\n\r\n`);
      return socket;
    });
    await sleep(200);
    if (process.platform === 'linux') expect(await openFiles()).toBe(5);
    for (const socket of sockets) socket.destroy();
    await expect.poll(openFiles).toBe(0);
    expect((await get()).status).toBe(200);
  });
});

describe('what was deleted', () => {
  it('by tag is there by digest; by digest, not by any tag', async () => {
    const text = JSON.stringify({ schemaVersion: 2, manifests: [], annotations: { x: 'y' } });
    for (const tag of ['a', 'b', 'c']) await putManifest(tag, text);
    const status = async (reference: string) =>
      (await anybody.send('GET', `/v2/${name}/manifests/${reference}`)).status;
    expect((await publisher.send('DELETE', `/v2/${name}/manifests/a`)).status).toBe(202);
    expect([await status('a'), await status('b'), await status(sha256(text))]).toEqual([404, 200, 200]);
    expect((await publisher.send('DELETE', `/v2/${name}/manifests/${sha256(text)}`)).status).toBe(202);
    expect([await status('b'), await status('c'), await status(sha256(text))]).toEqual([404, 404, 404]);
    const events = await vitrine.app.db.tagEvent.count({ where: { fromDigest: sha256(text), toDigest: null } });
    expect(events).toBe(3);
    const actions = await vitrine.app.db.auditEvent.findMany({ where: { action: { endsWith: '.delete' } } });
    expect(actions.map(({ action }) => action).sort()).toEqual(['manifest.delete', 'tag.delete']);
  });

  it('as a blob is gone at once here, and stays elsewhere', async () => {
    const gone = await publisher.pushBlob(name, 'gone');
    await publisher.pushBlob(`${name}-elsewhere`, 'gone');
    expect((await publisher.send('DELETE', `/v2/${name}/blobs/${gone}`)).status).toBe(202);
    expect((await anybody.send('HEAD', `/v2/${name}/blobs/${gone}`)).status).toBe(404);
    expect((await anybody.send('HEAD', `/v2/${name}-elsewhere/blobs/${gone}`)).status).toBe(200);
    expect(await publisher.send('DELETE', `/v2/${name}/blobs/${gone}`)).toMatchObject({
      status: 404,
      codes: ['BLOB_UNKNOWN'],
    });
  });
});

describe('tags', () => {
  it('are listed in ASCII order, in pages', async () => {
    const repository = `${name}-tags`;
    const tags = ['a', 'B', '_x', '1.10', '1.9', 'b'];
    for (const tag of tags) {
      await publisher.send('PUT', `/v2/${repository}/manifests/${tag}`, {
        headers: { 'content-type': OCI_IMAGE_INDEX },
        body: MANIFEST,
      });
    }
    const list = async (query: string) => {
      const { status, body, headers } = await anybody.send('GET', `/v2/${repository}/tags/list${query}`);
      return { status, ...(JSON.parse(body.toString()) as { tags: string[] }), link: headers.link };
    };
    const sorted = ['1.10', '1.9', 'B', '_x', 'a', 'b'];
    expect(await list('')).toMatchObject({ name: repository, tags: sorted, link: undefined });
    const link = `</v2/${repository}/tags/list?n=4&last=_x>; rel="next"`;
    expect(await list('?n=4')).toMatchObject({ tags: sorted.slice(0, 4), link });
    expect(await list('?n=4&last=_x')).toMatchObject({ tags: ['a', 'b'], link: undefined });
    expect(await list('?last=C')).toMatchObject({ tags: ['_x', 'a', 'b'] });
    expect(await list('?n=0')).toMatchObject({ tags: [], link: undefined });
    expect(await list('?n=99999999999999999999')).toMatchObject({ tags: sorted });
    for (const wrong of ['?n=-1', '?n=x', '?last=%00', `?last=${'x'.repeat(200)}`])
      expect((await list(wrong)).status).toBe(400);
  });
});

describe('referrers', () => {
  it('are what names a subject, by type and under the old tag, too', async () => {
    const subject = { mediaType: OCI_IMAGE_INDEX, digest: sha256(MANIFEST), size: MANIFEST.length };
    const config = await publisher.pushBlob(name, '{}');
    const artifact = (more: Record<string, unknown>) =>
      JSON.stringify({
        ...{ schemaVersion: 2, mediaType: OCI_IMAGE_MANIFEST, subject, layers: [] },
        config: { mediaType: OCI_IMAGE_CONFIG, digest: config, size: 2 },
        ...more,
      });
    const sbom = artifact({ artifactType: 'application/spdx+json', annotations: { a: 'b' } });
    const untyped = artifact({});
    const old = artifact({ subject: undefined, artifactType: 'application/old' });
    for (const manifest of [sbom, untyped, old]) await putManifest(sha256(manifest), manifest, OCI_IMAGE_MANIFEST);
    const list = async (query = '') => {
      const answer = await anybody.send('GET', `/v2/${name}/referrers/${subject.digest}${query}`);
      expect(answer).toMatchObject({ status: 200, headers: { 'content-type': OCI_IMAGE_INDEX } });
      return {
        headers: answer.headers,
        index: JSON.parse(answer.body.toString()) as { manifests: { digest: string }[] },
      };
    };
    const digests = async (query = '') => (await list(query)).index.manifests.map((manifest) => manifest.digest).sort();

    expect(await digests()).toEqual([sha256(sbom), sha256(untyped)].sort());
    const { headers, index } = await list('?artifactType=application/spdx%2Bjson');
    expect(headers['oci-filters-applied']).toBe('artifactType');
    expect(index).toEqual({
      schemaVersion: 2,
      mediaType: OCI_IMAGE_INDEX,
      manifests: [
        {
          ...{ mediaType: OCI_IMAGE_MANIFEST, digest: sha256(sbom), size: sbom.length },
          ...{ artifactType: 'application/spdx+json', annotations: { a: 'b' } },
        },
      ],
    });
    expect(await digests(`?artifactType=${OCI_IMAGE_CONFIG.replace('+', '%2B')}`)).toEqual([sha256(untyped)]);
    expect(await digests('?artifactType=%00')).toEqual([]);

    const describeOld = (text: string, artifactType: string) => {
      return { mediaType: OCI_IMAGE_MANIFEST, digest: sha256(text), size: text.length, artifactType };
    };
    const manifests = [describeOld(old, 'application/old'), describeOld(sbom, 'application/spdx+json')];
    await putManifest(subject.digest.replace(':', '-'), JSON.stringify({ schemaVersion: 2, manifests }));
    expect(await digests()).toEqual([sha256(sbom), sha256(untyped), sha256(old)].sort());
    expect(await digests('?artifactType=application/old')).toEqual([sha256(old)]);
  });

  it('are given in pages that clients can take', async () => {
    const subject = { mediaType: OCI_IMAGE_INDEX, digest: sha256('large'), size: 5 };
    const pushed: string[] = [];
    for (const letter of ['a', 'b', 'c']) {
      const annotations = { note: letter.repeat(1_500_000) };
      const manifest = JSON.stringify({
        schemaVersion: 2,
        mediaType: OCI_IMAGE_INDEX,
        manifests: [],
        subject,
        annotations,
      });
      expect((await putManifest(sha256(manifest), manifest)).status).toBe(201);
      pushed.push(sha256(manifest));
    }
    const seen: string[] = [];
    let path: string | undefined = `/v2/${name}/referrers/${subject.digest}`;
    while (path) {
      const { body, headers } = await anybody.send('GET', path);
      expect(body.length).toBeLessThan(4 * 1024 * 1024);
      seen.push(
        ...(JSON.parse(body.toString()) as { manifests: { digest: string }[] }).manifests.map((one) => one.digest),
      );
      path = /^<(.+)>; rel="next"$/.exec(String(headers.link ?? ''))?.[1];
    }
    expect(seen).toEqual(pushed.sort());
  });
});

function blobFile(sha: string): string {
  const hex = sha.slice('sha256:'.length);
  return join(vitrine.app.config.dataDir, 'blobs', 'sha256', hex.slice(0, 2), hex);
}

async function listOpenFiles(): Promise<string[]> {
  if (process.platform !== 'linux') return [];
  const { readlink } = await import('node:fs/promises');
  const names = await readdir('/proc/self/fd');
  return Promise.all(names.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
}
