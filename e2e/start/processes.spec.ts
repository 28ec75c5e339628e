// A site of four servers and a page process, as `PROCESSES=4 npm start` runs it.
import { readdirSync, readFileSync } from 'node:fs';
import { Agent, request, type IncomingHttpHeaders } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createDistributionClient, type DistributionClient } from '#lib/testing/distribution-client.ts';
import { blobOf, buildManifest, type BuiltManifest } from '#lib/testing/images/build-image.ts';
import { startFaultUpstream } from '#lib/testing/servers/fault-upstream.ts';
import { basic } from '#lib/testing/servers/raw-http.ts';
import { findFreePort } from '#lib/testing/servers/find-free-port.ts';
import { buildSampleImage } from '../clients/sample-image.ts';
import {
  cleanUp,
  createSitePublisher,
  newSiteFolder,
  start,
  type SitePublisher,
  type Started,
} from './site-process.ts';

const SERVERS = 4;
/** Connections go to the servers in turn, so these reach each of them four times. */
const CONNECTIONS = 16;
/** Below what a test of the limit sends. Other tests are signed in. */
const PULLS_PER_HOUR = 60;
const ROUNDS = 15;
const MINUTE_MS = 60_000;

type Reply = { status: number; headers: IncomingHttpHeaders; body: Buffer };
/** One connection to one server. */
type Line = (path: string, options?: { method?: string; headers?: Record<string, string> }) => Promise<Reply>;

let site: Started;
let port: number;
let url: string;
let publisher: SitePublisher;
let client: DistributionClient;
let lines: Line[];
let agents: Agent[];

beforeAll(async () => {
  const dataDir = newSiteFolder();
  port = await findFreePort();
  url = `http://127.0.0.1:${port}`;
  const limits = { PULLS_PER_HOUR: String(PULLS_PER_HOUR), UNLIMITED_NETWORKS: '10.0.0.0/8' };
  const mirrors = { UPSTREAM_NETWORKS: '127.0.0.1/32' };
  site = start({ DATA_DIR: dataDir, PORT: String(port), PROCESSES: String(SERVERS), ...limits, ...mirrors });
  await site.ready;
  publisher = await createSitePublisher(url, dataDir, { scope: 'pull push delete api:write' });
  client = createDistributionClient(url, publisher.secret);
  agents = Array.from({ length: CONNECTIONS }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
  lines = agents.map((agent) => (path, options) => send(agent, path, options));
}, 2 * MINUTE_MS);

afterAll(async () => {
  for (const agent of agents) agent.destroy();
  await cleanUp();
}, MINUTE_MS);

function send(agent: Agent, path: string, options: Parameters<Line>[1] = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const req = request(`${url}${path}`, { agent, ...options }, (res) => {
      buffer(res).then((body) => resolve({ status: res.statusCode ?? 0, headers: res.headers, body }), reject);
    });
    req.on('error', reject).end();
  });
}

/** The supervisor and the processes that it started, by their parents. */
function listProcesses(): { supervisor: number; workers: number[] } {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        const isNode = readFileSync(`/proc/${name}/cmdline`, 'utf8').includes('vitrine.ts');
        return isNode && state !== 'Z' ? [{ pid: Number(name), parent: Number(parent) }] : [];
      } catch {
        return [];
      }
    });
  const supervisor = parents.find(({ parent }) => parent === site.child.pid)?.pid ?? 0;
  return { supervisor, workers: parents.filter(({ parent }) => parent === supervisor).map(({ pid }) => pid) };
}

const signedIn = () => ({ headers: { authorization: basic(publisher.secret) } });
const everywhere = (path: string) => Promise.all(lines.map((line) => line(path, signedIn())));
const callApi = async (method: string, path: string, body: object = {}): Promise<unknown> => {
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  const answer = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${publisher.secret}`, 'content-type': type },
    ...(['POST', 'PATCH'].includes(method) && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
  return text === '' ? null : JSON.parse(text);
};
const setVisibility = (name: string, visibility: 'public' | 'private') =>
  callApi('PATCH', `/repositories/${encodeURIComponent(`${publisher.alias}/${name}`)}`, { visibility });

test('one line says that all are ready, and every server answers', async () => {
  expect(site.output().match(/Vitrine is ready/g)).toHaveLength(1);
  // The servers, a page process.
  expect(listProcesses().workers).toHaveLength(SERVERS + 1);
  const seen = await Promise.all(lines.map((line) => line('/readyz')));
  expect(seen.map(({ status }) => status)).toEqual(seen.map(() => 200));
});

describe('what is acknowledged counts at every server at once:', () => {
  test('a moved tag', async () => {
    const images = await Promise.all([buildSampleImage(), buildSampleImage()]);
    const path = `/v2/${publisher.alias}/moved/manifests/v1`;
    for (const image of images) await client.push(`${publisher.alias}/moved`, image, ['v1']);
    for (let round = 0; round < ROUNDS; round += 1) {
      const image = images[round % 2] as BuiltManifest;
      await everywhere(path);
      await client.request('PUT', path, image);
      const seen = (await everywhere(path)).map(({ headers }) => headers['docker-content-digest']);
      expect(seen).toEqual(seen.map(() => image.digest));
    }
  });

  test('a deleted tag', async () => {
    const image = await buildSampleImage();
    for (let round = 0; round < ROUNDS; round += 1) {
      const path = `/v2/${publisher.alias}/deleted/manifests/t${round}`;
      await client.push(`${publisher.alias}/deleted`, image, [`t${round}`]);
      await everywhere(path);
      await client.request('DELETE', path);
      const seen = (await everywhere(path)).map(({ status }) => status);
      expect(seen).toEqual(seen.map(() => 404));
    }
  });

  test('visibility, which a page process changes', async () => {
    await client.push(`${publisher.alias}/hidden`, await buildSampleImage(), ['v1']);
    const path = `/v2/${publisher.alias}/hidden/manifests/v1`;
    const anonymously = () => Promise.all(lines.map((line) => line(path, { method: 'HEAD' })));
    for (let round = 0; round < ROUNDS; round += 1) {
      await setVisibility('hidden', 'public');
      expect((await anonymously()).map(({ status }) => status)).toEqual(lines.map(() => 200));
      await setVisibility('hidden', 'private');
      expect((await anonymously()).map(({ status }) => status)).toEqual(lines.map(() => 401));
    }
  });
});

test('a revoked token is refused by every server at once', async () => {
  await client.push(`${publisher.alias}/secret`, await buildSampleImage(), ['v1']);
  await setVisibility('secret', 'private');
  const me = (await callApi('GET', '/me')) as { registries: { registryId: string }[] };
  const robots = `/registries/${me.registries[0]?.registryId ?? ''}/robots`;
  await callApi('POST', robots, { name: 'puller', role: 'reader' });
  for (let round = 0; round < 5; round += 1) {
    const wanted = { name: `t${round}`, scopes: ['pull'], expiresInDays: 1 };
    const token = (await callApi('POST', `${robots}/puller/access-tokens`, wanted)) as { id: string; secret: string };
    const headers = { authorization: basic(token.secret) };
    const pull = () =>
      Promise.all(lines.map((line) => line(`/v2/${publisher.alias}/secret/manifests/v1`, { headers })));
    for (let warm = 0; warm < 2; warm += 1)
      expect((await pull()).map(({ status }) => status)).toEqual(lines.map(() => 200));
    await callApi('DELETE', `${robots}/puller/access-tokens/${token.id}`);
    expect((await pull()).map(({ status }) => status)).toEqual(lines.map(() => 401));
  }
});

test('pages, the REST API and their headers come through every server', async () => {
  const seen = await Promise.all(lines.map((line) => line('/')));
  for (const { status, headers, body } of seen) {
    expect(status).toBe(200);
    expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    const nonce = /'nonce-(\w+)'/.exec(String(headers['content-security-policy']))?.[1];
    expect(body.toString()).toContain(`nonce="${nonce}"`);
  }
  const me = await lines[0]?.('/api/v1/me', { headers: { authorization: `Bearer ${publisher.secret}` } });
  expect(me?.body.toString()).toContain(publisher.email);
});

test('metrics at any server are those of all', async () => {
  const path = `/v2/${publisher.alias}/moved/tags/list`;
  const count = async (line: Line) => {
    const text = (await line('/metrics')).body.toString();
    expect(text).toContain(`vitrine_scrape_processes ${SERVERS + 1}\n`);
    expect(text.match(/^process_resident_memory_bytes\{process="[^"]+"\}/gm)).toHaveLength(SERVERS + 1);
    const found =
      /^http_requests_total\{edge="registry",route="\/v2\/\{name\}\/tags\/list",method="GET",code="200"\} (\d+)/m;
    return Number(found.exec(text)?.[1] ?? 0);
  };
  await everywhere(path);
  const counts = await Promise.all(lines.map(count));
  expect(new Set(counts)).toEqual(new Set([CONNECTIONS]));
});

test('a limit counts over all servers', async () => {
  await setVisibility('moved', 'public');
  const path = `/v2/${publisher.alias}/moved/manifests/v1`;
  let allowed = 0;
  for (let round = 0; round < 10; round += 1) {
    const seen = await Promise.all(lines.map((line) => line(path)));
    allowed += seen.filter(({ status }) => status === 200).length;
    expect(seen.every(({ status }) => status === 200 || status === 429)).toBe(true);
  }
  expect(allowed).toBeGreaterThanOrEqual(PULLS_PER_HOUR);
  // What arrived within the milliseconds that a count takes to the other servers.
  expect(allowed).toBeLessThanOrEqual(PULLS_PER_HOUR + CONNECTIONS);
});

test('two hundred clients of all servers cause one fetch of each manifest, list and blob of a mirror', async () => {
  const upstream = await startFaultUpstream();
  onTestFinished(() => upstream.close());
  const layers = Array.from({ length: 6 }, (_, i) =>
    blobOf('application/vnd.oci.image.layer.v1.tar', `${i}`.repeat(3_000_000)),
  );
  const image = buildManifest({ config: blobOf('application/vnd.oci.image.config.v1+json', '{}'), layers });
  upstream.content.add('app', image, 'latest');
  const name = `${publisher.alias}/mirrored`;
  await publisher.cli('mirror', 'add', '--repository', name, '--from', `http://${upstream.host}/app`);
  upstream.misbehave({ delayMs: 300 }, { when: /manifests/ });
  const pulls = Array.from({ length: 200 }, async (_, i) =>
    lines[i % CONNECTIONS]?.(`/v2/${name}/manifests/latest`, signedIn()),
  );
  const pulled = await Promise.all(pulls);
  expect(pulled.filter((answer) => !answer?.body.equals(image.bytes))).toEqual([]);
  expect(upstream.find(/manifests/).map(({ method }) => method)).toEqual(['HEAD', 'GET']);
  upstream.behave();
  upstream.misbehave({ delayMs: 300 }, { when: /tags/ });
  const listed = await everywhere(`/v2/${name}/tags/list`);
  expect(listed.map(({ body }) => (JSON.parse(body.toString()) as { tags: string[] }).tags)).toEqual(
    listed.map(() => ['latest']),
  );
  expect(upstream.find(/tags/)).toHaveLength(1);
  upstream.behave();
  const clients = Array.from({ length: 200 }, async (_, i) => {
    const { digest = '', bytes = Buffer.alloc(0) } = layers[i % layers.length] ?? {};
    const answer = await lines[i % CONNECTIONS]?.(`/v2/${name}/blobs/${digest}`, signedIn());
    return answer?.status === 200 && answer.body.equals(bytes);
  });
  expect((await Promise.all(clients)).filter((isWhole) => !isWhole)).toEqual([]);
  for (const { digest } of layers)
    expect(upstream.find(({ method, path }) => method === 'GET' && path.endsWith(digest))).toHaveLength(1);
});

test(
  'kill -9 of any process breaks only its connections, and it is started again',
  async () => {
    const path = `/v2/${publisher.alias}/moved/manifests/v1`;
    const { workers } = listProcesses();
    for (const pid of workers.slice(-2)) {
      let [answered, broken] = [0, 0];
      const unexpected: number[] = [];
      let isOver = false;
      const load = lines.map(async (line) => {
        while (!isOver) {
          try {
            const { status } = await line(path, signedIn());
            answered += 1;
            if (status !== 200) unexpected.push(status);
          } catch {
            broken += 1;
          }
        }
      });
      await sleep(300);
      process.kill(pid, 'SIGKILL');
      await sleep(1_000);
      isOver = true;
      await Promise.all(load);
      expect(unexpected).toEqual([]);
      expect(answered).toBeGreaterThan(100);
      // Each of its connections broke once.
      expect(broken).toBeLessThanOrEqual(CONNECTIONS);
    }
    const deadline = Date.now() + MINUTE_MS;
    const processes = async () =>
      /vitrine_scrape_processes (\d+)/.exec((await lines[0]?.('/metrics'))?.body.toString() ?? '');
    while (Number((await processes())?.[1]) !== SERVERS + 1 && Date.now() < deadline) await sleep(500);
    expect(Number((await processes())?.[1])).toBe(SERVERS + 1);
    expect(listProcesses().workers).toHaveLength(SERVERS + 1);
  },
  2 * MINUTE_MS,
);

test(
  'SIGTERM lets a slow pull finish, and all processes end',
  async () => {
    const { workers } = listProcesses();
    const image = await buildSampleImage();
    const bytes = Buffer.alloc(8 * 1024 * 1024, 'slow');
    const digest = await pushBlob(bytes);
    await client.push(`${publisher.alias}/slow`, image, ['v1']);
    const slow = new Promise<number>((resolve, reject) => {
      request(`${url}/v2/${publisher.alias}/slow/blobs/${digest}`, { ...signedIn(), agent: false }, (res) => {
        let received = 0;
        res.on('error', reject).on('end', () => resolve(received));
        res.on('data', (chunk: Buffer) => {
          received += chunk.length;
          res.pause();
          setTimeout(() => res.resume(), 10);
        });
      })
        .on('error', reject)
        .end();
    });
    await sleep(200);
    site.child.kill('SIGTERM');
    await sleep(300);
    await expect(fetch(`${url}/livez`)).rejects.toThrow();
    expect(await slow).toBe(bytes.length);
    expect(await site.exitCode).toBe(0);
    for (const pid of workers) expect(() => process.kill(pid, 0)).toThrow();
  },
  MINUTE_MS,
);

async function pushBlob(bytes: Buffer): Promise<string> {
  const begun = await client.request('POST', `/v2/${publisher.alias}/slow/blobs/uploads/`);
  const digest = `sha256:${Buffer.from(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes))).toString('hex')}`;
  const location = begun.headers.get('location') ?? '';
  await client.request('PUT', `${location}${location.includes('?') ? '&' : '?'}digest=${digest}`, {
    mediaType: 'application/octet-stream',
    bytes,
  });
  return digest;
}

test(
  'without the supervisor, the others end within a second',
  async () => {
    const dataDir = newSiteFolder();
    port = await findFreePort();
    url = `http://127.0.0.1:${port}`;
    site = start({ DATA_DIR: dataDir, PORT: String(port), PROCESSES: '2' });
    await site.ready;
    const { supervisor, workers } = listProcesses();
    expect(workers).toHaveLength(3);
    process.kill(supervisor, 'SIGKILL');
    await sleep(1_000);
    const alive = workers.filter((pid) => listAlive().has(pid));
    expect(alive).toEqual([]);
    // Nothing holds the port or the database.
    site = start({ DATA_DIR: dataDir, PORT: String(port), PROCESSES: '2' });
    await site.ready;
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  },
  2 * MINUTE_MS,
);

/** Zombies, which nobody has waited for, are dead. */
function listAlive(): Set<number> {
  const alive = readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && !/\) Z /.test(readFileSync(`/proc/${name}/stat`, 'utf8'));
    } catch {
      return false;
    }
  });
  return new Set(alive.map(Number));
}

test(
  'processes that die again and again end the site with a sentence',
  async () => {
    const { supervisor } = listProcesses();
    expect(supervisor).toBeGreaterThan(0);
    let isOver = false;
    const ended = site.exitCode.finally(() => (isOver = true));
    while (!isOver) {
      for (const pid of listProcesses().workers.slice(0, 1)) process.kill(pid, 'SIGKILL');
      await sleep(200);
    }
    expect(await ended).toBe(1);
    expect(site.output()).toContain('Processes died five times in a minute');
  },
  MINUTE_MS,
);
