// npm start from the operator's view: error messages, and recovery from crashes.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { findFreePort } from '#lib/testing/servers/find-free-port.ts';
import { findProgram } from '../find-program.ts';
import { run } from '../run-program.ts';
import { buildSampleImage } from '../clients/sample-image.ts';
import {
  cleanUp,
  createSitePublisher,
  listTree,
  newFolder,
  newSiteFolder,
  ROOT,
  start,
  track,
} from './site-process.ts';

const isRoot = process.getuid?.() === 0;

afterEach(() => cleanUp());

describe('a failed start ends with one sentence and a non-zero exit code', () => {
  test('when the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const { exitCode, output } = start({ DATA_DIR: newFolder(), PORT: String(port) });
    expect(await exitCode).toBe(1);
    expect(output()).toContain(`Port ${port} on 127.0.0.1 is in use`);
    expect(output()).not.toMatch(/\n\s+at /);
    other.close();
  });

  test('when the database URL is wrong', async () => {
    const DATABASE_URL = 'postgresql://someone:topsecret@127.0.0.1:9/nowhere';
    const database = { DATABASE_URL, DATABASE_WAIT_SECONDS: '0' };
    const { exitCode, output } = start({ DATA_DIR: newFolder(), PORT: String(await findFreePort()), ...database });
    expect(await exitCode).toBe(1);
    expect(output()).toMatch(/database at someone@127\.0\.0\.1:9\/nowhere can't be used: nothing listens there/);
    expect(output()).not.toContain('topsecret');
  });

  test('when a variable is invalid', async () => {
    const { exitCode, output } = start({ DATA_DIR: newFolder(), PORT: 'eighty' });
    expect(await exitCode).toBe(1);
    expect(output()).toContain('PORT must be a port number.');
  });

  test.skipIf(!isRoot)(
    `when the data folder isn't writable${isRoot ? '' : ' (skipped: needs root to start as another user)'}`,
    async () => {
      const folder = newFolder();
      chmodSync(folder, 0o755);
      const { exitCode, output } = start(
        { DATA_DIR: join(folder, 'data'), PORT: String(await findFreePort()) },
        { uid: 65534, gid: 65534 },
      );
      expect(await exitCode).toBe(1);
      expect(output()).toMatch(/data \(DATA_DIR\) can't be written to: permission denied/);
    },
  );

  const canMount = isRoot && findProgram('mount') !== null;
  test.skipIf(!canMount)(
    `when the disk is full${canMount ? '' : ' (skipped: needs root to mount a small disk)'}`,
    async () => {
      const folder = newFolder();
      await run('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', folder]);
      try {
        const { exitCode, output } = start({ DATA_DIR: folder, PORT: String(await findFreePort()) });
        expect(await exitCode).toBe(1);
        expect(output()).toMatch(/the disk is full/i);
        expect(output()).not.toMatch(/\n\s+at /);
      } finally {
        await run('umount', [folder]);
      }
    },
  );
});

describe('a running site', () => {
  test('starts in a folder that only root may enter, protects its secrets and prints the admin link', async () => {
    const dataDir = join(newFolder(), 'closed', 'data');
    mkdirSync(join(dataDir, '..'), { mode: 0o700 });
    const site = start({ DATA_DIR: dataDir, PORT: String(await findFreePort()) });
    await site.ready;
    expect(site.output()).toMatch(/Admin \(one-time\) +http:\/\/localhost:\d+\/signin\/link\?secret=\w{36}/);
    for (const name of readdirSync(join(dataDir, 'secrets'))) {
      expect(statSync(join(dataDir, 'secrets', name)).mode & 0o077).toBe(0);
    }
    site.child.kill('SIGTERM');
    expect(await site.exitCode).toBe(0);
    expect(existsSync(join(dataDir, 'postgres/data/postmaster.pid'))).toBe(false);
  });

  test('loses nothing acknowledged after kill -9 of everything, and starts again within seconds', async () => {
    const dataDir = newSiteFolder();
    const port = await findFreePort();
    const url = `http://127.0.0.1:${port}`;
    const settings = { DATA_DIR: dataDir, PORT: String(port) };
    const first = start(settings);
    await first.ready;
    const { alias, secret } = await createSitePublisher(url, dataDir);
    const client = createDistributionClient(url, secret);
    const pushed = [];
    for (let i = 0; i < 5; i += 1) {
      const image = await buildSampleImage();
      await client.push(`${alias}/crash`, image, [`v${i}`]);
      pushed.push(image);
    }
    for (const pid of listTree(first.child.pid ?? 0, dataDir)) process.kill(pid, 'SIGKILL');
    await first.exitCode;

    const second = start(settings);
    expect(await second.ready).toBeLessThan(20_000);
    for (const [i, image] of pushed.entries()) {
      const manifest = await client.request('GET', `/v2/${alias}/crash/manifests/v${i}`);
      expect(Buffer.from(await manifest.arrayBuffer())).toEqual(image.bytes);
      for (const blob of image.blobs) {
        const response = await client.request('GET', `/v2/${alias}/crash/blobs/${blob.digest}`);
        expect(Buffer.from(await response.arrayBuffer())).toEqual(blob.bytes);
      }
    }
  });

  test('ends with npm, which forwards no signal to its children', async () => {
    const dataDir = newSiteFolder();
    const npm = spawn('npm', ['start'], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'ignore'] as const,
      env: {
        ...process.env,
        NODE_ENV: 'production',
        DRAIN_DELAY_SECONDS: '0',
        DEMO: '0',
        DATA_DIR: dataDir,
        PORT: String(await findFreePort()),
      },
    });
    track(npm);
    let output = '';
    npm.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    while (!output.includes('Vitrine is ready')) await sleep(100);
    npm.kill('SIGTERM');
    const pidFile = join(dataDir, 'postgres/data/postmaster.pid');
    while (existsSync(pidFile)) await sleep(100);
    expect(output).toContain('SIGTERM: finishing requests in progress');
  });

  test('finishes a request in flight before it stops', async () => {
    const port = await findFreePort();
    const site = start({ DATA_DIR: newSiteFolder(), PORT: String(port) });
    await site.ready;
    const answers = Array.from({ length: 10 }, () => fetch(`http://127.0.0.1:${port}/`));
    await sleep(5);
    site.child.kill('SIGTERM');
    const statuses = (await Promise.allSettled(answers)).map((a) =>
      a.status === 'fulfilled' ? a.value.status : String(a.reason),
    );
    expect(
      statuses.filter((status) => status === 200).length +
        statuses.filter((s) => String(s).includes('fetch failed')).length,
    ).toBe(10);
    expect(statuses).toContain(200);
    expect(await site.exitCode).toBe(0);
  });
});
