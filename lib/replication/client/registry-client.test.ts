import { once } from 'node:events';
import { Agent as HttpAgent, createServer } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { OCI_IMAGE_MANIFEST } from '#lib/oci/media-types.ts';
import { RegistryClient } from './registry-client.ts';

const DIGEST = `sha256:${'0'.repeat(64)}`;

/** Answers as docker-registry 2.8 does: an OCI manifest is missing for whoever does not name its type. */
async function open() {
  const server = createServer((request, response) => {
    const isThere = request.headers.accept?.includes(OCI_IMAGE_MANIFEST) === true;
    response.writeHead(isThere ? 200 : 404, isThere ? { 'docker-content-digest': DIGEST } : {}).end();
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
