// Runs `npm start` in its own process, for tests that watch, stop or kill it.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fillFromTemplate } from '#scripts/site-template.ts';
import { run } from '../run-program.ts';

export const ROOT = join(import.meta.dirname, '../..');
const folders: string[] = [];
const children: ChildProcess[] = [];

export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-start-'));
  folders.push(folder);
  return folder;
}

/** Holds a migrated database already, where the run has a template. */
export function newSiteFolder(): string {
  const folder = newFolder();
  fillFromTemplate(folder);
  return folder;
}

export type Started = {
  child: ChildProcess;
  output: () => string;
  exitCode: Promise<number | null>;
  ready: Promise<number>;
};

/** Runs what `npm start` runs. `ready` resolves with the milliseconds until the site was up. */
export function start(env: Record<string, string>, user?: { uid: number; gid: number }): Started {
  const startedAt = Date.now();
  const child = spawn(process.execPath, ['scripts/bootstrap.mjs', 'start'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...user,
    env: {
      ...process.env,
      HOME: '/tmp',
      LOG_LEVEL: 'warn',
      DEMO: '0',
      NODE_ENV: 'production',
      DRAIN_DELAY_SECONDS: '0',
      // Starts in half the time.
      PROCESSES: '1',
      ...env,
    },
  });
  children.push(child);
  let text = '';
  const exitCode = once(child, 'exit').then(([code]) => code as number | null);
  const ready = new Promise<number>((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('Vitrine is ready')) resolve(Date.now() - startedAt);
    };
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
    void exitCode.then(() => reject(new Error(`exited before it was ready:\n${text}`)));
  });
  ready.catch(() => undefined);
  return { child, output: () => text, exitCode, ready };
}

/** Lists the process tree of a start: the bootstrap, the server and its PostgreSQL. */
export function listTree(pid: number, dataDir: string): number[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const parents = new Map(
    all.flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        return [[Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])] as const];
      } catch {
        return [];
      }
    }),
  );
  const pidFile = join(dataDir, 'postgres/data/postmaster.pid');
  const roots = new Set([pid, ...(existsSync(pidFile) ? [Number(readFileSync(pidFile, 'utf8').split('\n')[0])] : [])]);
  for (let size = 0; size < roots.size;) {
    size = roots.size;
    for (const [child, parent] of parents) if (roots.has(parent)) roots.add(child);
  }
  return [...roots];
}

/** Registers a process for cleanUp. */
export function track(child: ChildProcess): void {
  children.push(child);
}

export type SitePublisher = {
  email: string;
  cli: (...args: string[]) => Promise<string>;
  alias: string;
  secret: string;
};

/** Creates an account at the command line of a site that was started on `dataDir`. `env` adds settings. */
export async function createSitePublisher(
  url: string,
  dataDir: string,
  { scope = 'push', env = {} }: { scope?: string; env?: Record<string, string> } = {},
): Promise<SitePublisher> {
  const settings = { DATA_DIR: dataDir, NODE_ENV: 'production', ...env };
  const cli = (...args: string[]) => run(process.execPath, [join(ROOT, 'scripts/vitrine.ts'), ...args], settings);
  const email = 'publisher@example.org';
  await cli('user', 'create', '--email', email, '--password', 'a password for tests');
  const token = await cli('token', 'create', '--email', email, '--scope', scope, '--json');
  const { secret } = JSON.parse(token) as { secret: string };
  const me = await fetch(`${url}/api/v1/me`, { headers: { authorization: `Bearer ${secret}` } });
  const { registries } = (await me.json()) as { registries: { aliases: { name: string }[] }[] };
  return { cli, email, secret, alias: registries[0]?.aliases[0]?.name ?? '' };
}

/** For afterEach: ends running processes, then `others` in reverse order, and deletes every folder. */
export async function cleanUp(others: (() => unknown)[] = []): Promise<void> {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  for (const end of others.splice(0).reverse()) await end();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}
