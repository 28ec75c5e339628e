// Nothing can be read or written through a repository that it doesn't belong to, even with its digest or id.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, test, vi } from 'vitest';
import { OCI_IMAGE_INDEX, OCI_IMAGE_MANIFEST } from '#lib/oci/media-types.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { basic, createRawClient, sha256, type RawClient } from '#lib/testing/servers/raw-http.ts';
import { CONFIG, describeBlob, imageOf, typed } from '#lib/testing/images/sample-manifest.ts';
import { readStoredState } from '#lib/testing/stored-state.ts';

let vitrine: TestApp;
let ada: TestUser;
let eve: TestUser;
let adas: RawClient;
let eves: RawClient;
let secret: string;
let other: string;
const layer = randomBytes(1000);
const image = imageOf(CONFIG, [layer]);

beforeAll(async () => {
  vitrine = await createTestApp();
  ada = await vitrine.createUser();
  eve = await vitrine.createUser();
  adas = createRawClient(vitrine.url, basic(ada.token));
  eves = createRawClient(vitrine.url, basic(eve.token));
  secret = `${ada.alias}/secret`;
  other = `${ada.alias}/other`;
  for (const bytes of [CONFIG, layer]) await adas.pushBlob(secret, bytes);
  await adas.send('PUT', `/v2/${secret}/manifests/v1`, typed(OCI_IMAGE_MANIFEST, image));
  await adas.pushBlob(other, 'something of its own');
  await eves.pushBlob(`${eve.alias}/own`, 'something of hers');
  await vitrine.app.db.repository.updateMany({ where: { name: 'secret' }, data: { visibility: 'private' } });
});
afterAll(() => vitrine.close());

/** Another repository of the same owner, and one of a stranger. */
const elsewhere = (): [RawClient, string][] => [
  [adas, other],
  [eves, `${eve.alias}/own`],
];

describe('another repository', () => {
  it('does not serve its blobs or manifests', async () => {
    for (const [client, name] of elsewhere()) {
      for (const path of [`blobs/${sha256(layer)}`, `blobs/${sha256(CONFIG)}`, `manifests/${sha256(image)}`]) {
        for (const method of ['GET', 'HEAD']) {
          const answer = await client.send(method, `/v2/${name}/${path}`);
          expect(answer.status, `${method} ${name} ${path}`).toBe(404);
        }
      }
    }
  });

  it('refuses a manifest with its config or layers, and names what is missing', async () => {
    for (const [client, name] of elsewhere()) {
      const before = await readStoredState(vitrine.app);
      const answer = await client.send('PUT', `/v2/${name}/manifests/stolen`, typed(OCI_IMAGE_MANIFEST, image));
      expect(answer).toMatchObject({ status: 400, codes: ['MANIFEST_BLOB_UNKNOWN'] });
      for (const digest of [sha256(layer), sha256(CONFIG)]) expect(answer.body.toString()).toContain(digest);
      expect(await readStoredState(vitrine.app)).toEqual(before);
    }
  });

  it('opens none of its files before a refusal, so that timing reveals nothing', async () => {
    const looks = (['open', 'openCached', 'stat'] as const).map((look) => vi.spyOn(vitrine.app.blobs, look));
    onTestFinished(() => void looks.forEach((look) => look.mockRestore()));
    for (const [client, name] of elsewhere()) {
      await client.send('PUT', `/v2/${name}/manifests/stolen`, typed(OCI_IMAGE_MANIFEST, image));
      await client.send('POST', `/v2/${name}/blobs/uploads/?mount=${sha256(layer)}&from=${secret}-not`);
      for (const method of ['GET', 'HEAD', 'DELETE']) await client.send(method, `/v2/${name}/blobs/${sha256(CONFIG)}`);
    }
    for (const look of looks) expect(look).not.toHaveBeenCalled();
  });

  it('accepts an index and a subject that name its manifests, but does not serve them', async () => {
    for (const [client, name] of elsewhere()) {
      const child = describeBlob(OCI_IMAGE_MANIFEST, image);
      const documents = {
        children: { schemaVersion: 2, mediaType: OCI_IMAGE_INDEX, manifests: [child] },
        subject: { schemaVersion: 2, mediaType: OCI_IMAGE_INDEX, manifests: [], subject: child },
      };
      for (const [tag, document] of Object.entries(documents)) {
        const answer = await client.send(
          'PUT',
          `/v2/${name}/manifests/${tag}`,
          typed(OCI_IMAGE_INDEX, JSON.stringify(document)),
        );
        expect(answer.status).toBe(201);
      }
      expect((await client.send('GET', `/v2/${name}/manifests/${sha256(image)}`)).status).toBe(404);
      expect((await client.send('GET', `/v2/${name}/blobs/${sha256(layer)}`)).status).toBe(404);
    }
    // Nor are those references listed here.
    const referrers = await adas.send('GET', `/v2/${secret}/referrers/${sha256(image)}`);
    expect(JSON.parse(referrers.body.toString())).toMatchObject({ manifests: [] });
    const list = await eves.send('GET', `/v2/${eve.alias}/own/referrers/${sha256(image)}`);
    expect((JSON.parse(list.body.toString()) as { manifests: unknown[] }).manifests).toHaveLength(1);
  });

  it('does not delete its blobs or manifests', async () => {
    for (const [client, name] of elsewhere()) {
      for (const path of [`blobs/${sha256(layer)}`, `manifests/${sha256(image)}`]) {
        expect((await client.send('DELETE', `/v2/${name}/${path}`)).status).toBe(404);
      }
    }
    expect((await adas.send('GET', `/v2/${secret}/manifests/v1`)).status).toBe(200);
    expect((await adas.send('HEAD', `/v2/${secret}/blobs/${sha256(layer)}`)).status).toBe(200);
  });
});

describe('a mount', () => {
  const mount = (client: RawClient, to: string, from?: string) =>
    client.send('POST', `/v2/${to}/blobs/uploads/?mount=${sha256(layer)}${from ? `&from=${from}` : ''}`);
  async function bearer(...scopes: string[]): Promise<RawClient> {
    const query = new URLSearchParams(scopes.map((scope) => ['scope', scope]));
    const body = (await adas.send('GET', `/token?${query.toString()}`)).body.toString();
    return createRawClient(vitrine.url, `Bearer ${(JSON.parse(body) as { token: string }).token}`);
  }

  // Runs before the next test makes the blob public.
  it('by a stranger finds nothing, whatever source they name', async () => {
    for (const from of [secret, undefined, `${eve.alias}/own`, `${ada.alias}/missing`]) {
      expect((await mount(eves, `${eve.alias}/mounted`, from)).status).toBe(202);
    }
    expect((await mount(eves, other, secret)).status).toBe(403);
  });

  it('needs a token with pull on the source and push on the target', async () => {
    const push = `repository:${ada.alias}/mounted:pull,push`;
    // For a token that doesn't cover it, a private repository doesn't exist, so the client uploads the blob.
    expect((await mount(await bearer(push), `${ada.alias}/mounted`, secret)).status).toBe(202);
    expect((await mount(await bearer(push), `${ada.alias}/mounted`)).status).toBe(202);
    const pull = `repository:${secret}:pull`;
    expect((await mount(await bearer(pull), `${ada.alias}/mounted`, secret)).status).toBe(401);
    expect((await adas.send('HEAD', `/v2/${ada.alias}/mounted/blobs/${sha256(layer)}`)).status).toBe(404);
    expect((await mount(await bearer(push, pull), `${ada.alias}/mounted`, secret)).status).toBe(201);
  });
});

test('an upload can be used only by its user and in its repository, even among users who may push there', async () => {
  const bob = await vitrine.createUser();
  const { db } = vitrine.app;
  const { registryKey } = await db.repository.findFirstOrThrow({ where: { name: 'other' } });
  await db.member.create({ data: { registryKey, userId: bob.caller.principal.userId, role: 'maintainer' } });
  const bobs = createRawClient(vitrine.url, basic(bob.token));
  const location = await adas.startUpload(other);
  await adas.send('PATCH', location, { body: 'abc' });
  for (const [client, path] of [
    [bobs, location],
    [adas, location.replace(other, `${ada.alias}/mounted`)],
    [adas, location.replace(other, secret)],
    [adas, location.replace(/[^/]+$/, '0b8e7c4a-2f7e-4f41-9d0a-6f0c6d1f2a3b')],
    [adas, location.replace(/[^/]+$/, '..')],
  ] as const) {
    for (const method of ['GET', 'PATCH', 'PUT', 'DELETE']) {
      const target = method === 'PUT' ? `${path}?digest=${sha256('abc')}` : path;
      const answer = await client.send(method, target, { ...(method === 'PATCH' && { body: 'x' }) });
      expect(answer, `${method} ${target}`).toMatchObject({ status: 404, codes: ['BLOB_UPLOAD_UNKNOWN'] });
    }
  }
  expect((await adas.send('GET', location)).headers.range).toBe('0-2');
  expect((await adas.send('PUT', `${location}?digest=${sha256('abc')}`)).status).toBe(201);
});
