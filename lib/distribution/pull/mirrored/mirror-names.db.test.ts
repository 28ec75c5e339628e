// Name resolution: local repositories, mirrored registries, names of other hosts, and unknown names.
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

describe('a mirrored registry', () => {
  it('pulls an unknown name through and creates its repository', async () => {
    const image = addImage('team/tools/cli');
    expect((await get(latest(`${alias}/tools/cli`))).headers['docker-content-digest']).toBe(image.digest);
    const row = await site.app.db.repository.findFirstOrThrow({ where: { name: 'tools/cli' } });
    expect(row).toMatchObject({ upstreamName: 'team/tools/cli', visibility: 'public' });
    await site.startWorker();
    await expect.poll(() => site.app.db.searchRepository.count({ where: { name: 'tools/cli' } })).toBe(1);
    // A job fetches the config, which contains the platform.
    await expect
      .poll(async () => (await site.app.db.manifest.findFirst({ where: { repositoryId: row.id } }))?.os, {
        timeout: 5_000,
      })
      .toBe('linux');
  });

  it('creates one repository for concurrent pulls', async () => {
    addImage('team/twice');
    site.upstream.content.tag('team/twice', 'other', addImage('team/twice'));
    const answers = await Promise.all(
      ['latest', 'other', 'latest'].map((tag) => get(`/v2/${alias}/twice/manifests/${tag}`)),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await site.app.db.repository.count({ where: { name: 'twice' } })).toBe(1);
  });

  it('creates no repository for a name that the upstream lacks', async () => {
    const before = await site.app.db.repository.count();
    expect(await get(latest(`${alias}/nothing`))).toMatchObject({ status: 404 });
    expect(await site.app.db.repository.count()).toBe(before);
  });

  it('never asks the upstream for a locally pushed name', async () => {
    const elsewhere = addImage('team/local');
    const here = buildSmallImage();
    await createDistributionClient(site.url, site.owner.token).push(`${alias}/local`, here, ['v1']);
    expect((await get(`/v2/${alias}/local/manifests/v1`)).headers['docker-content-digest']).toBe(here.digest);
    expect(await get(latest(`${alias}/local`))).toMatchObject({ status: 404 });
    expect(await get(`/v2/${alias}/local/manifests/${elsewhere.digest}`)).toMatchObject({ status: 404 });
    expect(asked(/team\/local/)).toBe(0);
  });

  it('never asks the upstream for a private name, even for its owner', async () => {
    addImage('team/secret');
    await createDistributionClient(site.url, site.owner.token).push(`${alias}/secret`, buildSmallImage(), ['v1']);
    await site.app.db.repository.updateMany({ where: { name: 'secret' }, data: { visibility: 'private' } });
    expect((await get(latest(`${alias}/secret`))).status).toBe(401);
    const owner = createRawClient(site.url, basic(site.owner.token));
    expect((await owner.send('GET', latest(`${alias}/secret`))).status).toBe(404);
    expect(asked(/team\/secret/)).toBe(0);
  });

  it('rejects pushes to a mirror and deletions from it', async () => {
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

  it('recreates a removed mirror on the next pull', async () => {
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
  ])('%s %o: are served by the registry with the mirror route', async (query, headers) => {
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
    '%s %o: are not found without a mirror route, so that the runtime falls back to the host',
    async (query, headers) => {
      expect(await get(`/v2/library/alpine/manifests/latest${query}`, headers)).toMatchObject({
        status: 404,
        codes: ['NAME_UNKNOWN'],
      });
    },
  );

  test('rejects pushes to a mirror', async () => {
    const owner = createRawClient(site.url, basic(site.owner.token));
    expect((await owner.send('POST', `/v2/library/x/blobs/uploads/?ns=docker.io`)).status).toBe(403);
  });

  test('resolves this site’s own host as local', async () => {
    const { host } = new URL(site.app.config.publicUrl);
    addImage('team/own');
    expect((await get(`/v2/${alias}/own/manifests/latest?ns=${host}`)).status).toBe(200);
  });
});

describe('unknown aliases', () => {
  it('are routed once an admin has set a route, but local aliases never are', async () => {
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

  it('are routed only by admins, and the registry can’t stop mirroring meanwhile', async () => {
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

describe('mirror setup', () => {
  it('rejects invalid or taken names, and users without the role', async () => {
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
