// Kills the embedded PostgreSQL of a running site, which restarts it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { findFreePort } from '#lib/testing/servers/find-free-port.ts';
import { buildSampleImage } from '../clients/sample-image.ts';
import { cleanUp, createSitePublisher, newSiteFolder, start } from './site-process.ts';

afterEach(() => cleanUp());

test('after kill -9 of its PostgreSQL, a site is ready again within seconds and accepts pushes', async () => {
  const dataDir = newSiteFolder();
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const site = start({ DATA_DIR: dataDir, PORT: String(port) });
  await site.ready;
  const { alias, secret } = await createSitePublisher(url, dataDir);
  const client = createDistributionClient(url, secret);
  const readPid = () => Number(readFileSync(join(dataDir, 'postgres/data/postmaster.pid'), 'utf8').split('\n')[0]);
  for (let kills = 0; kills < 2; kills += 1) {
    const pid = readPid();
    process.kill(pid, 'SIGKILL');
    await expect.poll(readPid, { timeout: 30_000 }).not.toBe(pid);
    await expect.poll(async () => (await fetch(`${url}/readyz`)).status, { timeout: 30_000, interval: 200 }).toBe(200);
    await client.push(`${alias}/restarted`, await buildSampleImage(), [`v${kills}`]);
  }
  expect((await fetch(url)).status).toBe(200);
  expect(site.child.exitCode).toBeNull();
});
