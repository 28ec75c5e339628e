// A damaged blob that the site has repaired leaves its backups, although its size is the same.
import { randomBytes } from 'node:crypto';
import { link, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { blobPath } from '#lib/blobs/disk/paths.ts';
import type { Digest } from '#lib/oci/digest.ts';
import { createTestApp } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { blobOf, buildManifest } from '#lib/testing/images/build-image.ts';
import { SITE_SECRETS, useBackupPlaces } from '#lib/testing/use-backup-places.ts';

const places = useBackupPlaces();
afterAll(() => places.close());

/** Flips a byte of a file in place, as a disk does. All hard links see it. */
async function rot(path: string): Promise<void> {
  const file = await open(path, 'r+');
  const at = 1000;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, at);
  await file.write(Buffer.from([(buffer[0] ?? 0) ^ 1]), 0, 1, at);
  await file.close();
}

describe.each([
  ['link', 'sealed', '1'],
  ['copy', 'site', '0'],
] as const)('a renewed backup by %s', (mode, scope, isSealed) => {
  test('takes the repaired blob', async () => {
    const site = await createTestApp({ ...SITE_SECRETS, SEALED_STORAGE: isSealed });
    const ada = await site.createUser();
    const config = blobOf('application/vnd.oci.image.config.v1+json', '{"os":"linux"}');
    const layer = blobOf('application/vnd.oci.image.layer.v1.tar', randomBytes(70_000));
    const image = buildManifest({ config, layers: [layer] });
    await createDistributionClient(site.url, ada.token).push(`${ada.alias}/tool`, image, ['v1']);
    const key = { sha256: layer.digest as Digest, scope };
    const stored = blobPath(site.app.config.dataDir, key);
    const good = await readFile(stored);
    const isSaved = async (folder: string) => (await readFile(blobPath(folder, key))).equals(good);

    // A damaged plain blob isn't copied, so that one is saved first.
    const isCopiedFirst = mode === 'copy' && scope === 'site';
    const folder = await places.newFolder();
    if (isCopiedFirst) await places.backUp(site, { folder, mode });
    await rot(stored);
    await places.backUp(site, { folder, mode });
    expect(await isSaved(folder)).toBe(isCopiedFirst);

    // As a push does.
    const staged = join(await places.newFolder(), 'staged');
    await writeFile(staged, good);
    await rename(staged, stored);
    const second = await places.newFolder();
    await places.backUp(site, { folder: second, mode, base: folder });
    expect(await isSaved(second)).toBe(true);
    expect((await places.backUp(site, { folder, mode })).blobs).toMatchObject({ present: 1 });
    expect(await isSaved(folder)).toBe(true);

    // Another name or another push changes the file's times, not its bytes.
    await link(stored, staged);
    await rm(staged);
    expect((await places.backUp(site, { folder, mode })).blobs).toMatchObject({ linked: 0, copied: 0, present: 2 });
    const restored = await places.restore(await places.newPlace({ SEALED_STORAGE: isSealed }), folder);
    expect(restored).toMatchObject({ lost: [] });
    await site.close();
  });
});

test('a renewed copy keeps the last good copy of a blob that is damaged now', async () => {
  const site = await createTestApp({ ...SITE_SECRETS, SEALED_STORAGE: '0' });
  const ada = await site.createUser();
  const config = blobOf('application/vnd.oci.image.config.v1+json', '{"os":"linux"}');
  const layer = blobOf('application/vnd.oci.image.layer.v1.tar', randomBytes(70_000));
  const image = buildManifest({ config, layers: [layer] });
  await createDistributionClient(site.url, ada.token).push(`${ada.alias}/tool`, image, ['v1']);
  const stored = blobPath(site.app.config.dataDir, { sha256: layer.digest as Digest, scope: 'site' });
  const folder = await places.newFolder();
  await places.backUp(site, { folder, mode: 'copy' });
  // Moved to another disk, where it is damaged.
  await writeFile(`${stored}.new`, await readFile(stored));
  await rename(`${stored}.new`, stored);
  await rot(stored);
  expect((await places.backUp(site, { folder, mode: 'copy' })).blobs).toMatchObject({ damaged: [], present: 2 });
  expect(await places.restore(await places.newPlace(), folder)).toMatchObject({ lost: [] });
  await site.close();
});
