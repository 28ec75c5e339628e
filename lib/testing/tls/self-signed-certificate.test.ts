import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { createSelfSignedCertificate } from './self-signed-certificate.ts';
import { trustCertificate } from './trust-certificate.ts';

test('each of several trusted certificates is accepted', async () => {
  const certificates = Array.from({ length: 8 }, () => createSelfSignedCertificate(['127.0.0.1']));
  for (const { cert } of certificates) trustCertificate(cert);
  for (const certificate of certificates) {
    const server = createServer(certificate, (_req, res) => res.end('hello'));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await (await fetch(`https://127.0.0.1:${port}`)).text()).toBe('hello');
    server.close();
    server.closeAllConnections();
  }
});
