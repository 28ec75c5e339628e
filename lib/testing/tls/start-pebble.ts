// A real ACME server for tests: pebble, with a DNS server that resolves every name to this machine.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findGoTool } from '../../../e2e/clients/go-tools.ts';
import { startDnsServer } from '#lib/testing/servers/dns-server.ts';
import { findFreePort } from '#lib/testing/servers/find-free-port.ts';
import { createSelfSignedCertificate } from './self-signed-certificate.ts';
import { trustCertificate } from './trust-certificate.ts';

const START_ATTEMPTS = 400;

export type Pebble = {
  directory: string;
  /** The certificate of the ACME server itself, which this process trusts. */
  ca: string;
  /** The root of the certificates that it issues. */
  readRoot: () => Promise<string>;
  stop: () => Promise<void>;
};

/** Returns why there is no ACME server, or null. */
export async function whyNoPebble(): Promise<string | null> {
  return (await findGoTool('pebble')).absent;
}

/** @param httpPort where it asks for answers to challenges, instead of port 80 */
export async function startPebble({ httpPort }: { httpPort: number }): Promise<Pebble> {
  const { path, absent } = await findGoTool('pebble');
  if (path === null) throw new Error(absent);
  const dns = await startDnsServer({ get: () => ({ A: '127.0.0.1' }) });
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-pebble-'));
  const [port, managementPort] = [await findFreePort(), await findFreePort()];
  const { key, cert } = createSelfSignedCertificate(['127.0.0.1']);
  writeFileSync(join(folder, 'key.pem'), key);
  writeFileSync(join(folder, 'cert.pem'), cert);
  const config = {
    listenAddress: `127.0.0.1:${port}`,
    managementListenAddress: `127.0.0.1:${managementPort}`,
    certificate: join(folder, 'cert.pem'),
    privateKey: join(folder, 'key.pem'),
    httpPort,
    tlsPort: 1,
    retryAfter: { authz: 1, order: 1 },
    keyAlgorithm: 'ecdsa',
    profiles: { default: { description: 'default', validityPeriod: 7_776_000 } },
  };
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ pebble: config }));
  const log = join(folder, 'errors.log');
  const child = spawn(path, ['-config', join(folder, 'config.json'), '-dnsserver', dns.address], {
    stdio: ['ignore', 'ignore', openSync(log, 'w')],
    // Without waiting before it asks for an answer, and without failing requests at random.
    env: { NODE_ENV: 'test', PEBBLE_VA_NOSLEEP: '1', PEBBLE_WFE_NONCEREJECT: '0' },
  });
  process.once('exit', () => child.kill('SIGKILL'));
  child.unref();
  const exited = once(child, 'exit');
  trustCertificate(cert);
  const ask = (path: string) => fetch(`https://127.0.0.1:${path}`);
  for (let attempt = 0; !(await ask(`${port}/dir`).catch(() => null)); attempt += 1) {
    if (attempt === START_ATTEMPTS || child.exitCode !== null)
      throw new Error(`pebble did not start: ${readFileSync(log, 'utf8')}`);
    await sleep(50);
  }
  return {
    directory: `https://127.0.0.1:${port}/dir`,
    ca: cert,
    readRoot: async () => (await ask(`${managementPort}/roots/0`)).text(),
    stop: async () => {
      child.kill('SIGKILL');
      await exited;
      dns.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
