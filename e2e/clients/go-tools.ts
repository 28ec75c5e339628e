// The conformance suite, registry clients and servers for tests that are Go modules. Go downloads and builds each version once, into a cache.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { setPriority } from 'node:os';
import { basename, join } from 'node:path';
import { findProgram } from '../find-program.ts';

const PACKAGES = {
  conformance: 'github.com/opencontainers/distribution-spec/conformance@v0.0.0-20260831232431-97274622c111',
  crane: 'github.com/google/go-containerregistry/cmd/crane@v0.22.1',
  oras: 'oras.land/oras/cmd/oras@v1.3.6',
  regctl: 'github.com/regclient/regclient/cmd/regctl@v0.11.7',
  helm: 'helm.sh/helm/v4/cmd/helm@v4.3.1',
  cosign: 'github.com/sigstore/cosign/v3/cmd/cosign@v3.1.3',
  versitygw: 'github.com/versity/versitygw/cmd/versitygw@v1.8.0',
  'local-kms': 'github.com/nsmithuk/local-kms@v0.0.0-20260228092603-2a5e92d09ab6',
  'compose-spec': 'github.com/compose-spec/compose-go/v2/cmd@v2.16.2',
  kustomize: 'sigs.k8s.io/kustomize/kustomize/v5@v5.8.2',
  crictl: 'sigs.k8s.io/cri-tools/cmd/crictl@v1.34.0',
  pebble: 'github.com/letsencrypt/pebble/v2/cmd/pebble@v2.10.3',
};

const CACHE = join(import.meta.dirname, '../../node_modules/.cache/go-tools');
/** The largest one takes minutes on two cores without a build cache. */
const BUILD_TIMEOUT_MS = 15 * 60_000;
/** Tests that run meanwhile go first. */
const LOW_PRIORITY = 10;

export type GoTool = { path: string; absent: null } | { path: null; absent: string };

/** Go names a program after its folder, without the major version. */
function programOf(module: string): string {
  const [folder = ''] = module.split('@');
  return basename(folder.replace(/\/v\d+$/, ''));
}

/** Returns the program's path, or the reason for the titles of skipped tests. */
export async function findGoTool(name: keyof typeof PACKAGES): Promise<GoTool> {
  const module = PACKAGES[name];
  const folder = join(CACHE, module.replaceAll(/[/@]/g, '_'));
  const path = join(folder, programOf(module));
  if (existsSync(path)) return { path, absent: null };
  const go = findProgram('go');
  if (go === null) return { path: null, absent: 'Go is not installed' };
  console.log(`Building ${module} …`);
  mkdirSync(folder, { recursive: true });
  const child = spawn(go, ['install', '-ldflags=-s -w', module], {
    // Outside this repository and its configuration, and without a C compiler.
    cwd: folder,
    env: { ...process.env, GOBIN: folder, CGO_ENABLED: '0', GOFLAGS: '-mod=mod' },
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: BUILD_TIMEOUT_MS,
  });
  if (child.pid !== undefined) setPriority(child.pid, LOW_PRIORITY);
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0 || !existsSync(path)) return { path: null, absent: `fetching or building ${name} failed` };
  return { path, absent: null };
}

/** Builds a program of this repository's own. Returns as findGoTool. */
export async function buildGoProgram(folder: string): Promise<GoTool> {
  const go = findProgram('go');
  if (go === null) return { path: null, absent: 'Go is not installed' };
  const path = join(CACHE, basename(folder));
  const child = spawn(go, ['build', '-o', path, '.'], {
    cwd: folder,
    env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOWORK: 'off' },
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: BUILD_TIMEOUT_MS,
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return code === 0 ? { path, absent: null } : { path: null, absent: `building ${basename(folder)} failed` };
}

/** Builds whatever is missing, one after the other. */
export async function buildGoTools(): Promise<void> {
  for (const name of Object.keys(PACKAGES) as (keyof typeof PACKAGES)[]) await findGoTool(name);
}
