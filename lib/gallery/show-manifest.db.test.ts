import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { OCI_IMAGE_INDEX } from '#lib/oci/media-types.ts';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { basic, createRawClient, sha256 } from '#lib/testing/servers/raw-http.ts';
import { getManifestPage } from './manifest-queries.ts';

const LARGE = JSON.stringify({
  schemaVersion: 2,
  mediaType: OCI_IMAGE_INDEX,
  manifests: [],
  annotations: { 'org.example.notes': 'x'.repeat(100_000) },
});
const SMALL = JSON.stringify({ schemaVersion: 2, mediaType: OCI_IMAGE_INDEX, manifests: [] });

let site: TestApp;
let repositoryId: bigint;
let otherId: bigint;
beforeAll(async () => {
  site = await createTestApp();
  const user = await site.createUser();
  const client = createRawClient(site.url, basic(user.token));
  const put = async (name: string, tag: string, body: string) => {
    const options = { headers: { 'content-type': OCI_IMAGE_INDEX }, body };
    expect((await client.send('PUT', `/v2/${user.alias}/${name}/manifests/${tag}`, options)).status).toBe(201);
    return site.app.db.repository.findFirstOrThrow({ where: { name } });
  };
  repositoryId = (await put('notes', 'large', LARGE)).id;
  await put('notes', 'small', SMALL);
  otherId = (await put('other', 'small', SMALL)).id;
});
afterAll(() => site.close());

/** Counts reads of manifest bytes from now on. */
function countReads(): () => number {
  const query = vi.spyOn(site.app.pool, 'query');
  const isRead = (statement: unknown) => (statement as { name?: string }).name === 'read-manifest-payload';
  return () => query.mock.calls.filter(([statement]) => isRead(statement)).length;
}
afterEach(() => vi.restoreAllMocks());

test('reads and parses a large manifest once', async () => {
  const reads = countReads();
  const pages = await Promise.all(
    Array.from({ length: 5 }, () => getManifestPage(site.app, { repositoryId, digest: sha256(LARGE) })),
  );
  pages.push(await getManifestPage(site.app, { repositoryId, digest: sha256(LARGE) }));
  expect(reads()).toBe(1);
  for (const page of pages) {
    expect(page?.text).toBe(LARGE.slice(0, 20_000));
    expect(page?.manifest?.annotations['org.example.notes']).toHaveLength(100_000);
  }
});

test('a cached manifest is only found in repositories that have it', async () => {
  expect(await getManifestPage(site.app, { repositoryId, digest: sha256(LARGE) })).not.toBeNull();
  expect(await getManifestPage(site.app, { repositoryId: otherId, digest: sha256(LARGE) })).toBeNull();
});

test('a small manifest is read again for each page', async () => {
  const reads = countReads();
  for (let time = 0; time < 2; time += 1) {
    expect((await getManifestPage(site.app, { repositoryId, digest: sha256(SMALL) }))?.text).toBe(SMALL);
  }
  expect(reads()).toBe(2);
});
