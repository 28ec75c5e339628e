// A site that limits anonymous pulls to two an hour, also from localhost.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { findFreePort } from '#lib/testing/servers/find-free-port.ts';
import { containerdAbsent, startContainerd } from '../clients/containerd.ts';
import { buildSampleImage } from '../clients/sample-image.ts';
import { cleanUp, createSitePublisher, newSiteFolder, start } from './site-process.ts';

const absent = containerdAbsent();

afterEach(() => cleanUp());

test('pulls over the limit get 429 with Retry-After, and a login lifts the limit', async () => {
  const { url, alias, client, pull } = await startSite();
  for (const remaining of ['1', '0']) {
    const answer = await pull();
    expect(answer.status).toBe(200);
    expect(answer.headers.get('ratelimit-remaining')).toBe(remaining);
  }
  const refused = await pull({ 'x-forwarded-for': '203.0.113.9' });
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3000);
  expect(await refused.text()).toMatch(/TOOMANYREQUESTS.*docker login localhost:\d+/);
  expect((await client.request('GET', `/v2/${alias}/limited/manifests/v1`)).status).toBe(200);
  // Pages have other limits.
  expect((await fetch(`${url}/livez`)).status).toBe(200);
});

test.skipIf(absent)(
  `containerd can pull on with a user, but not without${absent ? ` (skipped: ${absent})` : ''}`,
  async () => {
    const { url, alias, secret, pull } = await startSite();
    while ((await pull()).status === 200) await sleep(1);
    const daemon = await startContainerd();
    try {
      const reference = `${new URL(url).host}/${alias}/limited:v1`;
      const fetchImage = (...more: string[]) => daemon.ctr('content', 'fetch', '--plain-http', ...more, reference);
      await expect(fetchImage()).rejects.toThrow(/429|too many requests/i);
      await fetchImage('--user', `anyone:${secret}`);
      expect(await daemon.ctr('images', 'list')).toContain(reference);
    } finally {
      await daemon.stop();
    }
  },
);

async function startSite() {
  const dataDir = newSiteFolder();
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const limits = { PULLS_PER_HOUR: '2', UNLIMITED_NETWORKS: '10.0.0.0/8' };
  await start({ DATA_DIR: dataDir, PORT: String(port), ...limits }).ready;
  const { alias, secret } = await createSitePublisher(url, dataDir);
  const client = createDistributionClient(url, secret);
  await client.push(`${alias}/limited`, await buildSampleImage(), ['v1']);
  const pull = (headers: Record<string, string> = {}) => fetch(`${url}/v2/${alias}/limited/manifests/v1`, { headers });
  return { url, alias, secret, client, pull };
}
