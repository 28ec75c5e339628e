// Backups of sites with repositories under a KMS key of their own.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyStore } from '#lib/distribution/integrity/verify-store.ts';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { createTestApp } from '#lib/testing/create-test-app.ts';
import { buildImage } from '#lib/testing/images/build-image.ts';
import { findKmsServer, startKms, type KmsServer } from '#lib/testing/keys/start-kms.ts';
import { SITE_SECRETS, useBackupPlaces } from '#lib/testing/use-backup-places.ts';

const { absent } = await findKmsServer();

describe.skipIf(absent !== null)(`backups of repositories’ keys${absent ? ` (skipped: ${absent})` : ''}`, () => {
  const places = useBackupPlaces();
  let kms: KmsServer;
  beforeAll(async () => {
    kms = await startKms();
  });
  afterAll(async () => {
    await places.close();
    await kms.stop();
  });

  test.each(['link', 'copy'] as const)('restore blobs under them, by %s', async (mode) => {
    const env = { ...SITE_SECRETS, ...kms.settings, KMS_KEY_ID: await kms.createKey(), SEALED_STORAGE: '1' };
    const site = await createTestApp(env);
    const ada = await site.createUser();
    const named = { caller: ada.caller, alias: ada.alias, name: 'secret', kmsKey: await kms.createKey() };
    await createRepository(site.app, named);
    const image = await buildImage({
      platform: { os: 'linux', architecture: 'amd64' },
      created: '2026-01-01T00:00:00Z',
      layers: [[{ path: 'app', content: `under a key, ${mode}` }]],
    });
    // The same blobs under the site's key, too.
    for (const name of ['secret', 'plain']) {
      await createDistributionClient(site.url, ada.token).push(`${ada.alias}/${name}`, image, ['v1']);
    }
    const folder = await places.newFolder();
    const backup = await places.backUp(site, { folder, mode });
    expect(backup.blobs.count).toBe(2 * image.blobs.length);
    await site.close();

    const place = await places.newPlace({ ...env });
    expect(await places.restore(place, folder)).toMatchObject({ lost: [] });
    const copy = await places.open(place);
    expect(await verifyStore(copy.app)).toMatchObject({ missing: 0, wrongSize: 0, unlinked: 0 });
    const kinds = await readdir(join(place.dataDir, 'blobs'));
    expect(kinds).toContain('keys');
    const client = createDistributionClient(copy.url, ada.token);
    for (const name of ['secret', 'plain']) {
      for (const { digest, bytes } of image.blobs) {
        const blob = await client.request('GET', `/v2/${ada.alias}/${name}/blobs/${digest}`);
        expect(Buffer.from(await blob.arrayBuffer()).equals(bytes)).toBe(true);
      }
    }
  });
});
