// Runs three processes on one PostgreSQL, S3 and Meilisearch, each with a folder of its own, behind a real nginx with TLS.
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEmbeddedPostgres } from '#lib/platform/pg/embedded-postgres.ts';
import { startS3 } from '#lib/testing/s3/start-s3.ts';
import { createSelfSignedCertificate } from '#lib/testing/tls/self-signed-certificate.ts';
import { findFreePort } from '#lib/testing/servers/find-free-port.ts';
import { startMeilisearch, whyNoMeilisearch } from '#lib/testing/servers/start-meilisearch.ts';
import { untilListening } from '#lib/testing/until-listening.ts';
import { findProgram } from '../find-program.ts';
import { newFolder, ROOT, track } from '../start/site-process.ts';
import { readProxyExample } from './read-proxy-example.ts';

const REPLICAS = 3;
const DRAIN_DELAY_SECONDS = 2;

export type Replica = { url: string; port: number; env: Record<string, string>; child: ChildProcess | null };

export type ReplicaSet = {
  replicas: Replica[];
  /** `127.0.0.1:PORT` of nginx. */
  host: string;
  /** A folder with nginx's certificate as `ca.crt`, as skopeo expects it. */
  certificates: string;
  dataDir: string;
  /** What each command and replica needs, beside a DATA_DIR. */
  settings: Record<string, string>;
  /** Sends SIGTERM and takes it out of nginx once /readyz fails, like a load balancer, then starts it again. */
  restart: (replica: Replica) => Promise<void>;
  /** Sends SIGKILL without telling nginx, then starts it again. */
  kill: (replica: Replica) => Promise<void>;
  stop: () => Promise<void>;
};

export async function startReplicaSet(): Promise<ReplicaSet> {
  const postgres = await startEmbeddedPostgres({ dataDir: newFolder(), database: 'vitrine', isThrowaway: true });
  const databaseUrl = Object.assign(new URL(postgres.url), { search: '' }).href;
  const s3 = await startS3();
  const meilisearch = whyNoMeilisearch() === null ? await startMeilisearch() : null;
  const host = `127.0.0.1:${await findFreePort()}`;
  const settings = {
    DATABASE_URL: databaseUrl,
    ...s3.settings,
    ...(meilisearch && { MEILI_URL: meilisearch.url, MEILI_KEY: meilisearch.key ?? '' }),
    MASTER_KEY: randomBytes(32).toString('base64'),
    AUTH_SECRET: randomUUID(),
    // Clients can't open sealed blobs that the bucket sends them.
    SEALED_STORAGE: '0',
    DATABASE_POOL_SIZE: '8',
    PUBLIC_URL: `https://${host}`,
    PROXIES: '1',
    DRAIN_DELAY_SECONDS: String(DRAIN_DELAY_SECONDS),
  };
  const replicas: Replica[] = [];
  for (let i = 0; i < REPLICAS; i += 1) {
    const port = await findFreePort();
    // Clients meet both ways of delivery.
    const env = { DATA_DIR: newFolder(), PORT: String(port), S3_DELIVERY: i === 0 ? 'redirect' : 'proxy' };
    replicas.push({ url: `http://127.0.0.1:${port}`, port, env, child: null });
  }
  const startReplica = async (replica: Replica) => {
    replica.child = await serve({ ...settings, ...replica.env });
  };
  // The first replica migrates, then the others start concurrently.
  await startReplica(replicas[0] as Replica);
  await Promise.all(replicas.slice(1).map(startReplica));
  const nginx = prepareNginx(host);
  await nginx.balance(replicas);

  const end = async (replica: Replica, signal: 'SIGTERM' | 'SIGKILL') => {
    const { child } = replica;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    if (signal === 'SIGTERM') {
      await untilDraining(replica);
      await nginx.balance(replicas.filter((other) => other !== replica));
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    if (signal === 'SIGTERM' && child.exitCode !== 0)
      throw new Error(`a drained replica exited with ${child.exitCode}`);
  };
  const again = async (replica: Replica, signal: 'SIGTERM' | 'SIGKILL') => {
    await end(replica, signal);
    await startReplica(replica);
    await nginx.balance(replicas);
  };
  return {
    replicas,
    host,
    certificates: nginx.certificates,
    dataDir: replicas[0]?.env.DATA_DIR ?? '',
    settings,
    restart: (replica) => again(replica, 'SIGTERM'),
    kill: (replica) => again(replica, 'SIGKILL'),
    stop: async () => {
      await nginx.stop();
      for (const { child } of replicas) if (child?.exitCode === null) child.kill('SIGKILL');
      await meilisearch?.close();
      await s3.stop();
      await postgres.stop();
    },
  };
}

/** Resolves when it is ready. */
async function serve(env: Record<string, string>): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['scripts/vitrine.ts', 'serve'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LOG_LEVEL: 'error', DEMO: '0', PROCESSES: '1', NODE_ENV: 'production', ...env },
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
    child.once('exit', () => reject(new Error(`a replica exited before it was ready:\n${output}`)));
  });
  return child;
}

async function untilDraining({ url }: Replica): Promise<void> {
  for (;;) {
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    if (answer === null || answer.status === 503) return;
    await sleep(50);
  }
}

function prepareNginx(host: string) {
  const folder = newFolder();
  const certificates = join(folder, 'certificates');
  mkdirSync(certificates);
  const { key, cert } = createSelfSignedCertificate(['127.0.0.1']);
  writeFileSync(join(folder, 'key.pem'), key);
  writeFileSync(join(certificates, 'ca.crt'), cert);
  const config = join(folder, 'nginx.conf');
  const write = (replicas: Replica[]) => writeFileSync(config, describe(folder, host, replicas));
  let child: ChildProcess | null = null;
  return {
    certificates,
    /** nginx finishes requests in flight with the old configuration. */
    balance: async (replicas: Replica[]) => {
      write(replicas);
      if (child) {
        child.kill('SIGHUP');
        return;
      }
      child = spawn(findProgram('nginx') ?? 'nginx', ['-c', config, '-p', folder], {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      track(child);
      await untilListening(Number(host.split(':')[1]), child);
    },
    stop: async () => {
      if (child?.exitCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

/** The example of the docs, with this machine's ports and files. */
function describe(folder: string, host: string, replicas: Replica[]): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  const site = readProxyExample('nginx.conf', {
    'server 127.0.0.1:3000;': replicas.map(({ port }) => `server 127.0.0.1:${port};`).join(' '),
    'listen 443 ssl': `listen ${host} ssl`,
    'listen 80;': `listen unix:${folder}/http.sock;`,
    '/etc/nginx/tls/registry.crt': `${folder}/certificates/ca.crt`,
    '/etc/nginx/tls/registry.key': `${folder}/key.pem`,
  });
  return `
    ${process.getuid?.() === 0 ? 'user root;' : ''}
    daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
    events {}
    http { access_log off; ${temporary.join(' ')} ${site} }`;
}
