// What the mirror pages show, and what changing a mirror's settings leaves alone.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { findRepository } from '#lib/repositories/find-repository.ts';
import { buildImage } from '#lib/testing/images/build-image.ts';
import { createMirrorSite, type MirrorSite } from '#lib/testing/servers/mirror-site.ts';
import { listFailingUpstreams } from './admin-queries.ts';
import { checkMirror } from './check-mirror.ts';
import { deleteUpstream } from './delete-upstream.ts';
import { listUpstreamTags } from '#lib/upstream/pull-through/list-upstream-tags.ts';
import { mirrorRepository } from './mirror-repository.ts';
import { countMirrors, findMirrorSource, listMirrors, listTagsElsewhere, listUpstreams } from './queries.ts';
import { isMirrored } from './mirrored-repository.ts';
import { removeMirror } from './remove-mirror.ts';
import { updateUpstream } from './update-upstream.ts';

let site: MirrorSite;
beforeAll(async () => {
  site = await createMirrorSite();
  const image = await buildImage({
    platform: { os: 'linux', architecture: 'amd64' },
    created: '2026-01-01T00:00:00Z',
    layers: [[{ path: 'hello', content: 'hello' }]],
  });
  site.upstream.content.add('acme/app', image, '1.0', '1.1', 'latest');
  site.upstream.content.add('acme/old', image, 'v1', 'v2');
});
afterEach(() => site.upstream.behave());
afterAll(() => site.close());

async function registryKeyOf(): Promise<bigint> {
  const where = { aliases: { some: { name: site.owner.alias } } };
  return (await site.app.db.registry.findFirstOrThrow({ where })).id;
}

test('a check names a tag that can be pulled, or describes the problem', async () => {
  const { app, owner } = site;
  const check = async (name: string, upstreamName: string) => {
    return checkMirror(app, { caller: owner.caller, fullName: await site.mirror(name, upstreamName) });
  };
  expect(await check('app', 'acme/app')).toEqual({ problem: null, tag: 'latest' });
  expect(await check('old', 'acme/old')).toEqual({ problem: null, tag: 'v2' });
  const none = await check('none', 'acme/none');
  expect(none).toEqual({ problem: `${site.upstream.host} has no repository acme/none.`, tag: null });
  site.upstream.misbehave({ status: 500 });
  expect((await check('app', 'acme/app')).problem).toMatch(/Try again in/);
  expect(await listFailingUpstreams(app)).toMatchObject([{ host: site.upstream.host, alias: owner.alias }]);
  await site.renewClient();
  site.upstream.behave();
  await check('app', 'acme/app');
  expect(await listFailingUpstreams(app)).toEqual([]);
});

test('settings of an upstream change for all its mirrors, by those who manage them', async () => {
  const { app, owner, upstream } = site;
  await site.mirror('app', 'acme/app', { tagTtlSeconds: 60 });
  const [registryKey, stranger] = [await registryKeyOf(), await site.createUser()];
  const change = { caller: owner.caller, registryKey, upstream: { host: upstream.host, tagTtlSeconds: 90 } };
  await updateUpstream(app, change);
  expect(await listUpstreams(app, { registryKey })).toMatchObject([{ tagTtlSeconds: 90, ruleCount: 0 }]);
  const refused = (more: object) => updateUpstream(app, { ...change, ...more });
  await expect(refused({ caller: stranger.caller })).rejects.toMatchObject({ code: 'forbidden' });
  await expect(refused({ upstream: { host: 'other.example' } })).rejects.toMatchObject({ code: 'not_found' });
  await expect(refused({ upstream: { host: upstream.host, tagTtlSeconds: -1 } })).rejects.toMatchObject({
    code: 'invalid_input',
  });
  await expect(refused({ upstream: { host: upstream.host, username: 'reader' } })).rejects.toMatchObject({
    code: 'invalid_input',
  });
  expect(await listUpstreams(app, { registryKey })).toMatchObject([{ tagTtlSeconds: 90, username: null }]);
});

test('omitted settings keep their values', async () => {
  const { app, owner, upstream } = site;
  await site.mirror('app', 'acme/app', { tagTtlSeconds: 60, username: 'reader', password: 'a password' });
  const { caller, alias } = owner;
  const again = { caller, alias, name: 'old', upstreamName: 'acme/old', upstream: { host: upstream.host } };
  await mirrorRepository(app, again);
  const [shown] = await listUpstreams(app, { registryKey: await registryKeyOf() });
  expect(shown).toMatchObject({ isPlainHttp: true, tagTtlSeconds: 60, username: 'reader', isOfRegistry: false });
  expect(JSON.stringify(shown, (_key, value: unknown) => (typeof value === 'bigint' ? '' : value))).not.toMatch(
    /password/i,
  );
  await mirrorRepository(app, { ...again, upstream: { host: upstream.host, username: null } });
  expect(await listUpstreams(app, { registryKey: await registryKeyOf() })).toMatchObject([{ username: null }]);
});

test('lists mirrors page by page, and tags that are not cached yet', async () => {
  const { app } = site;
  const fullName = await site.mirror('app', 'acme/app');
  const id = await registryKeyOf();
  const first = await listMirrors(app, { registryKey: id, limit: 1, offset: 0 });
  expect(first).toMatchObject([{ name: 'app', upstreamName: 'acme/app', visibility: 'public', tagCount: 0 }]);
  expect(await listMirrors(app, { registryKey: id, limit: 25, offset: 0, name: 'none' })).toHaveLength(1);
  expect(await countMirrors(app, { registryKey: id })).toBe(3);
  const repository = await findRepository(app, fullName);
  if (!repository || !isMirrored(repository)) throw new Error('not a mirror');
  const where = { repositoryId: repository.id, limit: 2 };
  expect(await listTagsElsewhere(app, where)).toEqual({ count: 0, names: [] });
  await listUpstreamTags(app, repository);
  await site.anybody.send('GET', `/v2/${fullName}/manifests/1.0`);
  expect(await listTagsElsewhere(app, where)).toEqual({ count: 2, names: ['1.1', 'latest'] });
  const source = await findMirrorSource(app, { repositoryId: repository.id });
  expect(source).toMatchObject({ name: 'acme/app', problem: null });
  expect(Date.now() - (source?.checkedAt?.getTime() ?? 0)).toBeLessThan(60_000);
});

test('an upstream is deleted with its password once no mirror uses it', async () => {
  const { app, owner, upstream } = site;
  const { caller } = owner;
  const id = await registryKeyOf();
  const forget = () => deleteUpstream(app, { caller, registryKey: id, host: upstream.host });
  await expect(forget()).rejects.toMatchObject({ code: 'conflict' });
  const stranger = (await site.createUser()).caller;
  const theirs = { caller: stranger, registryKey: id, host: upstream.host };
  await expect(deleteUpstream(app, theirs)).rejects.toMatchObject({ code: 'forbidden' });
  for (const name of ['app', 'old', 'none']) await removeMirror(app, { caller, fullName: `${owner.alias}/${name}` });
  await forget();
  expect(await listUpstreams(app, { registryKey: id })).toEqual([]);
  await expect(forget()).rejects.toMatchObject({ code: 'not_found' });
});
