// Two server processes on one bucket, used by skopeo, and killed while they receive.
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyStore } from '#lib/distribution/integrity/verify-store.ts';
import type { TestUser } from '#lib/testing/create-test-app.ts';
import { buildImage } from '#lib/testing/images/build-image.ts';
import { writeOciLayout } from '#lib/testing/images/write-oci-layout.ts';
import { basic, createRawClient, sha256, type RawClient } from '#lib/testing/servers/raw-http.ts';
import { openSlowSocket } from '#lib/testing/servers/slow-socket.ts';
import { findS3Server } from '#lib/testing/s3/start-s3.ts';
import { useS3Sites, type S3Sites } from '#lib/testing/s3/use-s3-sites.ts';
import { readLayoutBlobs } from '../../../e2e/clients/read-layout-blobs.ts';
import { findProgram } from '../../../e2e/find-program.ts';
import { run } from '../../../e2e/run-program.ts';

const MIB = 1024 * 1024;
const { absent } = await findS3Server();
const noSkopeo = findProgram('skopeo') === null ? 'skopeo is not installed' : null;
const title = absent ? `processes on S3 (skipped: ${absent})` : 'processes on S3';

describe.skipIf(absent !== null).each([
  ['plain', '0'],
  ['sealed', '1'],
])(`${title}, %s`, (_kind, isSealed) => {
  let sites: S3Sites;
  let ada: TestUser;
  let name: string;
  let folder: string;
  let replicas: { child: ChildProcess; host: string; client: RawClient }[];
  beforeAll(async () => {
    sites = await useS3Sites({ SEALED_STORAGE: isSealed });
    ada = await sites.one.createUser();
    name = `${ada.alias}/tool`;
    folder = await mkdtemp(join(tmpdir(), 'vitrine-on-s3-'));
    replicas = [await startReplica(), await startReplica()];
  });
  afterAll(async () => {
    for (const { child } of replicas) child.kill('SIGKILL');
    await sites.close();
    await rm(folder, { recursive: true });
  });

  async function startReplica() {
    const { databaseUrl = '' } = sites.one.app.config;
    const settings = { ...sites.settings, DATABASE_URL: databaseUrl, DATA_DIR: await mkdtemp(join(folder, 'data-')) };
    const path = join(import.meta.dirname, '../../testing/servers/replica-process.ts');
    const child = spawn(process.execPath, [path], {
      env: { ...process.env, ...settings },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [port] = (await once(child.stdout, 'data')) as [Buffer];
    const host = `127.0.0.1:${port.toString().trim()}`;
    return { child, host, client: createRawClient(`http://${host}`, basic(ada.token)) };
  }

  const skopeo = noSkopeo ? `skopeo (skipped: ${noSkopeo})` : 'skopeo';
  test.skipIf(noSkopeo !== null)(`${skopeo} pushes to one process and pulls from the other`, async () => {
    const [one, two] = replicas;
    const layers = [1000, 5_000_000].map((size) => [
      { path: `file-${size}`, content: randomBytes(size).toString('hex') },
    ]);
    const image = await buildImage({
      platform: { os: 'linux', architecture: 'amd64' },
      layers,
      created: '2026-01-01T00:00:00Z',
    });
    await writeOciLayout(join(folder, 'in'), image, 'v1');
    const push = ['copy', '--dest-tls-verify=false', `--dest-creds=token:${ada.token}`, `oci:${folder}/in:v1`];
    await run('skopeo', [...push, `docker://${one?.host}/${name}:v1`]);
    const pull = ['copy', '--src-tls-verify=false', `--src-creds=token:${ada.token}`];
    await run('skopeo', [...pull, `docker://${two?.host}/${name}:v1`, `oci:${folder}/out:v1`]);
    expect(readLayoutBlobs(join(folder, 'out'))).toEqual(readLayoutBlobs(join(folder, 'in')));
  });

  test('after kill -9, the other process continues with the parts that S3 has', async () => {
    const bytes = randomBytes(30 * MIB);
    const location = await (replicas[0] as { client: RawClient }).client.startUpload(name);
    const dying = replicas[0];
    const socket = await openSlowSocket(`http://${dying?.host}`);
    const headers = `Host: x\r\nAuthorization: ${basic(ada.token)}\r\nContent-Length: ${bytes.length}`;
    socket.write(`PATCH ${location} HTTP/1.1\r\n${headers}\r\n\r\n`);
    socket.write(bytes.subarray(0, 28 * MIB));
    const savedParts = () => sites.one.app.db.stagedPart.count();
    await expect.poll(savedParts, { timeout: 20_000 }).toBe(3);
    dying?.child.kill('SIGKILL');
    const { client } = replicas[1] as { client: RawClient };
    const status = await client.send('GET', location);
    const at = Number(status.headers.range?.split('-')[1]) + 1;
    expect(at).toBeGreaterThanOrEqual(24 * MIB);
    const rest = { headers: { 'content-range': `${at}-${bytes.length - 1}` }, body: bytes.subarray(at) };
    // Waits for the lease of the dead process.
    const answer = await client.send('PATCH', location, rest);
    expect(answer).toMatchObject({ status: 202, headers: { range: `0-${bytes.length - 1}` } });
    expect((await client.send('PUT', `${location}?digest=${sha256(bytes)}`)).status).toBe(201);
    const pulled = await client.send('GET', `/v2/${name}/blobs/${sha256(bytes)}`);
    expect(pulled.body.equals(bytes)).toBe(true);
    expect(await sites.one.app.db.stagedPart.count()).toBe(0);
    expect(await verifyStore(sites.one.app)).toMatchObject({ missing: 0, wrongSize: 0, unlinked: 0 });
  }, 60_000);
});
