// Starts the registries to compare, each as its documentation says, on a file system and on 127.0.0.1.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findProgram } from '../../../e2e/find-program.ts';
import { createSitePublisher } from '../../../e2e/start/site-process.ts';
import { findFreePort } from '#lib/testing/servers/find-free-port.ts';
import { startTestServer } from '../../test-server.ts';

const DISTRIBUTION = { module: 'github.com/distribution/distribution/v3', version: 'v3.1.1', program: 'cmd/registry' };
const OLAREG = { module: 'github.com/olareg/olareg', version: 'v0.1.2', program: 'cmd/olareg' };
const INSTALL_TIMEOUT_MS = 600_000;
const START_ATTEMPTS = 200;

export type Peer = {
  name: string;
  host: string;
  /** Prefix of repository names: `ALIAS/`, where names have owners. */
  prefix: string;
  pid: number;
  dataDir: string | null;
  /** The password for pushes. Null when anyone may push. */
  secret: string | null;
  stop: () => Promise<void>;
};

type VitrineOptions = {
  dataDir?: string;
  account?: Pick<Peer, 'host' | 'prefix' | 'secret'>;
  /** Other registries don't encrypt, so only some comparisons do. */
  isSealed?: boolean;
  processes?: number;
  /** Further variables. */
  settings?: Record<string, string>;
};

/**
 * Keeps a given `dataDir`, otherwise uses a new one. `account` reuses an earlier start there, whose tokens are bound to
 * its host.
 */
export async function startVitrine(
  name: string,
  { dataDir, account, isSealed = false, processes = 1, settings = {} }: VitrineOptions = {},
): Promise<Peer> {
  const port = account?.host.split(':')[1];
  const server = await startTestServer({
    DEMO: '0',
    SEALED_STORAGE: isSealed ? '1' : '0',
    PROCESSES: String(processes),
    ...settings,
    ...(dataDir && { DATA_DIR: dataDir }),
    ...(port && { PORT: port }),
  });
  const folder = dataDir ?? server.dataDir;
  const facts = { name, host: new URL(server.url).host, pid: server.pid, dataDir: folder, stop: server.stop };
  if (account) return { ...facts, prefix: account.prefix, secret: account.secret };
  const { alias, secret } = await createSitePublisher(server.url, folder, { env: settings });
  return { ...facts, prefix: `${alias}/`, secret };
}

/** Starts the available peers and reports the others. */
export async function startPeers(): Promise<Peer[]> {
  const peers: Peer[] = [await startBareServer()];
  const program = findProgram('docker-registry');
  if (program) peers.push(await startDistribution('docker-registry 2.8', program));
  else console.log('docker-registry skipped: not installed');
  const zot = findProgram('zot');
  if (zot) peers.push(await startZot(zot));
  else console.log('zot skipped: not installed');
  if (spawnSync('go', ['version']).status !== 0) {
    console.log('distribution v3 and olareg skipped: Go is not installed');
    return peers;
  }
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-bench-go-'));
  try {
    if (installGoProgram(folder, DISTRIBUTION)) {
      peers.push(await startDistribution('distribution v3', join(folder, 'registry')));
    }
    if (installGoProgram(folder, OLAREG)) peers.push(await startOlareg(join(folder, 'olareg')));
    return peers;
  } finally {
    // A running program no longer needs its file.
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Builds through a module that requires it. `go install MODULE@VERSION` also needs the list of versions, which not
 * every proxy has.
 */
function installGoProgram(folder: string, { module, version, program }: typeof OLAREG): boolean {
  console.log(`▸ building ${module} ${version} …`);
  const env = { ...process.env, GOBIN: folder, GOFLAGS: '-mod=mod' };
  writeFileSync(join(folder, 'go.mod'), `module bench\n\ngo 1.24\n\nrequire ${module} ${version}\n`);
  rmSync(join(folder, 'go.sum'), { force: true });
  const options = { cwd: folder, env, stdio: 'inherit', timeout: INSTALL_TIMEOUT_MS } as const;
  const { status } = spawnSync('go', ['install', `${module}/${program}`], options);
  if (status !== 0) console.log(`${module} skipped: fetching or building it failed`);
  return status === 0;
}

async function startDistribution(name: string, program: string): Promise<Peer> {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-bench-peer-'));
  const host = `127.0.0.1:${await findFreePort()}`;
  const config = {
    version: 0.1,
    log: { level: 'error', accesslog: { disabled: true } },
    http: { addr: host },
    // Its default cache for blob descriptors.
    storage: {
      filesystem: { rootdirectory: folder },
      cache: { blobdescriptor: 'inmemory' },
      delete: { enabled: true },
    },
  };
  // JSON is valid YAML.
  writeFileSync(join(folder, 'config.yml'), JSON.stringify(config));
  return launch(name, host, folder, program, ['serve', join(folder, 'config.yml')]);
}

async function startBareServer(): Promise<Peer> {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-bench-peer-'));
  const port = await findFreePort();
  const script = join(import.meta.dirname, 'bare-server.ts');
  return launch('bare Node.js', `127.0.0.1:${port}`, folder, process.execPath, [script, String(port)]);
}

async function startOlareg(program: string): Promise<Peer> {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-bench-peer-'));
  const port = await findFreePort();
  const args = ['serve', '--dir', folder, '--addr', `127.0.0.1`, '--port', String(port), '--verbosity', 'error'];
  return launch('olareg', `127.0.0.1:${port}`, folder, program, args);
}

async function startZot(program: string): Promise<Peer> {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-bench-peer-'));
  const port = await findFreePort();
  const config = {
    distSpecVersion: '1.1.1',
    storage: { rootDirectory: join(folder, 'store') },
    http: { address: '127.0.0.1', port: String(port) },
    log: { level: 'error', output: join(folder, 'log') },
  };
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  return launch('zot', `127.0.0.1:${port}`, folder, program, ['serve', join(folder, 'config.json')]);
}

async function launch(name: string, host: string, folder: string, program: string, args: string[]): Promise<Peer> {
  // distribution v3 would export traces to a missing collector and log each failure.
  const env = { ...process.env, OTEL_TRACES_EXPORTER: 'none' };
  const child = spawn(program, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const exited = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  };
  for (let attempt = 0; attempt < START_ATTEMPTS; attempt += 1) {
    const isUp = await fetch(`http://${host}/v2/`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) return { name, host, prefix: '', pid: child.pid ?? 0, dataDir: null, secret: null, stop };
    await sleep(50);
  }
  await stop();
  throw new Error(`${name} did not start`);
}
