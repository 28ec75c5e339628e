// The embedded PostgreSQL: a real server from npm dependencies, started and stopped with the processes that use it.
//
//   DATA_DIR/postgres/data        the cluster
//   DATA_DIR/postgres/server.log  the server's log
//   DATA_DIR/postgres/.s.PGSQL.…  the socket: a statement costs half as much as over TCP
//   DATA_DIR/postgres/users/PID   one file per process that uses it; the last one stops the server
//   DATA_DIR/secrets/postgres     the password
import { spawn } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { chown } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { AppError, errorCode } from '#lib/platform/errors.ts';
import { ensureWritableFolder, readOrCreateSecret } from '#lib/platform/files.ts';
import { keepRunning, type KeepRunningOptions } from '#lib/platform/concurrency/keep-running.ts';
import { describeProcess, isSameProcess, isServerOf } from './cluster-processes.ts';
import { findPostgresUser, wrapCommand, type PostgresUser } from './postgres-user.ts';
import { createMissingDatabase } from './embedded-postgres.sql.ts';

export type EmbeddedPostgres = {
  url: string;
  /** True if it was already running, for another process or since a crash. */
  wasRunning: boolean;
  /** Restarts the server when it dies, or rejoins it if another process has restarted it, until `stop`. */
  watch: (options: WatchOptions) => void;
  /** Leaves the server. The last user stops it. */
  stop: () => Promise<void>;
};

export type WatchOptions = Pick<KeepRunningOptions, 'log' | 'onLost' | 'timing'> & {
  /** Called if the URL has changed. A restart keeps the port unless another program has taken it. */
  onMoved: (url: string) => void;
  /** False: another process restarts it, and this one rejoins. */
  mayRestart?: boolean;
};

export type EmbeddedPostgresOptions = {
  dataDir: string;
  database: string;
  /** For tests: disables fsync, so that data doesn't survive a crash of the machine. */
  isThrowaway?: boolean;
};

type Cluster = { folder: string; data: string; log: string; users: string; bin: string; user: PostgresUser | null };

const START_ATTEMPTS = 10;
const MAX_JOIN_ATTEMPTS = 50;
const JOIN_RETRY_MS = 100;
const MAX_REJOIN_ATTEMPTS = 300;
/** After these attempts, something else holds the port or the socket's lock. */
const SAME_PORT_ATTEMPTS = 5;
const RETRY_DELAY_MS = 1_000;
/** Leaves room for `/.s.PGSQL.65535`. In characters, which are all one byte. */
const MAX_SOCKET_FOLDER = 103 - '/.s.PGSQL.65535'.length;
const THROWAWAY_SETTINGS = '-c fsync=off -c synchronous_commit=off -c full_page_writes=off';

/**
 * Starts the server, or joins one that already runs on the same data.
 * @throws AppError `unavailable` or `storage_full` with a message for the operator
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const cluster = await openCluster(options.dataDir);
  const password = readOrCreateSecret(join(options.dataDir, 'secrets', 'postgres'));
  registerUser(cluster);
  try {
    if (!existsSync(join(cluster.data, 'PG_VERSION'))) await initialise(cluster, password);
    const { server, wasRunning } = await joinOrStart(cluster, password, options);
    let url = toUrl(server, password, options.database);
    let stopWatching: (() => Promise<void>) | null = null;
    return {
      url,
      wasRunning,
      watch: ({ onMoved, mayRestart = true, ...rest }) => {
        const findUrl = (found: Server | null) => found && toUrl(found, password, options.database);
        stopWatching ??= keepRunning({
          ...rest,
          name: 'the embedded PostgreSQL',
          isRunning: () => findUrl(readRunningServer(cluster)) === url,
          restart: async () => {
            const running = mayRestart ? readRunningServer(cluster) : await awaitServer(cluster);
            const now = running ?? (await startServer(cluster, options.isThrowaway ?? false));
            const newUrl = toUrl(now, password, options.database);
            if (newUrl === url) return;
            url = newUrl;
            onMoved(url);
          },
        });
      },
      stop: async () => {
        await stopWatching?.();
        await leave(cluster);
      },
    };
  } catch (error) {
    await leave(cluster).catch(() => undefined);
    throw error;
  }
}

/** @throws AppError `unavailable` if nobody starts it */
async function awaitServer(cluster: Cluster): Promise<Server> {
  for (let attempt = 1; attempt <= MAX_REJOIN_ATTEMPTS; attempt += 1) {
    const server = readRunningServer(cluster);
    if (server) return server;
    await sleep(JOIN_RETRY_MS);
  }
  throw new AppError(
    'unavailable',
    'The embedded PostgreSQL has stopped, and the supervisor has not restarted it yet.',
  );
}

async function joinOrStart(
  cluster: Cluster,
  password: string,
  { database, isThrowaway = false }: EmbeddedPostgresOptions,
): Promise<{ server: Server; wasRunning: boolean }> {
  for (let attempt = 1; ; attempt += 1) {
    const running = readRunningServer(cluster);
    const server = running ?? (await startServer(cluster, isThrowaway));
    try {
      await ensureDatabase(toUrl(server, password, 'postgres'), database);
      return { server, wasRunning: running !== null };
    } catch (error) {
      // A server killed a moment ago may still have its process id.
      if (!running || attempt === MAX_JOIN_ATTEMPTS || errorCode(error) !== 'ECONNREFUSED') throw error;
      await sleep(JOIN_RETRY_MS);
    }
  }
}

async function openCluster(dataDir: string): Promise<Cluster> {
  const folder = join(dataDir, 'postgres');
  ensureWritableFolder(folder, 'the embedded PostgreSQL');
  const bin = await findBinaries();
  const data = join(folder, 'data');
  const user = findPostgresUser(data);
  if (user) await chown(folder, user.uid, user.gid);
  return { folder, data, log: join(folder, 'server.log'), users: join(folder, 'users'), bin, user };
}

async function findBinaries(): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let initdb: string;
  try {
    ({ initdb } = (await import(name)) as { initdb: string });
  } catch (cause) {
    throw new AppError(
      'unavailable',
      `The embedded PostgreSQL isn't available for ${process.platform}-${process.arch}. Set DATABASE_URL to a PostgreSQL 15 or newer.`,
      { cause },
    );
  }
  restoreSymlinks(dirname(dirname(dirname(initdb))));
  return dirname(initdb);
}

/** npm packages can't contain symbolic links. The package creates them in an install script, which npm may have skipped. */
function restoreSymlinks(packageFolder: string): void {
  const list = join(packageFolder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(packageFolder, target);
    if (lstatSync(link, { throwIfNoEntry: false })) continue;
    symlinkSync(relative(dirname(link), join(packageFolder, source)), link);
  }
}

async function initialise(cluster: Cluster, password: string): Promise<void> {
  const passwordFile = join(cluster.folder, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (cluster.user) await chown(passwordFile, cluster.user.uid, cluster.user.gid);
  // Use the same collation on every machine, whatever locales it has.
  const locale = ['-E', 'UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
  const access = ['-U', 'vitrine', '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  // A killed start leaves a folder without PG_VERSION, which initdb would reject.
  rmSync(cluster.data, { recursive: true, force: true });
  const result = await run(cluster, 'initdb', ['-D', cluster.data, ...locale, ...access]);
  rmSync(passwordFile, { force: true });
  if (result.exitCode === 0) return;
  rmSync(cluster.data, { recursive: true, force: true });
  throw serverError("The embedded PostgreSQL couldn't be initialised", result.output);
}

/** `socketFolder` is empty if sockets can't be used. */
type Server = { port: number; socketFolder: string };

/** pg uses the socket in `host`. Clients that ignore that parameter connect over TCP. */
function toUrl({ port, socketFolder }: Server, password: string, database: string): string {
  const url = `postgresql://vitrine:${password}@127.0.0.1:${port}/${database}`;
  return socketFolder ? `${url}?host=${encodeURIComponent(socketFolder)}` : url;
}

async function startServer(cluster: Cluster, isThrowaway: boolean): Promise<Server> {
  let socketFolder = canHoldSocket(cluster.folder) ? cluster.folder : '';
  for (let attempt = 1; ; attempt += 1) {
    const port = await findFreePort(attempt <= SAME_PORT_ATTEMPTS ? readLastPort(cluster) : 0);
    const sockets = `-c unix_socket_directories='${socketFolder}' -c unix_socket_permissions=0700`;
    const settings = `-p ${port} -c listen_addresses=127.0.0.1 ${sockets} -c max_connections=60`;
    rmSync(cluster.log, { force: true });
    const result = await run(cluster, 'pg_ctl', [
      ...['start', '-w', '-s', '-t', '120', '-D', cluster.data, '-l', cluster.log],
      ...['-o', isThrowaway ? `${settings} ${THROWAWAY_SETTINGS}` : settings],
    ]);
    if (result.exitCode === 0) return { port, socketFolder };
    const joined = readRunningServer(cluster);
    if (joined !== null) return joined;
    const log = existsSync(cluster.log) ? readFileSync(cluster.log, 'utf8') : '';
    // Some file systems don't support sockets, such as folders that a virtual machine shares with its host.
    const isWithoutSockets = socketFolder !== '' && /Unix-domain socket/.test(log);
    if (isWithoutSockets) socketFolder = '';
    // After a crash, the old server's lock or shared memory may remain for some seconds.
    const isStale = /lock file|shared memory block|Address already in use/.test(log + result.output);
    if (!(isStale || isWithoutSockets) || attempt === START_ATTEMPTS) {
      throw serverError("The embedded PostgreSQL didn't start", log || result.output);
    }
    if (isStale) removeStaleLock(cluster);
    await sleep(RETRY_DELAY_MS);
  }
}

/** Reads the last port from PostgreSQL's last command line, so that other processes find the server again. 0 if it never ran. */
function readLastPort(cluster: Cluster): number {
  const file = join(cluster.data, 'postmaster.opts');
  const [, port] = (existsSync(file) && /"-p" "(\d+)"/.exec(readFileSync(file, 'utf8'))) || [];
  return Number(port ?? 0);
}

/** Systems limit socket paths to about 100 bytes, and pg_ctl passes them to a shell. */
function canHoldSocket(folder: string): boolean {
  return process.platform !== 'win32' && folder.length <= MAX_SOCKET_FOLDER && /^\/[\w./-]+$/.test(folder);
}

function serverError(what: string, output: string): AppError {
  if (/No space left on device/.test(output)) {
    return new AppError('storage_full', `${what}: the disk is full. Free some space or set DATA_DIR to another disk.`);
  }
  const lines = output.split('\n').filter((line) => /FATAL|ERROR|PANIC|error:|denied/.test(line));
  const reason = (lines.at(-1) ?? output.trim().split('\n').at(-1) ?? '').replace(
    /^.*?(FATAL|ERROR|PANIC|error): */,
    '',
  );
  return new AppError('unavailable', `${what}: ${reason || 'it gave no reason'}`, { detail: output });
}

/** Finds the server running on this cluster. In postmaster.pid, line 1 is the process id, line 4 the port, line 5 the socket folder. */
function readRunningServer(cluster: Cluster): Server | null {
  const lines = readIfExists(pidFile(cluster)).split('\n');
  const [pid, port, status] = [Number(lines[0]), Number(lines[3]), lines[7]?.trim()];
  if (!(pid > 0 && port > 0 && status === 'ready' && isServerOf(cluster.data, pid))) return null;
  return { port, socketFolder: lines[4]?.trim() ?? '' };
}

function pidFile(cluster: Cluster): string {
  return join(cluster.data, 'postmaster.pid');
}

/**
 * Removes the lock of a crashed server whose process id another process has by now. PostgreSQL itself sees only that
 * the id is in use.
 */
function removeStaleLock(cluster: Cluster): void {
  const pid = Number(readIfExists(pidFile(cluster)).split('\n')[0]);
  if (pid > 0 && !isServerOf(cluster.data, pid)) rmSync(pidFile(cluster), { force: true });
}

/** Other processes may remove the file at any time. */
function readIfExists(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return '';
    throw error;
  }
}

async function ensureDatabase(adminUrl: string, database: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await createMissingDatabase(client, database);
  } finally {
    await client.end();
  }
}

function registerUser(cluster: Cluster): void {
  mkdirSync(cluster.users, { recursive: true });
  writeFileSync(join(cluster.users, String(process.pid)), describeProcess(process.pid));
}

async function leave(cluster: Cluster): Promise<void> {
  rmSync(join(cluster.users, String(process.pid)), { force: true });
  for (const name of readdirSync(cluster.users)) {
    const file = join(cluster.users, name);
    if (isSameProcess(Number(name), readIfExists(file))) return;
    rmSync(file, { force: true });
  }
  await run(cluster, 'pg_ctl', ['stop', '-w', '-s', '-m', 'fast', '-t', '60', '-D', cluster.data]);
}

/** Returns the wanted port unless another program uses it. */
function findFreePort(wanted = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => (wanted === 0 ? reject(error) : resolve(findFreePort())));
    server.listen(wanted, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

function run(cluster: Cluster, program: 'initdb' | 'pg_ctl', args: string[]) {
  const { command, prefix, identity } = wrapCommand(join(cluster.bin, program), cluster);
  return new Promise<{ exitCode: number | null; output: string }>((resolve, reject) => {
    const child = spawn(command, [...prefix, ...args], {
      ...identity,
      cwd: '/',
      env: { LC_ALL: 'C' } as Partial<NodeJS.ProcessEnv> as NodeJS.ProcessEnv,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.once('error', reject);
    // 'exit', not 'close', because the server started by pg_ctl may keep the pipes open.
    child.once('exit', (exitCode) => {
      child.stdout.destroy();
      child.stderr.destroy();
      resolve({ exitCode, output });
    });
  });
}
