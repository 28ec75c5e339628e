// Which name goes where: what is here, below a mirrored registry, at another host's names, or nowhere.
import { randomBytes } from 'node:crypto';
import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it, test } from 'vitest';
import { setMirrorRoute, removeMirrorRoute } from '#lib/upstream/mirrors/set-mirror-route.ts';
import { UNKNOWN_ALIASES } from '#lib/upstream/mirrors/find-mirror.ts';
import { removeMirror } from '#lib/upstream/mirrors/remove-mirror.ts';
import { stopMirroringRegistry } from '#lib/upstream/mirrors/mirror-registry.ts';
import { blobOf, buildManifest, type BuiltManifest } from '#lib/testing/images/build-image.ts';
import { createMirrorSite, type MirrorSite } from '#lib/testing/servers/mirror-site.ts';
import { basic, createRawClient, type Answer } from '#lib/testing/servers/raw-http.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';

let site: MirrorSite;
let alias: string;
beforeAll(async () => {
  site = await createMirrorSite({ MIRROR_HOSTS: 'hub.test=docker.io,other.test=quay.io' });
  ({ alias } = site.owner);
  await site.mirrorAll('team');
});
afterAll(() => site.close());
afterEach(() => site.app.upstream.missing.clear());

function buildSmallImage(): BuiltManifest {
  const layers = [blobOf('application/vnd.oci.image.layer.v1.tar', randomBytes(100))];
  return buildManifest({ config: blobOf('application/vnd.oci.image.config.v1+json', '{"os":"linux"}'), layers });
}

function addImage(repository: string): BuiltManifest {
  const image = buildSmallImage();
  site.upstream.content.add(repository, image, 'latest');
  return image;
}

const get = (path: string, headers = {}): Promise<Answer> => site.anybody.send('GET', path, { headers });
const latest = (fullName: string) => `/v2/${fullName}/manifests/latest`;
const asked = (filter: RegExp) => site.upstream.find(filter).length;

describe('below a mirrored registry', () => {
  it('a name that is not here is pulled through, and is here from then on', async () => {
    const image = addImage('team/tools/cli');
    expect((await get(latest(`${alias}/tools/cli`))).headers['docker-content-digest']).toBe(image.digest);
    const row = await site.app.db.repository.findFirstOrThrow({ where: { name: 'tools/cli' } });
    expect(row).toMatchObject({ upstreamName: 'team/tools/cli', visibility: 'public' });
    await site.startWorker();
    await expect.poll(() => site.app.db.searchRepository.count({ where: { name: 'tools/cli' } })).toBe(1);
    // The config is fetched by a job: platform and all.
    await expect
      .poll(async () => (await site.app.db.manifest.findFirst({ where: { repositoryId: row.id } }))?.os, {
        timeout: 5_000,
      })
      .toBe('linux');
  });

  it('asked for twice at once it gets one row', async () => {
    addImage('team/twice');
    site.upstream.content.tag('team/twice', 'other', addImage('team/twice'));
    const answers = await Promise.all(
      ['latest', 'other', 'latest'].map((tag) => get(`/v2/${alias}/twice/manifests/${tag}`)),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await site.app.db.repository.count({ where: { name: 'twice' } })).toBe(1);
  });

  it('what the upstream does not have leaves nothing', async () => {
    const before = await site.app.db.repository.count();
    expect(await get(latest(`${alias}/nothing`))).toMatchObject({ status: 404 });
    expect(await site.app.db.repository.count()).toBe(before);
  });

  it('what is pushed here comes first, and is never looked for elsewhere', async () => {
    const elsewhere = addImage('team/local');
    const here = buildSmallImage();
    await createDistributionClient(site.url, site.owner.token).push(`${alias}/local`, here, ['v1']);
    expect((await get(`/v2/${alias}/local/manifests/v1`)).headers['docker-content-digest']).toBe(here.digest);
    expect(await get(latest(`${alias}/local`))).toMatchObject({ status: 404 });
    expect(await get(`/v2/${alias}/local/manifests/${elsewhere.digest}`)).toMatchObject({ status: 404 });
    expect(asked(/team\/local/)).toBe(0);
  });

  it('a private name never falls through, whoever asks', async () => {
    addImage('team/secret');
    await createDistributionClient(site.url, site.owner.token).push(`${alias}/secret`, buildSmallImage(), ['v1']);
    await site.app.db.repository.updateMany({ where: { name: 'secret' }, data: { visibility: 'private' } });
    expect((await get(latest(`${alias}/secret`))).status).toBe(401);
    const owner = createRawClient(site.url, basic(site.owner.token));
    expect((await owner.send('GET', latest(`${alias}/secret`))).status).toBe(404);
    expect(asked(/team\/secret/)).toBe(0);
  });

  it('nobody pushes to a mirror, or deletes from it', async () => {
    addImage('team/fixed');
    await get(latest(`${alias}/fixed`));
    const owner = createRawClient(site.url, basic(site.owner.token));
    for (const [method, path] of [
      ['POST', `/v2/${alias}/fixed/blobs/uploads/`],
      ['DELETE', latest(`${alias}/fixed`)],
    ] as const) {
      const answer = await owner.send(method, path);
      expect(answer).toMatchObject({ status: 403, codes: ['DENIED'] });
      expect(answer.body.toString()).toContain('mirrored');
    }
  });

  it('a removed mirror comes back with its next pull, until the registry mirrors no more', async () => {
    addImage('team/again');
    await get(latest(`${alias}/again`));
    const { caller } = site.owner;
    await removeMirror(site.app, { caller, fullName: `${alias}/again` });
    expect(await site.app.db.repository.count({ where: { name: 'again' } })).toBe(0);
    expect((await get(latest(`${alias}/again`))).status).toBe(200);
  });
});

describe('names of other hosts', () => {
  beforeAll(() => setMirrorRoute(site.app, { caller: SYSTEM_CALLER, host: 'docker.io', alias }));

  it.each([
    ['?ns=docker.io', {}],
    ['?ns=registry-1.docker.io', {}],
    ['', { host: 'hub.test' }],
    ['', { host: 'hub.test:5000' }],
  ])('%s %o: come from the registry that answers for it', async (query, headers) => {
    const image = addImage('team/library/alpine');
    await site.app.db.repository.deleteMany({ where: { name: 'library/alpine' } });
    const got = await get(`/v2/library/alpine/manifests/latest${query}`, headers);
    expect(got).toMatchObject({
      status: 200,
      headers: { 'docker-content-digest': image.digest, 'oci-namespace': 'docker.io' },
    });
    const config = await get(`/v2/library/alpine/blobs/${image.blobs[0]?.digest}${query}`, headers);
    expect(config.body.toString()).toBe('{"os":"linux"}');
  });

  test.each([
    ['?ns=quay.io', {}],
    ['?ns=evil.test', {}],
    ['', { host: 'other.test' }],
    ['?ns=..%2f..%2f', {}],
  ])(
    '%s %o: are not found where nobody answers for them, so that the runtime goes on to the host itself',
    async (query, headers) => {
      expect(await get(`/v2/library/alpine/manifests/latest${query}`, headers)).toMatchObject({
        status: 404,
        codes: ['NAME_UNKNOWN'],
      });
    },
  );

  test('a mirror is not pushed to', async () => {
    const owner = createRawClient(site.url, basic(site.owner.token));
    expect((await owner.send('POST', `/v2/library/x/blobs/uploads/?ns=docker.io`)).status).toBe(403);
  });

  test('our own name is no other host', async () => {
    const { host } = new URL(site.app.config.publicUrl);
    addImage('team/own');
    expect((await get(`/v2/${alias}/own/manifests/latest?ns=${host}`)).status).toBe(200);
  });
});

describe('aliases that are unknown here', () => {
  it('are looked for elsewhere once an admin has said where; local ones never', async () => {
    const image = addImage('team/eks/pause');
    expect((await get(latest('eks/pause'))).status).toBe(401);
    await setMirrorRoute(site.app, { caller: SYSTEM_CALLER, host: UNKNOWN_ALIASES, alias });
    expect((await get(latest('eks/pause'))).headers['docker-content-digest']).toBe(image.digest);
    expect((await get(latest(`${alias}/eks/pause`))).headers['x-cache']).toBe('HIT');
    const stranger = await site.createUser();
    addImage(`team/${stranger.alias}/x`);
    expect((await get(latest(`${stranger.alias}/x`))).status).toBe(401);
    await site.app.db.alias.update({ where: { name: stranger.alias }, data: { status: 'released' } });
    expect((await get(latest(`${stranger.alias}/x`))).status).toBe(401);
  });

  it('only admins decide that, and the registry can not stop meanwhile', async () => {
    const { caller } = site.owner;
    const registry = await site.app.db.registry.findFirstOrThrow({ where: { aliases: { some: { name: alias } } } });
    await expect(setMirrorRoute(site.app, { caller, host: 'quay.io', alias })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(setMirrorRoute(site.app, { caller: SYSTEM_CALLER, host: 'no host', alias })).rejects.toMatchObject({
      code: 'invalid_input',
    });
    const stranger = await site.createUser();
    await expect(
      setMirrorRoute(site.app, { caller: SYSTEM_CALLER, host: 'quay.io', alias: stranger.alias }),
    ).rejects.toMatchObject({ code: 'conflict' });
    const stop = () => stopMirroringRegistry(site.app, { caller, registryKey: registry.id });
    await expect(stop()).rejects.toMatchObject({ code: 'conflict' });
    for (const host of [UNKNOWN_ALIASES, 'docker.io'])
      await removeMirrorRoute(site.app, { caller: SYSTEM_CALLER, host });
    await stop();
    addImage('team/after');
    expect((await get(latest(`${alias}/after`))).status).toBe(401);
    expect((await get(latest('eks/pause'))).status).toBe(401);
  });
});

describe('who sets mirrors up', () => {
  it('is an owner or maintainer, for names that are free or empty', async () => {
    const stranger = await site.createUser();
    const mirrorAs = site.mirror;
    await createDistributionClient(site.url, site.owner.token).push(`${alias}/taken`, buildSmallImage(), ['v1']);
    await expect(mirrorAs('taken')).rejects.toMatchObject({ code: 'conflict' });
    await expect(mirrorAs('Bad Name')).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(mirrorAs('ok', 'https://evil')).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(mirrorAs('ok', 'ok', { username: 'without-password' })).rejects.toMatchObject({
      code: 'invalid_input',
    });
    expect(await site.app.db.repository.count({ where: { name: 'ok' } })).toBe(0);
    await expect(
      removeMirror(site.app, { caller: stranger.caller, fullName: `${alias}/tools/cli` }),
    ).rejects.toMatchObject({ code: 'forbidden' });
  });
});
