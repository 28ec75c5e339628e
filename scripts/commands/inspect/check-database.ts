import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import type { Config } from '#lib/config.ts';
import { planProcesses, sharePool } from '#lib/platform/processes/plan-processes.ts';
import { connectDatabase, inspectDatabase } from '#lib/platform/pg/connect-database.ts';
import { startEmbeddedPostgres } from '#lib/platform/pg/embedded-postgres.ts';
import { listPendingMigrations } from '#lib/platform/pg/migrations/migrate.ts';
import {
  readAcmeFailure,
  readDatabaseFacts,
  readUpstreams,
  type DatabaseFacts,
  type UpstreamFacts,
} from './doctor.sql.ts';
import { fail, ok, sentenceOf, warn, type Finding } from './finding.ts';

const CHECK = 'database';
const SKEW = { warnMs: 2_000, failMs: 60_000 };
/** Connections that must stay free for backups and people. */
const SPARE_CONNECTIONS = 5;

export type DatabaseReport = { findings: Finding[]; siteId: string | null; upstreams: UpstreamFacts[] };

/** Changes nothing. An embedded database that no server uses runs for the duration of the check. */
export async function checkDatabase(config: Config): Promise<DatabaseReport> {
  const nothing = { siteId: null, upstreams: [] };
  if (config.databaseUrl === undefined && !existsSync(join(config.dataDir, 'postgres', 'data', 'PG_VERSION'))) {
    const next = 'Run `npm start`, or set DATABASE_URL to use another one.';
    return { ...nothing, findings: [warn(CHECK, 'The embedded database does not exist yet.', next)] };
  }
  let embedded: Awaited<ReturnType<typeof startEmbeddedPostgres>> | null = null;
  try {
    if (config.databaseUrl === undefined)
      embedded = await startEmbeddedPostgres({ dataDir: config.dataDir, database: 'vitrine' });
    return await inspect(config, config.databaseUrl ?? embedded?.url ?? '');
  } catch (error) {
    const next = 'Start the database, or correct DATABASE_URL. Pulls, pushes and pages need it.';
    return { ...nothing, findings: [fail(CHECK, sentenceOf(error), next)] };
  } finally {
    await embedded?.stop();
  }
}

async function inspect(config: Config, url: string): Promise<DatabaseReport> {
  const client = await connectDatabase(url);
  try {
    const { isPooled } = await inspectDatabase(client);
    const askedMs = Date.now();
    const facts = await readDatabaseFacts(client);
    const ownMs = (askedMs + Date.now()) / 2;
    const pending = await listPendingMigrations(client);
    const findings = [
      ok(CHECK, `PostgreSQL ${facts.version} answers.`),
      judgeMigrations(pending),
      judgeClock(facts.nowMs - ownMs),
      judgeConnections(facts, countPlanned(config)),
      ...(isPooled && config.database.directUrl === undefined
        ? [
            warn(
              CHECK,
              'DATABASE_URL points to a pooler.',
              'Set DATABASE_DIRECT_URL to the address of the database itself.',
            ),
          ]
        : []),
    ];
    const { siteId } = facts;
    if (pending.length > 0) return { findings, siteId, upstreams: [] };
    return {
      findings: [...findings, ...(await checkOrders(config, client))],
      siteId,
      upstreams: await readUpstreams(client),
    };
  } finally {
    await client.end();
  }
}

async function checkOrders({ certificate }: Config, client: pg.ClientBase): Promise<Finding[]> {
  if (certificate?.kind !== 'acme') return [];
  const failure = await readAcmeFailure(client, certificate.directory);
  if (failure === null) return [];
  const next = `The ACME server must reach http://${certificate.host}/ at port 80, which REDIRECT_PORT answers.`;
  return [warn('tls', `The last order of a certificate failed: ${failure}`, next)];
}

function judgeMigrations(pending: string[]): Finding {
  if (pending.length === 0) return ok('migrations', 'The database has every migration of this version.');
  const message = `The database lacks ${pending.length} migrations of this version.`;
  return warn('migrations', message, 'Run `npm run vitrine -- migrate`, or start the site with MIGRATE=1.');
}

/** @param skewMs of the database's clock against this machine's */
export function judgeClock(skewMs: number): Finding {
  const size = Math.abs(skewMs);
  const seconds = (size / 1_000).toFixed(1);
  if (size < SKEW.warnMs)
    return ok('clock', `The clocks of this machine and the database differ by ${seconds} seconds.`);
  const message = `The database's clock is ${seconds} seconds ${skewMs > 0 ? 'ahead of' : 'behind'} this machine's.`;
  const next = 'Synchronize both with NTP. Tokens and leases depend on the time.';
  return size < SKEW.failMs ? warn('clock', message, next) : fail('clock', message, next);
}

/** Returns how many connections all processes of this machine may open. */
function countPlanned({ processes, database: { poolSize } }: Config): number {
  const { servers, pages } = planProcesses(processes);
  return (servers + pages) * (sharePool(poolSize, servers + pages) + 1);
}

/** @param planned connections of this machine's processes */
export function judgeConnections(
  { maxConnections, connections }: Pick<DatabaseFacts, 'maxConnections' | 'connections'>,
  planned: number,
): Finding {
  const advice = `Raise its max_connections, or lower DATABASE_POOL_SIZE or PROCESSES. This machine opens up to ${planned}.`;
  if (planned + SPARE_CONNECTIONS > maxConnections) {
    const message = `The database allows ${maxConnections} connections, too few for this machine's processes.`;
    return warn('connections', message, advice);
  }
  const message = `${connections} of ${maxConnections} connections of the database are in use.`;
  const isFree = maxConnections - connections >= SPARE_CONNECTIONS;
  return isFree ? ok('connections', message) : warn('connections', message, advice);
}
