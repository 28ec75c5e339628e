// A real Meilisearch server for tests: the one at MEILI_URL, or a new one if the program is on the PATH.
import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readConfig } from '#lib/config.ts';
import { openMeilisearch, type MeilisearchServer } from '#lib/search/meilisearch/meilisearch-server.ts';

const START_ATTEMPTS = 200;

export type TestMeilisearch = {
  url: string;
  key: string | undefined;
  /** Uses index names that no other test has. */
  open: () => MeilisearchServer;
  /** Null for a server that tests didn't start. */
  stop: (() => Promise<void>) | null;
  start: () => Promise<void>;
  close: () => Promise<void>;
};

/** Explains why no server is available, or returns null. */
export function whyNoMeilisearch(): string | null {
  if (readConfig().meilisearch) return null;
  const { status } = spawnSync('meilisearch', ['--version'], { stdio: 'ignore' });
  return status === 0 ? null : 'no Meilisearch on the PATH or at MEILI_URL';
}

export async function startMeilisearch(): Promise<TestMeilisearch> {
  const given = readConfig().meilisearch;
  if (given) {
    const open = () => openMeilisearch(given, `test_${randomUUID()}`);
    return { ...given, open, stop: null, start: () => Promise.resolve(), close: () => Promise.resolve() };
  }
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-meilisearch-'));
  const port = await findPort();
  const url = `http://127.0.0.1:${port}`;
  const key = randomUUID();
  let child = launch(folder, port, key);
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  };
  const start = async () => {
    if (child.exitCode !== null || child.signalCode !== null) child = launch(folder, port, key);
    await untilHealthy(url);
  };
  await start();
  return {
    url,
    key,
    stop,
    start,
    open: () => openMeilisearch({ url, key }, `test_${randomUUID()}`),
    close: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function launch(folder: string, port: number, key: string) {
  const args = [
    '--db-path',
    join(folder, 'data'),
    '--http-addr',
    `127.0.0.1:${port}`,
    '--no-analytics',
    '--env',
    'production',
  ];
  return spawn('meilisearch', [...args, '--master-key', key], { cwd: folder, stdio: 'ignore' });
}

async function untilHealthy(url: string): Promise<void> {
  for (let attempt = 0; attempt < START_ATTEMPTS; attempt += 1) {
    const isUp = await fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) return;
    await sleep(50);
  }
  throw new Error('Meilisearch did not start.');
}

async function findPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
