import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findRepository } from '#lib/repositories/find-repository.ts';
import { listDeletions } from '#lib/repositories/deletions/deletion-queries.ts';
import { restoreDeletion } from '#lib/repositories/deletions/restore-deletion.ts';
import { buildImage, type BuiltManifest } from '#lib/testing/images/build-image.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createDistributionClient, type DistributionClient } from '#lib/testing/distribution-client.ts';
import { chooseTags } from './choose-tags.ts';
import { deleteTags } from './delete-tags.ts';

let site: TestApp;
let ada: TestUser;
let client: DistributionClient;
let fullName = '';
let image: BuiltManifest;
let serial = 0;
beforeAll(async () => {
  site = await createTestApp();
  ada = await site.createUser();
  client = createDistributionClient(site.url, ada.token);
  image = await build('first');
});
afterAll(() => site.close());
beforeEach(async () => {
  fullName = `${ada.alias}/app-${(serial += 1)}`;
  await client.push(fullName, image, ['pr-1', 'pr-2', 'pr_3', '1.0', 'latest']);
});

function build(content: string) {
  const platform = { os: 'linux', architecture: 'amd64' };
  return buildImage({ platform, created: '2026-01-01T00:00:00Z', layers: [[{ path: 'a', content }]] });
}
const choose = (pattern: string, user = ada) => chooseTags(site.app, { caller: user.caller, fullName, pattern });
const remove = (names: string[], digest = image.digest, user = ada) =>
  deleteTags(site.app, { caller: user.caller, fullName, tags: names.map((name) => ({ name, digest })) });
async function tagsLeft(): Promise<string[]> {
  const repository = await findRepository(site.app, fullName);
  const rows = await site.app.db.tag.findMany({
    where: { repositoryId: repository?.id ?? 0n },
    orderBy: { name: 'asc' },
  });
  return rows.map(({ name }) => name);
}

describe('a dry run', () => {
  test.each([
    ['pr-*', ['pr-1', 'pr-2']],
    ['pr?*', ['pr_3', 'pr-1', 'pr-2']],
    ['pr-?', ['pr-1', 'pr-2']],
    ['*', ['1.0', 'latest', 'pr_3', 'pr-1', 'pr-2']],
    ['1.0', ['1.0']],
    ['none*', []],
  ])('by pattern %s lists %j and deletes nothing', async (pattern, names) => {
    const { tags, total, missing } = await choose(pattern);
    expect(tags.map(({ name }) => name).sort()).toEqual([...names].sort());
    expect(tags.every(({ digest }) => digest === image.digest)).toBe(true);
    expect({ total, missing }).toEqual({ total: names.length, missing: [] });
    expect(await tagsLeft()).toHaveLength(5);
  });

  test('by name tells which tags do not exist', async () => {
    const asked = { caller: ada.caller, fullName, names: ['1.0', 'nope', '1.0'] };
    expect(await chooseTags(site.app, asked)).toEqual({
      tags: [{ name: '1.0', digest: image.digest }],
      total: 1,
      missing: ['nope'],
    });
  });

  test('refuses what can be no pattern', async () => {
    for (const pattern of ['', ' ', 'a b', '%', 'x'.repeat(129), "'; DROP TABLE tags", 'a\0', '[a-z]']) {
      await expect(choose(pattern)).rejects.toMatchObject({ code: 'invalid_input' });
    }
  });
});

describe('a deletion', () => {
  test('takes the chosen tags, keeps the manifest, and can be undone', async () => {
    const { tags } = await choose('pr-*');
    expect(await deleteTags(site.app, { caller: ada.caller, fullName, tags })).toEqual({
      deleted: ['pr-1', 'pr-2'],
      moved: [],
      missing: [],
    });
    expect(await tagsLeft()).toEqual(['1.0', 'latest', 'pr_3']);
    expect((await client.request('HEAD', `/v2/${fullName}/manifests/${image.digest}`)).status).toBe(200);
    expect((await client.request('GET', `/v2/${fullName}/tags/list`)).status).toBe(200);
    const { registryKey } = await site.app.db.alias.findUniqueOrThrow({ where: { name: ada.alias } });
    const { rows } = await listDeletions(site.app, { registryKey, offset: 0, limit: 2 });
    expect(rows.map(({ tag }) => tag).sort()).toEqual(['pr-1', 'pr-2']);
    for (const { id } of rows) await restoreDeletion(site.app, { caller: ada.caller, id });
    expect(await tagsLeft()).toHaveLength(5);
    const audited = { action: 'tag.delete', target: { startsWith: `${fullName}:` } };
    expect(await site.app.db.auditEvent.count({ where: audited })).toBe(2);
  });

  test('leaves a tag that was moved after it was shown', async () => {
    const newer = await build('newer');
    await client.push(fullName, newer, ['pr-1']);
    expect(await remove(['pr-1', 'pr-2', 'gone'])).toEqual({ deleted: ['pr-2'], moved: ['pr-1'], missing: ['gone'] });
    expect(await tagsLeft()).toContain('pr-1');
  });

  test('happens once if two ask for it', async () => {
    const results = await Promise.all([remove(['pr-1', 'pr-2']), remove(['pr-1', 'pr-2'])]);
    expect(results.flatMap(({ deleted }) => deleted).sort()).toEqual(['pr-1', 'pr-2']);
    expect(results.flatMap(({ missing }) => missing).sort()).toEqual(['pr-1', 'pr-2']);
    const repository = await findRepository(site.app, fullName);
    expect(await site.app.db.deletion.count({ where: { repositoryId: repository?.id ?? 0n } })).toBe(2);
  });

  test('takes a thousand tags at once, and no more', async () => {
    const repository = await findRepository(site.app, fullName);
    const repositoryId = repository?.id ?? 0n;
    const { id: manifestId } = await site.app.db.manifest.findFirstOrThrow({ where: { repositoryId } });
    const names = Array.from({ length: 1_200 }, (_, i) => `build-${i}`);
    await site.app.db.tag.createMany({ data: names.map((name) => ({ repositoryId, name, manifestId })) });
    const { tags, total } = await choose('build-*');
    expect({ shown: tags.length, total }).toEqual({ shown: 1_000, total: 1_200 });
    await expect(remove(names)).rejects.toMatchObject({ code: 'invalid_input' });
    expect((await deleteTags(site.app, { caller: ada.caller, fullName, tags })).deleted).toHaveLength(1_000);
    expect((await choose('build-*')).total).toBe(200);
  });
});

describe('is refused', () => {
  test('to pushers, readers and strangers', async () => {
    const { registryKey } = await site.app.db.alias.findUniqueOrThrow({ where: { name: ada.alias } });
    for (const role of ['pusher', 'reader', null] as const) {
      const user = await site.createUser();
      const userId = user.caller.principal.userId;
      if (role) await site.app.db.member.create({ data: { registryKey, userId, role } });
      await expect(choose('*', user)).rejects.toMatchObject({ code: 'forbidden' });
      await expect(remove(['1.0'], image.digest, user)).rejects.toMatchObject({ code: 'forbidden' });
    }
    await site.app.db.repository.updateMany({ where: { registryKey }, data: { visibility: 'private' } });
    const stranger = await site.createUser();
    await expect(remove(['1.0'], image.digest, stranger)).rejects.toMatchObject({ code: 'repository_not_found' });
    expect(await tagsLeft()).toHaveLength(5);
  });

  test('in quarantine, for mirrors, and for anything but tags with digests', async () => {
    await expect(remove([])).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(remove(['1.0'], 'sha256:short')).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(remove(['../x'])).rejects.toMatchObject({ code: 'invalid_input' });
    const repository = await findRepository(site.app, fullName);
    const where = { id: repository?.id ?? 0n };
    await site.app.db.repository.update({
      where,
      data: { quarantinedAt: new Date(), quarantineReason: 'Looked into.' },
    });
    await expect(remove(['1.0'])).rejects.toMatchObject({ code: 'quarantined' });
  });
});
