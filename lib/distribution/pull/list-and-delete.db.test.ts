import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OCI_IMAGE_CONFIG, OCI_IMAGE_INDEX, OCI_IMAGE_MANIFEST } from '#lib/oci/media-types.ts';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { basic, createRawClient, sha256, type RawClient } from '#lib/testing/servers/raw-http.ts';
import { typed } from '#lib/testing/images/sample-manifest.ts';

let vitrine: TestApp;
let publisher: RawClient;
let anybody: RawClient;
let name: string;

const MANIFEST = JSON.stringify({ schemaVersion: 2, mediaType: OCI_IMAGE_INDEX, manifests: [] });

beforeAll(async () => {
  vitrine = await createTestApp();
  const ada = await vitrine.createUser();
  publisher = createRawClient(vitrine.url, basic(ada.token));
  anybody = createRawClient(vitrine.url);
  name = `${ada.alias}/tool`;
});
afterAll(() => vitrine.close());

const putManifest = (reference: string, body: string, type = OCI_IMAGE_INDEX) =>
  publisher.send('PUT', `/v2/${name}/manifests/${reference}`, typed(type, body));

describe('deletion', () => {
  it('of a tag keeps the manifest, and of a digest removes all its tags', async () => {
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

  describe('rejects children of a tagged index', () => {
    const describeManifest = (text: string) => ({
      mediaType: OCI_IMAGE_INDEX,
      digest: sha256(text),
      size: text.length,
      platform: { os: 'linux', architecture: 'arm64' },
    });
    const indexOf = (child: string, more = {}) =>
      JSON.stringify({ schemaVersion: 2, manifests: [describeManifest(child)], ...more });
    const remove = (reference: string) => publisher.send('DELETE', `/v2/${name}/manifests/${reference}`);
    const has = async (text: string) =>
      (await anybody.send('HEAD', `/v2/${name}/manifests/${sha256(text)}`)).status === 200;

    it('until the index named in the error is deleted', async () => {
      const child = JSON.stringify({ schemaVersion: 2, manifests: [], annotations: { is: 'a platform' } });
      const index = indexOf(child);
      await putManifest(sha256(child), child);
      await putManifest('platforms', index);
      // The child's own tag is irrelevant, because the index needs it anyway.
      await putManifest('arm64', child);
      const refused = await remove(sha256(child));
      expect(refused).toMatchObject({ status: 405, codes: ['UNSUPPORTED'] });
      expect(refused.body.toString()).toContain(sha256(index));
      expect(refused.body.toString()).toContain(`${name}:platforms`);
      expect(await has(child)).toBe(true);
      expect((await anybody.send('HEAD', `/v2/${name}/manifests/arm64`)).status).toBe(200);

      expect((await remove(sha256(index))).status).toBe(202);
      expect((await remove(sha256(child))).status).toBe(202);
      expect(await has(child)).toBe(false);
    });

    it('at any depth', async () => {
      const child = JSON.stringify({ schemaVersion: 2, manifests: [], annotations: { is: 'far below' } });
      const inner = indexOf(child);
      const outer = indexOf(inner);
      for (const text of [child, inner]) await putManifest(sha256(text), text);
      await putManifest('nested', outer);
      expect((await remove(sha256(child))).status).toBe(405);
      expect((await remove('nested')).status).toBe(202);
      expect((await remove(sha256(child))).status).toBe(202);
    });

    it('also for an index with a subject', async () => {
      const child = JSON.stringify({
        schemaVersion: 2,
        manifests: [],
        annotations: { is: 'a platform of an artifact' },
      });
      await putManifest(sha256(child), child);
      await putManifest('artifact', indexOf(child, { subject: describeManifest('not here') }));
      expect((await remove(sha256(child))).status).toBe(405);
      expect((await remove('artifact')).status).toBe(202);
      expect((await remove(sha256(child))).status).toBe(202);
    });

    it('only in the same repository, and not for a referrers tag', async () => {
      const child = JSON.stringify({ schemaVersion: 2, manifests: [], annotations: { is: 'a signature' } });
      await putManifest(sha256(child), child);
      await putManifest(`sha256-${'5'.repeat(64)}`, indexOf(child));
      const elsewhere = { headers: { 'content-type': OCI_IMAGE_INDEX }, body: indexOf(child) };
      await publisher.send('PUT', `/v2/${name}-other/manifests/latest`, elsewhere);
      expect((await remove(sha256(child))).status).toBe(202);
    });
  });

  it('of a blob applies at once, but only to its repository', async () => {
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
  it('are listed in ASCII order and paginated', async () => {
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
  it('are found by subject and referrers tag, and filtered by type', async () => {
    const subject = { mediaType: OCI_IMAGE_INDEX, digest: sha256(MANIFEST), size: MANIFEST.length };
    const config = await publisher.pushBlob(name, '{}');
    const artifact = (more: Record<string, unknown>) =>
      JSON.stringify({
        schemaVersion: 2,
        mediaType: OCI_IMAGE_MANIFEST,
        subject,
        layers: [],
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
          mediaType: OCI_IMAGE_MANIFEST,
          digest: sha256(sbom),
          size: sbom.length,
          artifactType: 'application/spdx+json',
          annotations: { a: 'b' },
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

  it('are paginated within the size limit of clients', async () => {
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
