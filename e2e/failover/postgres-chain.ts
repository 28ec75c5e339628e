// A PostgreSQL primary with a synchronous standby, which feeds an asynchronous one. Each is reached through a proxy that can cut it off.
import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '#lib/platform/pg/embedded-postgres.ts';
import { startTcpFaultProxy, type TcpFaultProxy } from '#lib/testing/tcp-fault-proxy.ts';

const DATABASE = 'vitrine';

export type ChainedServer = {
  url: string;
  port: number;
  /** Between this server and its standby. Frozen: the standby lags behind from then on. */
  feed: TcpFaultProxy;
  /** Ends it at once, as the loss of its machine does. */
  kill: () => void;
  /** Makes a standby accept writes. */
  promote: () => Promise<void>;
};

export type PostgresChain = {
  /** The primary, its synchronous standby, and the asynchronous standby of that one. */
  servers: [ChainedServer, ChainedServer, ChainedServer];
  close: () => Promise<void>;
};

/** Starts the chain from the embedded cluster of the first folder, which nobody else uses. */
export async function startPostgresChain(dataDirs: [string, string, string]): Promise<PostgresChain> {
  const [first, ...others] = dataDirs;
  const created = await startEmbeddedPostgres({ dataDir: first, database: DATABASE });
  await created.stop();
  for (const dataDir of others) copyCluster(first, dataDir);
  configure(first, [`synchronous_standby_names = 'standby'`]);
  const servers: ChainedServer[] = [];
  const running: EmbeddedPostgres[] = [];
  for (const dataDir of dataDirs) {
    const upstream = servers.at(-1);
    if (upstream) follow(dataDir, upstream.feed.through(upstream.url));
    const postgres = await startEmbeddedPostgres({ dataDir, database: DATABASE });
    running.push(postgres);
    const port = Number(new URL(postgres.url).port);
    servers.push({
      url: postgres.url,
      port,
      feed: await startTcpFaultProxy(port),
      kill: () => process.kill(Number(readFileSync(pidFile(dataDir), 'utf8').split('\n')[0]), 'SIGKILL'),
      promote: () => query(postgres.url, 'SELECT pg_promote()').then(() => undefined),
    });
  }
  return {
    servers: servers as PostgresChain['servers'],
    close: async () => {
      // Standbys first, because a primary waits until they have everything.
      for (const postgres of running.reverse()) await postgres.stop();
      for (const { feed } of servers) await feed.close();
    },
  };
}

/** What `pg_basebackup` does with a running server. */
function copyCluster(from: string, to: string): void {
  mkdirSync(join(to, 'postgres'), { recursive: true });
  // cp keeps the owner of the cluster, which PostgreSQL insists on.
  execFileSync('cp', ['-a', join(from, 'postgres/data'), join(to, 'postgres/data')]);
  // Names the port of the original, which is in use.
  rmSync(join(to, 'postgres/data/postmaster.opts'), { force: true });
  cpSync(join(from, 'secrets'), join(to, 'secrets'), { recursive: true });
}

function follow(dataDir: string, upstreamUrl: string): void {
  const { hostname, port, username, password } = new URL(upstreamUrl);
  const address = `host=${hostname} port=${port} user=${username} password=${password} application_name=standby`;
  configure(dataDir, [`primary_conninfo = '${address}'`]);
  writeFileSync(join(dataDir, 'postgres/data/standby.signal'), '');
}

function configure(dataDir: string, settings: string[]): void {
  appendFileSync(join(dataDir, 'postgres/data/postgresql.auto.conf'), `${settings.join('\n')}\n`);
}

function pidFile(dataDir: string): string {
  return join(dataDir, 'postgres/data/postmaster.pid');
}

export async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}
