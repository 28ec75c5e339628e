// Runs Debian's PgBouncer in transaction mode in front of a test's database, as operators do.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort } from './find-free-port.ts';
import { findProgram } from '../../../e2e/find-program.ts';

const START_ATTEMPTS = 100;
/** The uid of nobody, because the program refuses to run as root. */
const NOBODY = 65_534;

export type PgBouncer = {
  /** URL of the same database through the pooler. */
  url: string;
  stop: () => Promise<void>;
};

/** Explains why PgBouncer isn't available, or returns null. */
export function whyNoPgBouncer(): string | null {
  return findProgram('pgbouncer') === null ? 'pgbouncer not installed' : null;
}

/** `poolSize` limits its connections to the database. */
export async function startPgBouncer(databaseUrl: string, { poolSize = 10 } = {}): Promise<PgBouncer> {
  const { port: databasePort, username, password, pathname } = new URL(databaseUrl);
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-pgbouncer-'));
  chmodSync(folder, 0o755);
  const port = await findFreePort();
  writeFileSync(join(folder, 'users.txt'), `"${username}" "${decodeURIComponent(password)}"\n`);
  const settings = [
    '[databases]',
    `* = host=127.0.0.1 port=${databasePort}`,
    '[pgbouncer]',
    ...['listen_addr = 127.0.0.1', `listen_port = ${port}`, 'unix_socket_dir =', 'pool_mode = transaction'],
    ...['auth_type = scram-sha-256', `auth_file = ${join(folder, 'users.txt')}`],
    ...[`default_pool_size = ${poolSize}`, 'max_client_conn = 200', 'server_login_retry = 1'],
  ];
  const file = join(folder, 'pgbouncer.ini');
  writeFileSync(file, `${settings.join('\n')}\n`);
  const child = spawn(findProgram('pgbouncer') ?? 'pgbouncer', ['--quiet', file], {
    stdio: ['ignore', 'ignore', 'inherit'],
    ...(process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}),
  });
  const exited = once(child, 'exit');
  for (let attempt = 0; !(await canConnect(port)); attempt += 1) {
    if (attempt === START_ATTEMPTS || child.exitCode !== null) throw new Error('PgBouncer did not start.');
    await sleep(50);
  }
  return {
    url: `postgresql://${username}:${password}@127.0.0.1:${port}${pathname}`,
    stop: async () => {
      child.kill('SIGINT');
      const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await exited;
      clearTimeout(timer);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function canConnect(port: number): Promise<boolean> {
  const socket = createConnection(port, '127.0.0.1');
  return new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
  }).finally(() => socket.destroy());
}
