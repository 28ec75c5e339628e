import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createApp } from '#lib/create-app.ts';
import { handleRestRequest } from '#lib/api/rest/handle-rest-request.ts';
import { ROUTES } from '#lib/api/rest/routes.ts';
import { isAwsRead } from '#lib/api/aws/http/handle-aws-request.ts';
import { AWS_OPERATIONS } from '#lib/api/aws/operations.ts';
import { createLog } from '#lib/platform/log.ts';
import { createAccessToken } from '#lib/identity/credentials/create-access-token.ts';
import { createTestKey } from '#lib/testing/aws/create-aws-clients.ts';
import { sendRawCall } from '#lib/testing/aws/send-raw-call.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { basic, createRawClient, sha256, type RawClient } from '#lib/testing/servers/raw-http.ts';
import { createMirrorSite } from '#lib/testing/servers/mirror-site.ts';
import { blobOf, buildManifest } from '#lib/testing/images/build-image.ts';
import { ANONYMOUS_CALLER, SYSTEM_CALLER } from '#lib/access/schema.ts';
import { pauseInMaintenance } from '#lib/worker.ts';
import { setMaintenance } from './set-maintenance.ts';

let site: TestApp;
let admin: TestUser;
let apiToken: string;
let publisher: RawClient;
let name: string;
let blob: string;
beforeAll(async () => {
  site = await createTestApp();
  admin = await site.createUser({ role: 'admin' });
  const { caller } = admin;
  const scopes = ['api:write', 'repository:*:pull,push,delete'];
  apiToken = (await createAccessToken(site.app, { caller, name: 'api', expiresInDays: 1, scopes })).secret;
  publisher = createRawClient(site.url, basic(admin.token));
  name = `${admin.alias}/tool`;
  blob = await publisher.pushBlob(name, Buffer.from('bytes'));
});
afterAll(() => site.close());

const set = (isReadOnly: boolean, note = '') =>
  setMaintenance(site.app, { caller: admin.caller, maintenance: { isReadOnly, note } });
beforeEach(() => set(false));

const SENTENCE = 'This site is read-only for maintenance. Pulls still work. Try again later.';

describe('/v2', () => {
  test('refuses writes before their body, and goes on with pulls', async () => {
    const upload = await publisher.startUpload(name);
    await set(true, 'Until noon UTC.');
    const manifest = `/v2/${name}/manifests/latest`;
    const writes: [string, string][] = [
      ['POST', `/v2/${name}/blobs/uploads/`],
      ['PATCH', upload],
      ['PUT', `${upload}?digest=${sha256('x')}`],
      ['DELETE', upload],
      ['PUT', manifest],
      ['DELETE', manifest],
      ['DELETE', `/v2/${name}/blobs/${blob}`],
    ];
    for (const [method, path] of writes) {
      const { status, headers, body } = await publisher.send(method, path, { body: method === 'DELETE' ? '' : 'x' });
      expect([method, status]).toEqual([method, 503]);
      expect(headers['retry-after']).toBe('60');
      expect(JSON.parse(body.toString())).toEqual({
        errors: [{ code: 'UNAVAILABLE', message: `${SENTENCE} Until noon UTC.` }],
      });
    }
    expect((await publisher.send('GET', `/v2/${name}/blobs/${blob}`)).body.toString()).toBe('bytes');
    expect((await publisher.send('GET', upload)).status).toBe(204);
    await set(false);
    expect((await publisher.send('PATCH', upload, { body: 'x' })).status).toBe(202);
  });

  test('mirrors serve what they have, and fetch nothing', async () => {
    const mirrors = await createMirrorSite();
    onTestFinished(() => mirrors.close());
    const image = buildManifest({ config: blobOf('application/vnd.oci.image.config.v1+json', '{}'), layers: [] });
    mirrors.upstream.content.add('app', image, 'latest');
    const mirror = await mirrors.mirror('app');
    const get = (tag: string) => mirrors.anybody.send('GET', `/v2/${mirror}/manifests/${tag}`);
    expect((await get('latest')).status).toBe(200);
    mirrors.upstream.content.add('app', image, 'other');
    await setMaintenance(mirrors.app, { caller: SYSTEM_CALLER, maintenance: { isReadOnly: true, note: '' } });
    expect((await get('latest')).status).toBe(200);
    const refused = await get('other');
    expect(refused.status).toBe(503);
    expect(refused.body.toString()).toContain(SENTENCE);
  });
});

describe('the REST API', () => {
  const call = (method: string, path: string, body?: object) =>
    handleRestRequest(
      site.app,
      new Request(`http://localhost/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${apiToken}`, 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      }),
    );

  test('refuses every write except logins and the end of the maintenance', async () => {
    const writes = ROUTES.filter(({ method }) => method !== 'GET');
    const open = writes.filter(({ isOpenInMaintenance }) => isOpenInMaintenance).map(({ path }) => path);
    expect(open.sort()).toEqual(['/admin/maintenance', '/oidc/exchange']);
    await set(true);
    const problem = await call('PATCH', '/admin/settings', { name: 'Other' });
    expect(problem.status).toBe(503);
    expect(problem.headers.get('retry-after')).toBe('60');
    expect(await problem.json()).toMatchObject({ type: 'urn:vitrine:error:read_only', detail: SENTENCE });
    expect((await call('GET', '/admin/settings')).status).toBe(200);
    const ended = await call('PUT', '/admin/maintenance', { isReadOnly: false });
    expect(await ended.json()).toMatchObject({ isReadOnly: false, since: null, note: '' });
    expect((await call('PATCH', '/admin/settings', { name: '' })).status).toBe(204);
  });
});

test('the AWS APIs refuse every operation that changes something', async () => {
  const key = await createTestKey(site, admin);
  await set(true);
  const ask = (called: string, input: object) =>
    sendRawCall(site.url, key, { service: 'ecr', name: called, body: JSON.stringify(input) });
  expect(await ask('CreateRepository', { repositoryName: 'late' })).toEqual({
    status: 503,
    body: { __type: 'ServerException', message: SENTENCE },
  });
  expect((await ask('DescribeRepositories', {})).status).toBe(200);
  const reads = [...AWS_OPERATIONS.values()]
    .map(({ service, name }) => `${service}:${name}`)
    .filter((one) => isAwsRead(one.split(':')[1] ?? ''));
  for (const one of reads)
    expect(one).not.toMatch(/:(?:Put|Create|Delete|Set|Upload|Start|Complete|Initiate|Tag|Untag|Update|BatchDelete)/);
  const writes = [...AWS_OPERATIONS.values()].filter(({ service, name }) => service !== 'sts' && !isAwsRead(name));
  expect(writes.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['PutImage', 'CreateRepository', 'UploadLayerPart', 'BatchDeleteImage']),
  );
});

test('is for admins, and recorded with its note', async () => {
  const { caller } = await site.createUser({ role: 'reviewer' });
  const maintenance = { isReadOnly: true, note: 'Moving house' };
  for (const who of [caller, ANONYMOUS_CALLER])
    await expect(setMaintenance(site.app, { caller: who, maintenance })).rejects.toMatchObject({ code: 'forbidden' });
  await set(true, 'Moving house');
  await set(true, 'Moving house');
  const events = await site.app.db.auditEvent.findMany({
    where: { action: 'site.set-maintenance' },
    orderBy: { id: 'desc' },
    take: 2,
  });
  expect(events[0]).toMatchObject({
    actorLabel: admin.email,
    before: { isReadOnly: false, note: '' },
    after: { isReadOnly: true, note: 'Moving house' },
  });
  expect(events[1]?.after).toMatchObject({ isReadOnly: false });
  await expect(set(true, 'a\nb')).rejects.toMatchObject({ code: 'invalid_input' });
});

test('every replica follows without waiting for its cache', async () => {
  const other = await createApp(site.app.config, createLog('silent', false));
  onTestFinished(() => other.close());
  // Caches the settings, and listens.
  await expect.poll(async () => (await other.siteSettings.read()).maintenanceSince).toBeNull();
  await sleep(1_500);
  // By this clock, the cache never expires.
  const clock = vi.spyOn(performance, 'now').mockReturnValue(performance.now());
  onTestFinished(() => clock.mockRestore());
  await other.siteSettings.read();
  await set(true);
  await vi.waitFor(async () => expect((await other.siteSettings.read()).maintenanceSince).not.toBeNull(), 10_000);
});

test('jobs that change content wait, and the others go on', async () => {
  const ran: string[] = [];
  const handler = (job: string) => () => Promise.resolve(void ran.push(job));
  const jobs = ['collect-garbage', 'refresh-readme', 'index-repository'];
  const handlers = pauseInMaintenance(site.app, Object.fromEntries(jobs.map((job) => [job, handler(job)])));
  const runAll = async () => {
    for (const job of jobs) await handlers[job]?.({ repositoryId: '1' });
  };
  await set(true);
  await runAll();
  expect(ran).toEqual(['index-repository']);
  const waiting = await site.app.pool.query<{ due: boolean }>(
    "SELECT run_at > now() + interval '30 seconds' AS due FROM graphile_worker.jobs WHERE task_identifier = 'refresh-readme'",
  );
  expect(waiting.rows).toEqual([{ due: true }]);
  await set(false);
  ran.length = 0;
  await runAll();
  expect(ran).toEqual(jobs);
});
