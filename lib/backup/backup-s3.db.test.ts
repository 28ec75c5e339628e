// Backups of a site on a real S3 server.
import { randomBytes, randomUUID } from 'node:crypto';
import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyStore } from '#lib/distribution/integrity/verify-store.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { blobOf, buildManifest } from '#lib/testing/images/build-image.ts';
import { findS3Server, startS3, type S3Server } from '#lib/testing/s3/start-s3.ts';
import { SITE_SECRETS, useBackupPlaces } from '#lib/testing/use-backup-places.ts';

const { absent } = await findS3Server();
const title = `backups of a bucket${absent === null ? '' : ` (skipped: ${absent})`}`;
const COMPLETE = { missing: 0, wrongSize: 0, unlinked: 0 };
/** More than one part of an upload. */
const LARGE = 20 * 1024 * 1024;

describe.skipIf(absent !== null).each([
  ['plain', '0'],
  ['sealed', '1'],
])(`${title}, %s`, (_kind, isSealed) => {
  const places = useBackupPlaces();
  const prefix = randomUUID();
  const layer = blobOf('application/vnd.oci.image.layer.v1.tar', randomBytes(LARGE));
  const config = blobOf('application/vnd.oci.image.config.v1+json', '{"os":"linux"}');
  const image = buildManifest({ config, layers: [layer] });
  let server: S3Server;
  let settings: Record<string, string>;
  let site: TestApp;
  let ada: TestUser;
  let name: string;

  beforeAll(async () => {
    server = await startS3();
    settings = { ...server.settings, S3_PREFIX: prefix, DISK_RESERVE: '0', ...SITE_SECRETS, SEALED_STORAGE: isSealed };
    site = await createTestApp(settings);
    ada = await site.createUser();
    name = `${ada.alias}/tool`;
    await createDistributionClient(site.url, ada.token).push(name, image, ['v1']);
  });
  afterAll(async () => {
    await places.close();
    await site.close();
    await server.stop();
  });

  async function expectComplete(copy: TestApp): Promise<void> {
    expect(await verifyStore(copy.app)).toMatchObject({ ...COMPLETE, blobs: 2 });
    const blob = await createDistributionClient(copy.url, ada.token).request(
      'GET',
      `/v2/${name}/blobs/${layer.digest}`,
    );
    expect(Buffer.from(await blob.arrayBuffer()).equals(layer.bytes)).toBe(true);
  }

  test('a copy is restored into another part of the bucket, and onto a disk', async () => {
    const folder = await places.newFolder();
    const backup = await places.backUp(site, { folder, mode: 'copy' });
    expect(backup.blobs).toMatchObject({ kind: 'saved', copied: 2, damaged: [] });
    expect((await places.backUp(site, { folder, mode: 'copy' })).blobs).toMatchObject({ copied: 0, present: 2 });
    const bucket = await places.newPlace({ ...settings, S3_PREFIX: randomUUID() });
    expect((await places.restore(bucket, folder)).blobs).toMatchObject({ restored: 2 });
    await expectComplete(await places.open(bucket));
    const disk = await places.newPlace({ SEALED_STORAGE: isSealed });
    expect((await places.restore(disk, folder)).blobs).toMatchObject({ restored: 2 });
    await expectComplete(await places.open(disk));
  });

  test('a list is restored onto the objects that it names, or refused when one is missing', async () => {
    const folder = await places.newFolder();
    expect((await places.backUp(site, { folder })).blobs).toMatchObject({ kind: 'listed', count: 2, copied: 0 });
    expect(await readdir(join(folder, 'blobs', 'sealed'))).toEqual([]);
    const elsewhere = await places.newPlace({ ...settings, S3_PREFIX: randomUUID() });
    await expect(places.restore(elsewhere, folder)).rejects.toThrow(/lists blobs without holding them/);
    const place = await places.newPlace(settings);
    // Its garbage collection would remove what the first site stores.
    await expect(places.restore(place, folder)).rejects.toThrow(/lists the blobs of the bucket .*--same-store/);
    const root = join(server.folder, prefix, 'blobs');
    const [lost] = (await readdir(root, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    const path = join(lost?.parentPath ?? '', lost?.name ?? '');
    await rename(path, `${path}.away`);
    await expect(places.restore(place, folder, { isSameStore: true })).rejects.toThrow(/1 of 2 blobs are missing/);
    await rename(`${path}.away`, path);
    expect(await places.restore(place, folder, { isSameStore: true })).toMatchObject({ blobs: null, lost: [] });
    await expectComplete(await places.open(place));
  });

  test('links are refused', async () => {
    const folder = await places.newFolder();
    await expect(places.backUp(site, { folder, mode: 'link' })).rejects.toThrow(/can't be linked/);
  });
});
