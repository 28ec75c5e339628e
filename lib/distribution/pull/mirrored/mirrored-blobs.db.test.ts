// Pulls blobs through a mirror, with a working and a faulty upstream. After every fault, nothing wrong is cached, and the
// client gets a short read or a clear error. The next attempt works.
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { blobOf } from '#lib/testing/images/build-image.ts';
import type { MirrorSite } from '#lib/testing/servers/mirror-site.ts';
import { sha256 } from '#lib/testing/servers/raw-http.ts';
import type { Faults } from '#lib/testing/servers/upstream-faults.ts';
import { useMirrorSite } from '#lib/testing/servers/use-mirror-site.ts';

const mirror = useMirrorSite();
const { mirrorImage, get, head, manifestPath, blobPath, asked } = mirror;
let site: MirrorSite;
beforeAll(() => {
  site = mirror.site;
});

describe('a blob', () => {
  it('is fetched once for a hundred clients and served completely to each', async () => {
    // A hundred readers keep this process busy, which must not count as a stall.
    await site.renewClient({ timeouts: {} });
    const { name, layer } = await mirrorImage(1_000_000);
    await get(manifestPath(name));
    site.upstream.misbehave({ trickle: { bytes: 100_000, everyMs: 10 } }, { when: /blobs/ });
    const answers = await Promise.all(Array.from({ length: 100 }, () => get(blobPath(name, layer))));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(answers.every(({ body }) => body.equals(layer))).toBe(true);
    const [, repository] = name.split('/');
    expect(asked(new RegExp(`^GET /v2/${repository}/blobs/${sha256(layer)}`))).toBe(1);
  });

  it('serves ranges while it arrives', async () => {
    const { name, layer } = await mirrorImage(2_000_000);
    await get(manifestPath(name));
    site.upstream.misbehave({ trickle: { bytes: 100_000, everyMs: 20 } }, { when: /blobs/ });
    const [whole, part, tail] = await Promise.all([
      get(blobPath(name, layer)),
      get(blobPath(name, layer), { range: 'bytes=100-199' }),
      get(blobPath(name, layer), { range: 'bytes=1500000-' }),
    ]);
    expect(whole.body.equals(layer)).toBe(true);
    expect(part).toMatchObject({ status: 206, headers: { 'content-range': 'bytes 100-199/2000000' } });
    expect(part.body.equals(layer.subarray(100, 200))).toBe(true);
    expect(tail.body.equals(layer.subarray(1_500_000))).toBe(true);
    const [, repository] = name.split('/');
    expect(asked(new RegExp(`^GET /v2/${repository}/blobs/`))).toBe(1);
  });

  it('is fetched completely even if the client disconnects', async () => {
    const { name, layer } = await mirrorImage(1_000_000);
    await get(manifestPath(name));
    site.upstream.misbehave({ trickle: { bytes: 100_000, everyMs: 30 } }, { when: /blobs/ });
    await abandon(blobPath(name, layer));
    await expect
      .poll(async () => (await head(blobPath(name, layer))).headers['x-cache'], { timeout: 5_000 })
      .toBe('HIT');
    const [, repository] = name.split('/');
    expect(asked(new RegExp(`^GET /v2/${repository}/blobs/`))).toBe(1);
  });

  it('resumes by Range after a broken connection, even during a read', async () => {
    const { name, layer } = await mirrorImage(1_000_000);
    await get(manifestPath(name));
    site.upstream.misbehave({ cutAfterBytes: 300_000 }, { when: /blobs/, times: 2 });
    const got = await get(blobPath(name, layer));
    expect(got.body.equals(layer)).toBe(true);
    const [, repository] = name.split('/');
    const ranges = site.upstream.find(new RegExp(`^GET /v2/${repository}/blobs/`)).map(({ headers }) => headers.range);
    expect(ranges).toHaveLength(3);
    expect(ranges[0]).toBeUndefined();
    expect(ranges[1]).toMatch(/^bytes=\d+-$/);
  });

  it('resumes even if the upstream restarts from the beginning', async () => {
    const { name, layer } = await mirrorImage(1_000_000);
    await get(manifestPath(name));
    site.upstream.misbehave({ cutAfterBytes: 300_000 }, { when: /blobs/, times: 1 });
    site.upstream.misbehave({ ignoresRange: true }, { when: /blobs/ });
    expect((await get(blobPath(name, layer))).body.equals(layer)).toBe(true);
  });

  test.each<[string, Faults]>([
    ['other bytes', { corrupts: true }],
    ['a length that differs from the manifest', { contentLength: 150_000 }],
    ['repeated early ends', { cutAfterBytes: 100 }],
    ['a stall', { stallAfterBytes: 100 }],
    ['500', { status: 500 }],
    ['404', { status: 404 }],
    ['a hang-up', { hangsUp: true }],
    ['a redirect to a private address', { redirectTo: 'http://169.254.169.254/latest/meta-data' }],
  ])(
    'with %s is never served completely or cached, and the next attempt works',
    async (_what, faults) => {
      const { name, layer } = await mirrorImage();
      await get(manifestPath(name));
      site.upstream.misbehave(faults, { when: /blobs/ });
      const failed = await get(blobPath(name, layer)).catch((error: Error) => error);
      if (failed instanceof Error) expect(failed.message).toMatch(/aborted|socket hang up|ECONNRESET/);
      else expect([404, 502, 503]).toContain(failed.status);
      const link = await site.app.db.repositoryBlob.count({
        where: { repository: { name: name.split('/')[1] }, digest: sha256(layer) },
      });
      expect(link).toBe(0);
      site.upstream.behave();
      await expect
        .poll(
          async () => {
            const got = await get(blobPath(name, layer)).catch(() => null);
            return got?.body.equals(layer);
          },
          { timeout: 8_000 },
        )
        .toBe(true);
    },
    30_000,
  );

  it('without a length is served completely', async () => {
    const { name, layer } = await mirrorImage();
    site.upstream.misbehave({ isChunked: true }, { when: /blobs/ });
    // The size comes from a manifest, or from the complete blob if no manifest references it.
    await get(manifestPath(name));
    expect((await get(blobPath(name, layer))).body.equals(layer)).toBe(true);
    const loose = randomBytes(100_000);
    site.upstream.content.addBlob(name.split('/')[1] ?? '', blobOf('x', loose));
    const got = await get(blobPath(name, loose));
    expect(got).toMatchObject({ status: 200, headers: { 'content-length': '100000' } });
    expect(got.body.equals(loose)).toBe(true);
  });

  it('of another repository is readable only if the upstream has it here', async () => {
    const { name, layer } = await mirrorImage();
    const { name: other } = await mirrorImage();
    await get(manifestPath(name));
    await get(blobPath(name, layer));
    await expect.poll(async () => (await head(blobPath(name, layer))).headers['x-cache']).toBe('HIT');
    expect(await get(blobPath(other, layer))).toMatchObject({ status: 404, codes: ['BLOB_UNKNOWN'] });
    const [, repository = ''] = other.split('/');
    site.upstream.content.addBlob(repository, blobOf('x', layer));
    expect((await get(blobPath(other, layer))).body.equals(layer)).toBe(true);
    expect(asked(new RegExp(`^GET /v2/${repository}/blobs/`))).toBe(0);
  });

  it('with a SHA-512 digest is verified against it', async () => {
    const { name } = await mirrorImage();
    const loose = randomBytes(70_000);
    const digest = `sha512:${createHash('sha512').update(loose).digest('hex')}`;
    site.upstream.content.addBlob(name.split('/')[1] ?? '', { mediaType: 'x', digest, bytes: loose });
    const got = await get(`/v2/${name}/blobs/${digest}`);
    expect(got.body.equals(loose)).toBe(true);
    await expect.poll(async () => (await get(`/v2/${name}/blobs/${digest}`)).headers['x-cache']).toBe('HIT');
    const other = { mediaType: 'x', digest: digest.replace(/.$/, (last) => (last === '0' ? '1' : '0')), bytes: loose };
    site.upstream.content.addBlob(name.split('/')[1] ?? '', other);
    await expect(get(`/v2/${name}/blobs/${other.digest}`)).rejects.toThrow(/aborted|ECONNRESET|socket hang up/);
  });
});

/** Reads the beginning of a response and closes the connection. */
async function abandon(path: string): Promise<void> {
  const { hostname, port } = new URL(site.url);
  const socket = connect(Number(port), hostname);
  socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
  await once(socket, 'data');
  await sleep(20);
  socket.destroy();
}
