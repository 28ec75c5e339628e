// Runs the commands of docs/backup.md as they stand there.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { createTestApp } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { blobOf, buildManifest } from '#lib/testing/images/build-image.ts';
import { useBackupPlaces } from '#lib/testing/use-backup-places.ts';

const ROOT = join(import.meta.dirname, '../../..');
const places = useBackupPlaces();
afterAll(() => places.close());

/** npm would first look whether the installation is current. */
const NPM = `npm() { [ "$1 $2 $3" = "run vitrine --" ] && shift 3 && "$NODE" scripts/vitrine.ts "$@"; }`;

test('the guide backs up a site, and restores it twice', { timeout: 180_000 }, async () => {
  const settings = { DATABASE_URL: '', MASTER_KEY: '', AUTH_SECRET: '', SEALED_STORAGE: '', DISK_RESERVE: '0' };
  const dataDir = await places.newFolder();
  const site = await createTestApp({ ...settings, DATA_DIR: dataDir });
  const ada = await site.createUser();
  const config = blobOf('application/vnd.oci.image.config.v1+json', '{"os":"linux"}');
  const image = buildManifest({ config, layers: [blobOf('application/vnd.oci.image.layer.v1.tar', 'layer')] });
  await createDistributionClient(site.url, ada.token).push(`${ada.alias}/tool`, image, ['v1']);

  const folder = await places.newFolder();
  const env = {
    ...settings,
    PATH: process.env.PATH ?? '',
    NODE: process.execPath,
    DATA_DIR: dataDir,
    BACKUP: join(folder, 'backup'),
    NEW_DATA_DIR: join(folder, 'restored'),
    TRIAL: join(folder, 'trial'),
    // Kept apart from the backup, as the guide says.
    MASTER_KEY: readFileSync(join(dataDir, 'secrets', 'master'), 'utf8').trim(),
    AUTH_SECRET: readFileSync(join(dataDir, 'secrets', 'auth'), 'utf8').trim(),
  };
  const guide = readFileSync(join(ROOT, 'docs/backup.md'), 'utf8');
  const blocks = [...guide.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, block]) => block ?? '');
  expect(blocks).toHaveLength(4);
  let output = '';
  for (const block of blocks) {
    const environment = env as Partial<NodeJS.ProcessEnv> as NodeJS.ProcessEnv;
    const run = promisify(execFile)('bash', ['-euc', `${NPM}\n${block}`], { cwd: ROOT, env: environment });
    output += (await run).stdout;
  }
  await site.close();
  expect(output).toMatch(/Backed up as of .*\n.*rows of .*\n.*2, .*2 linked/);
  expect(output).toMatch(/2, .*0 linked, 0 copied, 2 there already/);
  expect(output).toMatch(/Verified 2 blobs, 1 manifests: complete\./);
  expect(output).toMatch(/2 blobs hashed, .* 0 missing, 0 corrupt/);
  expect((await readdir(folder)).sort()).toEqual(['backup', 'backup-2', 'restored', 'trial']);
});
