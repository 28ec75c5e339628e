// Builds deploy/Containerfile with buildah on Debian made by debootstrap, runs the image as strictly as Kubernetes would, and carries it and the
// chart to the site that runs in it. Installs the same tree as a Debian package. It takes minutes: npm run test:soak -- packages.
import { spawn } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findFreePort } from '#lib/testing/servers/find-free-port.ts';
import { findGoTool } from '../clients/go-tools.ts';
import { findProgram } from '../find-program.ts';
import { run } from '../run-program.ts';
import { cleanUp, newFolder, ROOT, track } from '../start/site-process.ts';
import { createImageStore, makeBaseImages, makeDebian, whyNoImages, type ImageStore } from './base-images.ts';
import { runBeside, startInDebian } from './run-in-debian.ts';
import { waitUntilReady } from './wait-until-ready.ts';

const helm = await findGoTool('helm');
const why = helm.absent ?? whyNoImages();
const helmPath = helm.path ?? 'helm';
const UID = 10_001;
const PASSWORD = 'a password for tests';
const ADMIN = 'admin@example.org';
const MINUTE_MS = 60_000;
const IMAGE = 'localhost/vitrine:test';
const VERSION = '1.2.3';

type Description = { Size: number; Config: { User: string; Labels: Record<string, string> } };
type Sbom = { bomFormat: string; components: { name: string }[] };
type Me = { registries: { aliases: { name: string }[] }[] };

describe.skipIf(why !== null)(`the packages${why === null ? '' : ` (skipped: ${why})`}`, () => {
  let store: ImageStore;
  let debian: string;

  beforeAll(async () => {
    store = createImageStore(newFolder());
    debian = join(newFolder(), 'debian');
    await makeDebian(debian);
    const { build, runtime } = await makeBaseImages(store, debian, newFolder());
    await store.buildah(
      ...['build', '--isolation', 'chroot', '--network', 'host', '--ignorefile', 'deploy/Containerfile.dockerignore'],
      ...['--file', join(ROOT, 'deploy/Containerfile'), '--tag', IMAGE, '--build-arg', `VERSION=${VERSION}`],
      ...['--build-arg', `BUILD_IMAGE=${build}`, '--build-arg', `RUNTIME_IMAGE=${runtime}`, ROOT],
    );
  }, 25 * MINUTE_MS);
  afterAll(async () => {
    await store.podman('rm', '--force', '--all').catch(() => '');
    await cleanUp();
  }, MINUTE_MS);

  /** Runs it with what the restricted profile of Kubernetes allows, as a user without a name on the host. */
  const strictly = [
    ...['--network', 'host', '--read-only', '--tmpfs', '/tmp', '--cap-drop', 'ALL'],
    ...['--security-opt', 'no-new-privileges', '--user', `${UID}:${UID}`],
    ...['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=1024:1024'],
  ];

  test('the image has a numeric user, labels, and a list of its packages without those of developers', async () => {
    const [image] = JSON.parse(await store.podman('inspect', IMAGE)) as Description[];
    expect(image?.Config.User).toBe(`${UID}:${UID}`);
    expect(image?.Config.Labels).toMatchObject({
      'org.opencontainers.image.version': VERSION,
      'org.opencontainers.image.licenses': 'Apache-2.0',
    });
    console.log(`The image has ${Math.round((image?.Size ?? 0) / 1e6)} MB.`);
    const path = image?.Config.Labels['vitrine.sbom'] ?? '';
    const sbom = JSON.parse(await store.podman('run', '--rm', ...strictly, '--entrypoint', 'cat', IMAGE, path)) as Sbom;
    expect(sbom.bomFormat).toBe('CycloneDX');
    const names = sbom.components.map(({ name }) => name);
    expect(names).toContain('next');
    expect(names).not.toContain('vitest');
  });

  test(
    'the image serves pages and itself from a read-only root without capabilities, and drains',
    async () => {
      const data = newFolder();
      await run('chown', [`${UID}:${UID}`, data]);
      const port = await findFreePort();
      const url = `http://127.0.0.1:${port}`;
      const settings = { PORT: `${port}`, HOST: '127.0.0.1', DEMO: '0', ADMIN_EMAIL: ADMIN, ADMIN_PASSWORD: PASSWORD };
      const env = Object.entries(settings).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
      const options = ['--name', 'vitrine', '--volume', `${data}:/data`, ...strictly, ...env];
      const child = spawn(findProgram('podman') ?? 'podman', [...store.options, 'run', ...options, IMAGE], {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      track(child);
      const site = await waitUntilReady(child, url);
      expect(await (await fetch(url)).text()).toContain('</html>');

      const inside = (...command: string[]) => store.podman('exec', 'vitrine', ...command);
      await inside('node', 'scripts/check-health.mjs');
      await expect(inside('env', 'PORT=1', 'node', 'scripts/check-health.mjs')).rejects.toThrow(/ECONNREFUSED/);
      await expect(inside('touch', '/opt/vitrine/file')).rejects.toThrow(/Read-only file system/);

      const scope = ['--scope', 'push', '--json'];
      const created = await inside('node', 'scripts/vitrine.ts', 'token', 'create', '--email', ADMIN, ...scope);
      const { secret } = JSON.parse(created) as { secret: string };
      const me = await fetch(`${url}/api/v1/me`, { headers: { authorization: `Bearer ${secret}` } });
      const { registries } = (await me.json()) as Me;
      const namespace = `127.0.0.1:${port}/${registries[0]?.aliases[0]?.name}`;

      // The path of docs/install.md for sites without internet.
      const folder = newFolder();
      const archive = `oci-archive:${join(folder, 'vitrine.tar')}`;
      await store.buildah('push', IMAGE, archive);
      const reference = `docker://${namespace}/vitrine:${VERSION}`;
      await run('skopeo', ['copy', '--dest-tls-verify=false', '--dest-creds', `token:${secret}`, archive, reference]);
      // skopeo checks every digest.
      const copy = `dir:${join(folder, 'pulled')}`;
      await run('skopeo', ['copy', '--src-tls-verify=false', '--src-creds', `token:${secret}`, reference, copy]);
      const login = { HELM_REGISTRY_CONFIG: join(folder, 'helm.json') };
      const auths = { [`127.0.0.1:${port}`]: { auth: Buffer.from(`token:${secret}`).toString('base64') } };
      writeFileSync(login.HELM_REGISTRY_CONFIG, JSON.stringify({ auths }));
      const charts = `oci://${namespace}/charts`;
      const runHelm = (...args: string[]) => run(helmPath, args, login);
      await runHelm('package', join(ROOT, 'deploy/helm/vitrine'), '--destination', folder);
      await runHelm('push', '--plain-http', join(folder, 'vitrine-0.1.0.tgz'), charts);
      expect(await runHelm('show', 'chart', '--plain-http', `${charts}/vitrine`)).toContain('name: vitrine');

      await store.podman('stop', '--time', '60', 'vitrine');
      expect(await site.exitCode).toBe(0);
      expect(site.output()).toContain('SIGTERM');
    },
    10 * MINUTE_MS,
  );

  test(
    'the Debian package installs a site, keeps its settings when it is upgraded, and its state when it is purged',
    async () => {
      const folder = newFolder();
      const tree = await store.buildah('from', IMAGE);
      await run('sh', [
        join(ROOT, 'deploy/debian/build-package.sh'),
        folder,
        join(await store.buildah('mount', tree), 'opt/vitrine'),
      ]);
      const [name = ''] = readdirSync(folder);
      console.log(`The Debian package has ${Math.round(statSync(join(folder, name)).size / 1e6)} MB.`);
      cpSync(join(folder, name), join(debian, name));
      const install = () => run('chroot', [debian, 'dpkg', '--install', `/${name}`]);
      expect(await install()).toContain('systemctl enable --now vitrine');

      const port = await findFreePort();
      const url = `http://127.0.0.1:${port}`;
      const settings = [
        ...['# A comment', '', `PORT=${port}`, `PUBLIC_URL="${url}"`, 'DEMO=0'],
        ...['SMTP_URL=smtp://localhost:25/?a=b#c', 'SMTP_FROM=Vitrine <images@example.org>', "REGION='eu-central-1'"],
      ].join('\n');
      const settingsPath = join(debian, 'etc/vitrine/vitrine.env');
      expect(statSync(settingsPath).mode & 0o777).toBe(0o600);
      writeFileSync(settingsPath, settings);
      const child = startInDebian(debian, ['vitrine', 'serve']);
      track(child);
      const site = await waitUntilReady(child, url);
      expect(await (await fetch(url)).text()).toContain('</html>');
      const uid = await runBeside(child, debian, ['id', '--user', 'vitrine']);
      expect(readFileSync(`/proc/${child.pid}/status`, 'utf8')).toContain(`Uid:\t${uid}\t`);
      const account = ['--email', ADMIN, '--password', PASSWORD];
      await runBeside(child, debian, ['vitrine', 'user', 'create', ...account]);
      const token = ['vitrine', 'token', 'create', '--email', ADMIN, '--scope', 'push', '--json'];
      expect(JSON.parse(await runBeside(child, debian, token))).toHaveProperty('secret');
      child.kill('SIGTERM');
      expect(await site.exitCode).toBe(0);

      const asUser = ['setpriv', '--reuid=vitrine', '--regid=vitrine', '--init-groups', 'vitrine', 'migrate'];
      await expect(run('chroot', [debian, ...asUser])).rejects.toThrow(/Run it as root/);
      await install();
      expect(readFileSync(settingsPath, 'utf8')).toBe(settings);
      // Changed settings are listed, too.
      const changed = await run('chroot', [debian, 'sh', '-c', 'dpkg --verify vitrine || true']);
      expect(changed).not.toContain('/usr/');
      expect(await run('chroot', [debian, 'dpkg', '--purge', 'vitrine'])).toContain('/var/lib/vitrine keeps');
      expect(readdirSync(join(debian, 'var/lib/vitrine'))).toContain('postgres');
      expect(existsSync(join(debian, 'usr/lib/vitrine'))).toBe(false);
    },
    10 * MINUTE_MS,
  );
});
