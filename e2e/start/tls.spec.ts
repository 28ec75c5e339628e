// A site that speaks TLS itself, with a certificate in files or from an ACME server, and its internal address.
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { writeOciLayout } from '#lib/testing/images/write-oci-layout.ts';
import { findFreePort } from '#lib/testing/servers/find-free-port.ts';
import { createSelfSignedCertificate } from '#lib/testing/tls/self-signed-certificate.ts';
import { startPebble, whyNoPebble } from '#lib/testing/tls/start-pebble.ts';
import { trustCertificate } from '#lib/testing/tls/trust-certificate.ts';
import { findProgram } from '../find-program.ts';
import { run } from '../run-program.ts';
import { buildSampleIndex } from '../clients/sample-image.ts';
import { readLayoutBlobs } from '../clients/read-layout-blobs.ts';
import { cleanUp, createSitePublisher, newFolder, newSiteFolder, start } from './site-process.ts';

const noSkopeo = findProgram('skopeo') === null ? 'skopeo is not installed' : null;
const noPebble = await whyNoPebble();
const others: (() => unknown)[] = [];
afterEach(() => cleanUp(others));

/** Resolves to the status, or null while the TLS handshake fails. */
async function askNamed(port: number, servername: string): Promise<number | null> {
  const req = request({ host: '127.0.0.1', port, path: '/readyz', servername, agent: false });
  req.end();
  try {
    const [res] = (await once(req, 'response')) as [IncomingMessage];
    res.resume();
    return res.statusCode ?? null;
  } catch {
    return null;
  }
}

test.skipIf(noSkopeo !== null)(
  `skopeo pushes over TLS, and pulls from the internal address${noSkopeo ? ` (skipped: ${noSkopeo})` : ''}`,
  async () => {
    const folder = newFolder();
    const { cert, key } = createSelfSignedCertificate(['127.0.0.1', '127.0.0.2']);
    const files = { TLS_CERT: join(folder, 'tls.crt'), TLS_KEY: join(folder, 'tls.key') };
    writeFileSync(files.TLS_CERT, cert);
    writeFileSync(files.TLS_KEY, key);
    trustCertificate(cert);
    const [port, privatePort, redirectPort] = [await findFreePort(), await findFreePort(), await findFreePort()];
    const publicUrl = `https://127.0.0.1:${port}`;
    const privateUrl = `https://127.0.0.2:${privatePort}`;
    const dataDir = newSiteFolder();
    const env = { PORT: String(port), PUBLIC_URL: publicUrl, REDIRECT_PORT: String(redirectPort), ...files };
    const internal = { PRIVATE_HOST: '127.0.0.2', PRIVATE_PORT: String(privatePort) };
    await start({ DATA_DIR: dataDir, ...env, ...internal }).ready;
    const { alias, secret, cli } = await createSitePublisher(publicUrl, dataDir, { env });

    const trusted = join(folder, 'trusted');
    mkdirSync(trusted);
    writeFileSync(join(trusted, 'ca.crt'), cert);
    await writeOciLayout(join(folder, 'in'), await buildSampleIndex(), 'v1');
    const login = `token:${secret}`;
    const push = ['copy', '--all', `--dest-cert-dir=${trusted}`, `--dest-creds=${login}`];
    await run('skopeo', [...push, `oci:${folder}/in:v1`, `docker://127.0.0.1:${port}/${alias}/sample:v1`]);
    await cli('repository', 'update', '--repository', `${alias}/sample`, '--visibility', 'private');
    const pull = ['copy', '--all', `--src-cert-dir=${trusted}`, `--src-creds=${login}`];
    await run('skopeo', [...pull, `docker://127.0.0.2:${privatePort}/${alias}/sample:v1`, `oci:${folder}/out:v1`]);
    expect(readLayoutBlobs(join(folder, 'out'))).toEqual(readLayoutBlobs(join(folder, 'in')));

    const challenge = await fetch(`${privateUrl}/v2/`);
    expect(challenge.headers.get('www-authenticate')).toContain(`realm="${privateUrl}/token"`);
    expect((await fetch(`${publicUrl}/v2/`)).headers.get('www-authenticate')).toContain(`realm="${publicUrl}/token"`);
    const page = await fetch(`${privateUrl}/`);
    expect(page.status).toBe(404);
    expect(await page.text()).toContain(`Pages are at ${publicUrl}.`);
    expect((await fetch(`${privateUrl}/api/v1/search?query=sample`)).status).toBe(200);
    expect((await fetch(`${privateUrl}/readyz`)).status).toBe(200);
    const home = await fetch(`${publicUrl}/`);
    expect(home.status).toBe(200);
    expect(home.headers.get('strict-transport-security')).toBe('max-age=31536000');
    const moved = await fetch(`http://127.0.0.1:${redirectPort}/explore?q=api`, { redirect: 'manual' });
    expect(moved.headers.get('location')).toBe(`${publicUrl}/explore?q=api`);
  },
);

test.skipIf(noPebble !== null)(
  `gets its certificate from an ACME server${noPebble ? ` (skipped: ${noPebble})` : ''}`,
  async () => {
    const [port, redirectPort] = [await findFreePort(), await findFreePort()];
    const pebble = await startPebble({ httpPort: redirectPort });
    others.push(pebble.stop);
    const trusted = join(newFolder(), 'ca.pem');
    writeFileSync(trusted, pebble.ca);
    await start({
      DATA_DIR: newSiteFolder(),
      PORT: String(port),
      PUBLIC_URL: `https://registry.example.test:${port}`,
      REDIRECT_PORT: String(redirectPort),
      ACME_EMAIL: 'ops@example.test',
      ACME_DIRECTORY: pebble.directory,
      NODE_EXTRA_CA_CERTS: trusted,
    }).ready;
    trustCertificate(await pebble.readRoot());
    let status: number | null = null;
    // The order takes seconds, and listeners look for a new certificate every ten seconds.
    for (let attempt = 0; status === null && attempt < 60; attempt += 1) {
      status = await askNamed(port, 'registry.example.test');
      if (status === null) await sleep(500);
    }
    expect(status).toBe(200);
  },
);
