// Kills the server while clients push, move tags and delete, and garbage is collected: at random moments, and between
// two chunks of an upload. Everything acknowledged must survive unchanged. VITRINE_SOAK_KILLS sets the number of kills.
import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, expect, test } from 'vitest';
import { startEmbeddedPostgres } from '#lib/platform/pg/embedded-postgres.ts';
import { basic, createRawClient } from '#lib/testing/servers/raw-http.ts';
import { findFreePort } from '#lib/testing/servers/find-free-port.ts';
import { CrashWorkload } from './crash-workload.ts';
import { cleanUp, createSitePublisher, listTree, newSiteFolder, ROOT, track } from './site-process.ts';

const KILLS = Number(process.env.VITRINE_SOAK_KILLS ?? 6);
/** Kills PostgreSQL too, every this many times. */
const KILL_ALL_EVERY = 5;
/** Every second kill happens between two chunks of an upload. */
const AIM_EVERY = 2;
const GRACE_SECONDS = 2;
const CLIENTS = 6;
const MIN_WORK_MS = 100;
const MAX_WORK_MS = 1500;
const SECONDS_PER_KILL = 30;

afterEach(() => cleanUp());

test(
  `nothing acknowledged is lost in ${KILLS} kills during pushes, tag moves and deletes`,
  { timeout: (KILLS + 10) * SECONDS_PER_KILL * 1000 },
  async () => {
    const dataDir = newSiteFolder();
    const port = await findFreePort();
    const url = `http://127.0.0.1:${port}`;
    const garbage = { GC_GRACE_SECONDS: String(GRACE_SECONDS), RESTORE_DAYS: '0' };
    const settings = { DATA_DIR: dataDir, PORT: String(port), ...garbage };
    let server = await serve(settings);
    const { alias, secret, cli } = await createSitePublisher(url, dataDir, { scope: 'repository:*:pull,push,delete' });
    const client = createRawClient(url, basic(secret));
    const workload = new CrashWorkload(client, {
      repositories: [`${alias}/one`, `${alias}/two`],
      graceMs: GRACE_SECONDS * 1000,
    });
    const startedAt = Date.now();
    let kills = 0;
    let aimed = 0;
    let restartMs = 0;
    for (; kills < KILLS; kills += 1) {
      await collectSoon(dataDir);
      const working = workload.run(CLIENTS);
      working.catch(() => undefined);
      await sleep(MIN_WORK_MS + randomInt(MAX_WORK_MS));
      if (kills % AIM_EVERY === 0) {
        await Promise.race([workload.uploads.halfWay(), working]);
        aimed += 1;
      }
      const pids =
        kills % KILL_ALL_EVERY === KILL_ALL_EVERY - 1 ? listTree(server.pid ?? 0, dataDir) : [server.pid ?? 0];
      for (const pid of pids) process.kill(pid, 'SIGKILL');
      await Promise.all([working, once(server, 'exit')]);
      const diedAt = Date.now();
      server = await serve(settings);
      restartMs += Date.now() - diedAt;
      await workload.check({ all: false });
    }
    await workload.check({ all: true });
    const seconds = Math.round((Date.now() - startedAt) / 1000);
    const meanRestartMs = Math.round(restartMs / kills);
    const figures = { kills, aimed, seconds, meanRestartMs, ...workload.tally, ...workload.uploads.tally };
    console.log(`killed during pushes: ${JSON.stringify(figures)}`);
    expect(workload.tally.checked).toBeGreaterThan(0);
    expect(workload.uploads.tally.resumed).toBeGreaterThanOrEqual(aimed);

    // Rows and store must agree, and leftovers of crashes must be deleted.
    const operate = async (...args: string[]) => JSON.parse(await cli(...args, '--json')) as Record<string, unknown>;
    expect(await operate('verify')).toMatchObject({ ok: true, missing: 0, wrongSize: 0, unlinked: 0 });
    await withDatabase(dataDir, (db) => db.query(`UPDATE uploads SET expires_at = now() - interval '1 minute'`));
    const staged = readdirSync(join(dataDir, 'uploads'));
    for (const name of staged) utimesSync(join(dataDir, 'uploads', name), new Date(0), new Date(0));
    // After many kills, the store may have more orphans than a collection deletes without confirmation.
    await operate('gc', '--confirm');
    expect(readdirSync(join(dataDir, 'uploads'))).toEqual([]);

    // No byte may remain after everything is deleted.
    await workload.deleteAll();
    await withDatabase(dataDir, async (db) => {
      const { rows } = await db.query<{ name: string; digest: string }>(
        'SELECT r.name, m.digest FROM manifests m JOIN repositories r ON r.id = m.repository_id WHERE r.registry_id > 0',
      );
      // Pushed, but not acknowledged before the server died.
      for (const { name, digest } of rows) await client.send('DELETE', `/v2/${alias}/${name}/manifests/${digest}`);
    });
    await expect
      .poll(
        async () => {
          await collectSoon(dataDir);
          return countFiles(join(dataDir, 'blobs', 'sealed'));
        },
        { timeout: 60_000, interval: 2_500 },
      )
      .toBe(0);
    server.kill('SIGTERM');
    await once(server, 'exit');
  },
);

/** Starts the server process itself, without npm and the bootstrap. Resolves when it is ready. */
async function serve(env: Record<string, string>): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['scripts/vitrine.ts', 'serve'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      DATABASE_URL: '',
      LOG_LEVEL: 'error',
      DEMO: '0',
      NODE_ENV: 'production',
      DRAIN_DELAY_SECONDS: '0',
      PROCESSES: '1',
      ...env,
    },
  });
  track(child);
  let output = '';
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (output.includes('Vitrine is ready')) resolve();
      });
    }
    child.once('exit', () => reject(new Error(`the server exited before it was ready:\n${output}`)));
  });
  return child;
}

/** Simulates the schedule, which collects every few minutes. */
async function collectSoon(dataDir: string): Promise<void> {
  await withDatabase(dataDir, (db) => db.query(`SELECT graphile_worker.add_job('sweep-blobs')`));
}

/** Connects to the PostgreSQL that the server started. */
async function withDatabase<Result>(dataDir: string, work: (db: pg.Client) => Promise<Result>): Promise<Result> {
  const { url, stop } = await startEmbeddedPostgres({ dataDir, database: 'vitrine' });
  const db = new pg.Client({ connectionString: url });
  try {
    await db.connect();
    return await work(db);
  } finally {
    await db.end();
    // Leaves PostgreSQL to the server, which stops it on exit.
    await stop();
  }
}

function countFiles(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;
}
