// Base images for tests of packages, made of Debian's packages and of this machine's Node.js, so that the test needs no public registry.
import { cpSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findProgram } from '../find-program.ts';
import { run } from '../run-program.ts';

const PROGRAMS = ['buildah', 'podman', 'skopeo', 'debootstrap', 'npm'] as const;
const SUITE = 'bookworm';
const NPM = '/usr/local/lib/node_modules/npm';

/** Returns why images can't be built here, for the titles of skipped tests. */
export function whyNoImages(): string | null {
  const absent = PROGRAMS.filter((program) => findProgram(program) === null);
  if (absent.length > 0) return `${absent.join(', ')} not installed`;
  return process.getuid?.() === 0 ? null : 'not root';
}

export type ImageStore = {
  /** Options of both programs that select this store. */
  options: string[];
  buildah: (...args: string[]) => Promise<string>;
  podman: (...args: string[]) => Promise<string>;
};

export function createImageStore(folder: string): ImageStore {
  const options = ['--root', join(folder, 'root'), '--runroot', join(folder, 'run'), '--storage-driver', 'vfs'];
  return {
    options,
    buildah: (...args) => run('buildah', [...options, ...args]),
    podman: (...args) => run('podman', [...options, ...args]),
  };
}

/** Makes Debian with what the packages need in `root`. The last package creates users where systemd doesn't run. */
export async function makeDebian(root: string): Promise<void> {
  const packages = 'ca-certificates,libstdc++6,systemd-standalone-sysusers';
  await run('debootstrap', ['--variant=minbase', `--include=${packages}`, SUITE, root]);
}

/** Makes what Containerfile calls BUILD_IMAGE and RUNTIME_IMAGE of the Debian in `root`. Returns their names. */
export async function makeBaseImages(
  { buildah }: ImageStore,
  root: string,
  folder: string,
): Promise<{ build: string; runtime: string }> {
  const names = { build: 'localhost/build', runtime: 'localhost/runtime' };
  const runtime = await buildah('from', 'scratch');
  await buildah('add', runtime, root, '/');
  await buildah('commit', runtime, names.runtime);

  const local = join(folder, 'local');
  mkdirSync(join(local, 'bin'), { recursive: true });
  cpSync(process.execPath, join(local, 'bin/node'), { dereference: true });
  // The program is a link to bin/npm-cli.js in npm's own folder.
  const npm = realpathSync(process.env.npm_execpath ?? findProgram('npm') ?? 'npm');
  cpSync(dirname(dirname(npm)), join(local, 'lib/node_modules/npm'), { recursive: true, dereference: true });
  writeFileSync(join(local, 'bin/npm'), `#!/bin/sh\nexec node ${NPM}/bin/npm-cli.js "$@"\n`, { mode: 0o755 });
  const build = await buildah('from', names.runtime);
  await buildah('add', build, local, '/usr/local/');
  // On a network whose proxy has a certificate of its own.
  const authorities = process.env.NODE_EXTRA_CA_CERTS;
  if (authorities !== undefined) {
    await buildah('copy', build, authorities, '/etc/ssl/extra.pem');
    await buildah('config', '--env', 'NODE_EXTRA_CA_CERTS=/etc/ssl/extra.pem', build);
  }
  await buildah('commit', build, names.build);
  return names;
}
