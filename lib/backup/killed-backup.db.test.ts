// The commands themselves, killed at any moment, with embedded databases.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { blobOf, buildManifest } from '#lib/testing/images/build-image.ts';
import { useBackupPlaces } from '#lib/testing/use-backup-places.ts';

const SCRIPT = join(import.meta.dirname, '../../scripts/vitrine.ts');
const LOOK_MS = 5;

// Each test starts a dozen processes.
vi.setConfig({ testTimeout: 180_000 });

const places = useBackupPlaces();
let site: TestApp;
let env: Record<string, string>;
let token: string;
let name: string;
let folder: string;
/** Of the restored site. */
let dataDir: string;

beforeAll(async () => {
  [folder, dataDir] = [await places.newFolder(), await places.newFolder()];
  env = {
    DATA_DIR: await places.newFolder(),
    DATABASE_URL: '',
    SEALED_STORAGE: '',
    MASTER_KEY: '',
    AUTH_SECRET: '',
    DISK_RESERVE: '0',
  };
  site = await createTestApp(env);
  const ada = await site.createUser();
  token = ada.token;
  name = `${ada.alias}/tool`;
  const client = createDistributionClient(site.url, token);
  for (let i = 0; i < 25; i += 1) {
    const config = blobOf('application/vnd.oci.image.config.v1+json', `{"os":"linux","i":${i}}`);
    const layers = [1, 2, 3].map(() => blobOf('application/vnd.oci.image.layer.v1.tar', randomBytes(200_000)));
    await client.push(name, buildManifest({ config, layers }), [`v${i}`]);
  }
});
afterAll(async () => {
  await site.close();
  await places.close();
});

/** VITRINE_SOAK_SECONDS kills at each of them. */
const MOMENTS = process.env.VITRINE_SOAK_SECONDS === undefined ? 1 : 3;

type Run = { code: number | null; output: string };

/** Runs a command, and kills it a moment after `isDue`. */
async function run(settings: Record<string, string>, args: string[], isDue = () => false): Promise<Run> {
  const environment = { PATH: process.env.PATH ?? '', ...settings } as Partial<NodeJS.ProcessEnv> as NodeJS.ProcessEnv;
  const child = spawn(process.execPath, [SCRIPT, ...args], { env: environment });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const exited = once(child, 'exit');
  const killer = setInterval(() => isDue() && child.kill('SIGKILL'), LOOK_MS);
  await exited;
  clearInterval(killer);
  return { code: child.exitCode, output };
}

const toEnv = (dataDir: string) => ({ ...env, DATA_DIR: dataDir });

function countBlobs(folder: string): number {
  const root = join(folder, 'blobs');
  if (!existsSync(root)) return 0;
  return readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;
}

test('a backup that was killed is no backup, and goes on', async () => {
  const args = ['backup', folder, '--blobs', 'copy', '--with-secrets', '--json'];
  const hasParts = () => readdirSync(folder).some((name) => name.startsWith('parts-'));
  const moments = [hasParts, () => countBlobs(folder) > 20, () => countBlobs(folder) > 80];
  for (const isDue of moments.slice(-MOMENTS)) {
    expect((await run(env, args, isDue)).code).toBeNull();
    expect(readdirSync(folder)).not.toContain('backup.json');
    expect(await run(toEnv(dataDir), ['restore', folder])).toMatchObject({
      code: 1,
      output: expect.stringContaining('holds no complete backup') as string,
    });
  }
  const { code, output } = await run(env, args);
  expect(code, output).toBe(0);
  expect(JSON.parse(output)).toMatchObject({
    ok: true,
    blobs: { count: 100, damaged: [] },
    secrets: ['auth', 'master'],
  });
});

test('a restore that was killed keeps the site from starting, and goes on', async () => {
  const hasBegun = () => existsSync(join(dataDir, 'secrets', 'master'));
  const moments = [hasBegun, () => countBlobs(dataDir) > 5, () => countBlobs(dataDir) > 80];
  for (const isDue of moments.slice(-MOMENTS)) {
    expect((await run(toEnv(dataDir), ['restore', folder, '--json'], isDue)).code).toBeNull();
    for (const command of ['serve', 'verify']) {
      expect(await run(toEnv(dataDir), [command])).toMatchObject({
        code: 1,
        output: expect.stringMatching(/The restore of the backup \S+ into this database hasn't finished/) as string,
      });
    }
  }
  const { code, output } = await run(toEnv(dataDir), ['restore', folder, '--json']);
  expect(code, output).toBe(0);
  expect(JSON.parse(output)).toMatchObject({
    ok: true,
    isContinued: true,
    verification: { blobs: 100, manifests: 25, missing: 0, wrongSize: 0, unlinked: 0 },
  });
  const copy = await places.open({ env: toEnv(dataDir), dataDir, databaseUrl: '' });
  const restored = createDistributionClient(copy.url, token);
  expect(await copy.app.db.auditEvent.count({ where: { action: 'site.restore' } })).toBe(1);
  for (let i = 0; i < 25; i += 1) await restored.request('GET', `/v2/${name}/manifests/v${i}`);
});
