// The examples of deploy/proxy in front of a site, as far as Debian has the proxies.
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildImage } from '#lib/testing/images/build-image.ts';
import { writeOciLayout } from '#lib/testing/images/write-oci-layout.ts';
import { findFreePort } from '#lib/testing/servers/find-free-port.ts';
import { untilListening } from '#lib/testing/until-listening.ts';
import { createSelfSignedCertificate } from '#lib/testing/tls/self-signed-certificate.ts';
import { trustCertificate } from '#lib/testing/tls/trust-certificate.ts';
import { readLayoutBlobs } from '../clients/read-layout-blobs.ts';
import { findProgram } from '../find-program.ts';
import { run } from '../run-program.ts';
import { cleanUp, createSitePublisher, newFolder, newSiteFolder, start, track } from '../start/site-process.ts';
import type { SitePublisher } from '../start/site-process.ts';
import { readProxyExample } from './read-proxy-example.ts';

/** More than proxies keep in memory. */
const LAYER_BYTES = 40_000_000;

let folder: string;
let dataDir: string;
let port: number;
let sitePort: number;
let url: string;
let publisher: SitePublisher;

beforeAll(async () => {
  folder = newFolder();
  dataDir = newSiteFolder();
  port = await findFreePort();
  sitePort = await findFreePort();
  url = `https://127.0.0.1:${port}`;
  const { cert, key } = createSelfSignedCertificate(['127.0.0.1']);
  mkdirSync(join(folder, 'trusted'));
  writeFileSync(join(folder, 'trusted/ca.crt'), cert);
  writeFileSync(join(folder, 'key.pem'), key);
  writeFileSync(join(folder, 'both.pem'), cert + key);
  trustCertificate(cert);
  const trusted = { NODE_EXTRA_CA_CERTS: join(folder, 'trusted/ca.crt') };
  const env = { DATA_DIR: dataDir, PORT: String(sitePort), PUBLIC_URL: url, PROXIES: '1', ...trusted };
  await start(env).ready;
  publisher = await createSitePublisher(`http://127.0.0.1:${sitePort}`, dataDir, { env });
});

afterAll(() => cleanUp());

type Proxy = { name: string; command: () => string[]; redirects: boolean };

const PROXIES: Proxy[] = [
  {
    name: 'nginx',
    redirects: true,
    command: () => {
      const site = readProxyExample('nginx.conf', {
        '127.0.0.1:3000': `127.0.0.1:${sitePort}`,
        'listen 443 ssl': `listen 127.0.0.1:${port} ssl`,
        'listen 80;': `listen unix:${folder}/nginx.sock;`,
        '/etc/nginx/tls/registry.crt': `${folder}/trusted/ca.crt`,
        '/etc/nginx/tls/registry.key': `${folder}/key.pem`,
      });
      const user = process.getuid?.() === 0 ? 'user root;' : '';
      const main = `${user} daemon off; pid ${folder}/nginx.pid; error_log ${folder}/error.log; events {}`;
      writeFileSync(join(folder, 'nginx.conf'), `${main} http { access_log off; ${site} }`);
      return ['nginx', '-c', join(folder, 'nginx.conf'), '-p', folder];
    },
  },
  {
    name: 'haproxy',
    redirects: true,
    command: () => {
      const config = readProxyExample('haproxy.cfg', {
        '127.0.0.1:3000': `127.0.0.1:${sitePort}`,
        'bind :443': `bind 127.0.0.1:${port}`,
        'bind :80': `bind unix@${folder}/haproxy.sock`,
        '/etc/haproxy/tls/registry.pem': `${folder}/both.pem`,
      });
      writeFileSync(join(folder, 'haproxy.cfg'), config);
      return ['haproxy', '-db', '-f', join(folder, 'haproxy.cfg')];
    },
  },
  {
    name: 'caddy',
    redirects: false,
    command: () => {
      const config = readProxyExample('Caddyfile', {
        'registry.example.org {': `${url} {\n\ttls ${folder}/trusted/ca.crt ${folder}/key.pem`,
        '127.0.0.1:3000': `127.0.0.1:${sitePort}`,
      });
      writeFileSync(join(folder, 'Caddyfile'), `{\n\tadmin off\n\tauto_https off\n}\n${config}`);
      return ['caddy', 'run', '--adapter', 'caddyfile', '--config', join(folder, 'Caddyfile')];
    },
  },
];

async function startProxy({ name, command }: Proxy): Promise<ChildProcess> {
  const [, ...args] = command();
  const env = { ...process.env, HOME: folder, XDG_DATA_HOME: folder };
  const child = spawn(findProgram(name) ?? name, args, { stdio: ['ignore', 'ignore', 'pipe'], env });
  track(child);
  child.stderr.resume();
  await untilListening(port, child);
  return child;
}

describe.each(PROXIES)('$name', (proxy) => {
  const absent = [proxy.name, 'skopeo'].filter((program) => findProgram(program) === null);
  const title = `carries pushes, pulls and pages${absent.length > 0 ? ` (skipped: ${absent.join(' and ')} not installed)` : ''}`;

  test.skipIf(absent.length > 0)(title, async () => {
    const child = await startProxy(proxy);
    try {
      const image = await buildImage({
        platform: { os: 'linux', architecture: 'amd64' },
        created: '2026-01-01T00:00:00Z',
        layers: [[{ path: 'data', content: randomBytes(LAYER_BYTES) }]],
      });
      const [from, to] = [join(folder, `${proxy.name}-in`), join(folder, `${proxy.name}-out`)];
      await writeOciLayout(from, image, 'v1');
      const reference = `docker://127.0.0.1:${port}/${publisher.alias}/${proxy.name}:v1`;
      const trusted = join(folder, 'trusted');
      const login = `--dest-creds=token:${publisher.secret}`;
      await run('skopeo', ['copy', `--dest-cert-dir=${trusted}`, login, `oci:${from}:v1`, reference]);
      await run('skopeo', ['copy', `--src-cert-dir=${trusted}`, '--src-no-creds', reference, `oci:${to}:v1`]);
      expect(readLayoutBlobs(to)).toEqual(readLayoutBlobs(from));

      // What the site sees: its host, https, and the client's address and not the one that it claims.
      const forged = { 'x-forwarded-for': '203.0.113.7' };
      const seen = JSON.parse(await publisher.cli('doctor', '--json')) as { findings: Finding[] };
      expect(seen.findings.filter(({ check, state }) => check === 'proxy' && state !== 'ok')).toEqual([]);
      const page = await fetch(`${url}/`, { headers: forged });
      expect(page.status).toBe(200);
      expect(await page.text()).toContain('</html>');
    } finally {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
  });
});

type Finding = { check: string; state: string };
