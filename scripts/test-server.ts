// A Vitrine as an operator would start it, with the demo gallery, for end-to-end tests.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '#lib/testing/servers/find-free-port.ts';
import { startDnsServer } from '#lib/testing/servers/dns-server.ts';
import { zoneFolder } from '#lib/testing/servers/zone-folder.ts';
import { SERVER_FLAGS } from './server-flags.mjs';
import { fillFromTemplate } from './site-template.ts';
import { startAccountServer } from './test-accounts.ts';

const ROOT = join(import.meta.dirname, '..');
const START_TIMEOUT_MS = 120_000;
const ADMIN = { email: 'admin@example.org', password: 'admin password for tests' };

export type TestServer = {
  url: string;
  pid: number;
  dataDir: string;
  /** What end-to-end tests read: E2E_BASE_URL, E2E_DATA_DIR, E2E_ZONE_DIR, E2E_ACCOUNTS_URL, E2E_ADMIN_EMAIL, E2E_ADMIN_PASSWORD. */
  env: Record<string, string>;
  stop: () => Promise<void>;
};

/** Resolves once the server says that it is ready, demo gallery included. Needs the built pages. `extra` is more environment. */
export async function startTestServer(extra: Record<string, string> = {}): Promise<TestServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'vitrine-e2e-'));
  fillFromTemplate(dataDir);
  const zoneDir = mkdtempSync(join(tmpdir(), 'vitrine-zone-'));
  const dns = await startDnsServer(zoneFolder(zoneDir));
  // Listens before a free port is looked for, so that it doesn't take that one.
  const accounts = await startAccountServer(() => ({ ...settings, NODE_ENV: 'production' }));
  const port = Number(extra['PORT'] ?? (await findFreePort()));
  const url = `http://127.0.0.1:${port}`;
  const settings = {
    DATABASE_URL: '',
    PORT: String(port),
    DATA_DIR: dataDir,
    PUBLIC_URL: url,
    LOG_LEVEL: 'warn',
    // Registries to mirror that tests start, and names that they go by.
    UPSTREAM_NETWORKS: '127.0.0.1/32',
    MIRROR_HOSTS: 'localhost=docker.io',
    DRAIN_DELAY_SECONDS: '0',
    PROCESSES: '1',
    // Every person of the browser tests comes from one address.
    SIGN_UPS_PER_HOUR: '1000',
    ADMIN_EMAIL: ADMIN.email,
    ADMIN_PASSWORD: ADMIN.password,
    DNS_SERVERS: dns.address,
    ...extra,
  };
  const child = spawn(process.execPath, [...SERVER_FLAGS, 'scripts/vitrine.ts', 'serve'], {
    cwd: ROOT,
    env: { ...process.env, ...settings, NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const stop = async () => {
    await accounts.close();
    child.kill('SIGTERM');
    await exited;
    dns.close();
    for (const folder of [dataDir, zoneDir]) rmSync(folder, { recursive: true, force: true });
  };
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('The server did not get ready in time.')), START_TIMEOUT_MS);
    void exited.then(() => reject(new Error('The server stopped before it was ready.')));
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      process.stdout.write(chunk);
      output += chunk.toString();
      if (!output.includes('Vitrine is ready')) return;
      clearTimeout(timer);
      resolve();
    });
  });
  const env = {
    E2E_BASE_URL: url,
    E2E_DATA_DIR: dataDir,
    E2E_ZONE_DIR: zoneDir,
    E2E_ACCOUNTS_URL: accounts.url,
    E2E_ADMIN_EMAIL: ADMIN.email,
    E2E_ADMIN_PASSWORD: ADMIN.password,
  };
  return { url, pid: child.pid ?? 0, dataDir, env, stop };
}
