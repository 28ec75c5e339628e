// After a crash during a pull-through, the partial blob must never be served, and the next pull must be complete.
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { blobOf, buildManifest } from '#lib/testing/images/build-image.ts';
import { startFaultUpstream } from '#lib/testing/servers/fault-upstream.ts';
import { createRawClient, sha256 } from '#lib/testing/servers/raw-http.ts';
import { findFreePort } from '#lib/testing/servers/find-free-port.ts';
import { cleanUp, createSitePublisher, listTree, newSiteFolder, start } from './site-process.ts';

afterEach(() => cleanUp());

const LAYER_BYTES = 8 * 1024 * 1024;

describe('kill -9 while a blob is fetched', () => {
  test('serves nothing partial, and the next pull is complete', async () => {
    const upstream = await startFaultUpstream();
    const layer = randomBytes(LAYER_BYTES);
    const config = blobOf('application/vnd.oci.image.config.v1+json', '{"os":"linux"}');
    const image = buildManifest({ config, layers: [blobOf('application/vnd.oci.image.layer.v1.tar', layer)] });
    upstream.content.add('team/app', image, 'latest');

    const dataDir = newSiteFolder();
    const port = await findFreePort();
    const url = `http://127.0.0.1:${port}`;
    const settings = { DATA_DIR: dataDir, PORT: String(port), UPSTREAM_NETWORKS: '127.0.0.1/32' };
    const first = start(settings);
    await first.ready;
    const { alias, cli } = await createSitePublisher(url, dataDir);
    await cli('mirror', 'add', '--repository', `${alias}/app`, '--from', `http://${upstream.host}/team/app`);
    const anybody = createRawClient(url);
    const blobPath = `/v2/${alias}/app/blobs/${sha256(layer)}`;
    expect((await anybody.send('GET', `/v2/${alias}/app/manifests/latest`)).status).toBe(200);

    upstream.misbehave({ trickle: { bytes: 256 * 1024, everyMs: 100 } }, { when: /blobs/ });
    const broken = anybody.send('GET', blobPath).catch((error: Error) => error);
    await expect.poll(() => readdirSync(join(dataDir, 'uploads')).length).toBeGreaterThan(0);
    await expect
      .poll(() => upstream.find(new RegExp(`^GET .*${sha256(layer)}`))[0]?.bytesSent ?? 0)
      .toBeGreaterThan(1_000_000);
    for (const pid of listTree(first.child.pid ?? 0, dataDir)) process.kill(pid, 'SIGKILL');
    await first.exitCode;
    expect(await broken).toBeInstanceOf(Error);
    const left = readdirSync(join(dataDir, 'uploads'));
    expect(left.length).toBeGreaterThan(0);

    upstream.behave();
    const second = start(settings);
    await second.ready;
    const whole = await anybody.send('GET', blobPath);
    expect(whole).toMatchObject({ status: 200, headers: { 'x-cache': 'MISS' } });
    expect(whole.body.equals(layer)).toBe(true);
    // The manifest was acknowledged before the crash, so it must be stored.
    await upstream.close();
    expect((await anybody.send('GET', `/v2/${alias}/app/manifests/latest`)).headers['x-cache']).toBe('HIT');
    await expect.poll(async () => (await anybody.send('HEAD', blobPath)).headers['x-cache']).toBe('HIT');
  });
});
