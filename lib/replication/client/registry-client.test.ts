import { once } from 'node:events';
import { Agent as HttpAgent, createServer } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { OCI_IMAGE_MANIFEST } from '#lib/oci/media-types.ts';
import { RegistryClient } from './registry-client.ts';

const DIGEST = `sha256:${'0'.repeat(64)}`;

/** Answers as docker-registry 2.8 does: an OCI manifest is missing for whoever does not name its type. */
async function open(onRequest: (count: number) => 'answer' | 'reset' = () => 'answer') {
  let count = 0;
  const server = createServer((request, response) => {
    count += 1;
    if (onRequest(count) === 'reset') return void request.socket.resetAndDestroy();
    const isThere = request.headers.accept?.includes(OCI_IMAGE_MANIFEST) === true;
    response
      .writeHead(isThere ? 200 : 404, isThere ? { 'docker-content-digest': DIGEST, 'content-length': 2 } : {})
      .end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const agents = { plain: new HttpAgent({ keepAlive: true, maxSockets: 1 }), tls: new HttpsAgent() };
  onTestFinished(() => {
    agents.plain.destroy();
    server.close();
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const address = { id: 1n, host, isPlainHttp: true, tokenHost: null, credentials: null };
  const { signal } = new AbortController();
  return new RegistryClient({ agents, address, repository: 'team/app', signal });
}

test('finds manifests of every type', async () => {
  const client = await open();
  expect(await client.findManifest('v1')).toEqual({ digest: DIGEST });
});

test('reads again when an idle connection ends just as it is used, but not for ever', async () => {
  const client = await open((count) => (count === 2 ? 'reset' : 'answer'));
  await client.findManifest('v1');
  expect(await client.findManifest('v1')).toEqual({ digest: DIGEST });
  const resetting = await open(() => 'reset');
  await expect(resetting.findManifest('v1')).rejects.toMatchObject({ code: 'upstream_unavailable' });
});
