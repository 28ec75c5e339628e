import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { findVisibleRepository } from '#lib/repositories/find-visible-repository.ts';
import { deleteRepository } from '#lib/repositories/deletions/delete-repository.ts';
import { listDeletions } from '#lib/repositories/deletions/deletion-queries.ts';
import { restoreDeletion } from '#lib/repositories/deletions/restore-deletion.ts';
import { updateCatalogData } from '#lib/repositories/update-catalog-data.ts';
import { ANONYMOUS_CALLER } from '#lib/access/schema.ts';
import { buildImage, type BuiltManifest } from '#lib/testing/images/build-image.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { createRawClient } from '#lib/testing/servers/raw-http.ts';
import { endRedirect } from './end-redirect.ts';
import { listFormerNames } from './move-queries.ts';
import { renameRepository } from './rename-repository.ts';

let site: TestApp;
let ada: TestUser;
let image: BuiltManifest;
let serial = 0;
/** Names without the alias. */
let [oldName, newName] = ['', ''];
const full = (name: string) => `${ada.alias}/${name}`;

beforeAll(async () => {
  site = await createTestApp();
  ada = await site.createUser({ scopes: ['repository:*:pull,push,delete'] });
  image = await build('first');
});
afterAll(() => site.close());
beforeEach(async () => {
  serial += 1;
  [oldName, newName] = [`old-${serial}`, `new/name-${serial}`];
  await createDistributionClient(site.url, ada.token).push(full(oldName), image, ['v1']);
});

function build(content: string) {
  const platform = { os: 'linux', architecture: 'amd64' };
  return buildImage({ platform, created: '2026-01-01T00:00:00Z', layers: [[{ path: 'a', content }]] });
}
const rename = (from: string, to: string, user = ada) =>
  renameRepository(site.app, { caller: user.caller, fullName: full(from), name: to });
const basic = (token: string) => `Basic ${Buffer.from(`user:${token}`).toString('base64')}`;
const clientOf = (token?: string) => createRawClient(site.url, token && basic(token));
async function pull(name: string, token?: string) {
  const { status, headers } = await clientOf(token).send('GET', `/v2/${full(name)}/manifests/v1`, {
    headers: { accept: image.mediaType },
  });
  return status === 200 ? headers['docker-content-digest'] : status;
}
const seen = (name: string) => findVisibleRepository(site.app, { caller: ANONYMOUS_CALLER, fullName: full(name) });
const former = async () => {
  const { registryKey } = await site.app.db.alias.findUniqueOrThrow({ where: { name: ada.alias } });
  return listFormerNames(site.app, { registryKey, limit: 100 });
};

describe('a renamed repository', () => {
  test('is pulled by both names, warm and cold, and its pages know the address', async () => {
    for (let n = 0; n < 3; n += 1) expect(await pull(oldName)).toBe(image.digest);
    await site.app.pullLog.flush();
    expect(await rename(oldName, newName)).toBe(full(newName));
    for (let n = 0; n < 3; n += 1)
      expect([await pull(oldName), await pull(newName)]).toEqual([image.digest, image.digest]);
    for (const { digest } of image.blobs) {
      expect((await clientOf().send('GET', `/v2/${full(oldName)}/blobs/${digest}`)).status).toBe(200);
    }
    expect(await seen(oldName)).toMatchObject({ name: newName, fullName: full(oldName), movedTo: full(newName) });
    expect(await seen(newName)).not.toHaveProperty('movedTo');
    expect((await clientOf().send('GET', `/v2/${full(oldName)}/tags/list`)).status).toBe(200);
    const rows = await site.app.db.auditEvent.findMany({
      where: { action: 'repository.rename', target: full(newName) },
    });
    expect(rows).toMatchObject([
      { before: { repository: full(oldName) }, after: { repository: full(newName) }, actorLabel: ada.email },
    ]);
    await site.app.pullLog.flush();
    const pulls = await site.app.db.auditPull.findMany({ where: { fullName: full(oldName), repositoryName: newName } });
    expect(pulls.length).toBeGreaterThan(0);
  });

  test('is pulled by the former name with a scoped token, while it is private', async () => {
    await updateCatalogData(site.app, { caller: ada.caller, fullName: full(oldName), visibility: 'private' });
    await rename(oldName, newName);
    await expect.poll(() => pull(oldName)).toBe(401);
    expect(await pull(oldName, ada.token)).toBe(image.digest);
    const stranger = await site.createUser();
    expect(await pull(oldName, stranger.token)).toBe(404);
    expect(await seen(oldName)).toBeNull();
  });

  test('refuses pushes and deletions by the former name with a sentence that names the new one', async () => {
    await rename(oldName, newName);
    const client = clientOf(ada.token);
    const refusals = [
      await client.send('POST', `/v2/${full(oldName)}/blobs/uploads/`),
      await client.send('PUT', `/v2/${full(oldName)}/manifests/v2`, {
        headers: { 'content-type': image.mediaType },
        body: image.bytes,
      }),
      await client.send('DELETE', `/v2/${full(oldName)}/manifests/v1`),
    ];
    for (const { status, body } of refusals) {
      expect(status).toBe(403);
      expect(body.toString()).toContain(`${full(oldName)} is now ${full(newName)}.`);
    }
    await expect(
      updateCatalogData(site.app, { caller: ada.caller, fullName: full(oldName), visibility: 'private' }),
    ).rejects.toMatchObject({
      code: 'repository_not_found',
      message: `${full(oldName)} is now ${full(newName)}. Use that name.`,
    });
    expect(await pull(newName)).toBe(image.digest);
    const stranger = clientOf((await site.createUser({ scopes: ['push'] })).token);
    const { status, body } = await stranger.send('POST', `/v2/${full(oldName)}/blobs/uploads/`);
    expect([status, body.toString().includes('is now')]).toEqual([403, true]);
  });

  test('may be renamed again and back', async () => {
    await rename(oldName, newName);
    await rename(newName, `third-${serial}`);
    expect([await pull(oldName), await pull(newName), await pull(`third-${serial}`)]).toEqual(
      Array.from({ length: 3 }, () => image.digest),
    );
    await rename(`third-${serial}`, oldName);
    expect((await seen(oldName))?.movedTo).toBeUndefined();
    expect((await seen(newName))?.movedTo).toBe(full(oldName));
  });

  test('restores what was deleted from it before', async () => {
    await clientOf(ada.token).send('DELETE', `/v2/${full(oldName)}/manifests/v1`);
    await rename(oldName, newName);
    const { registryKey } = await site.app.db.alias.findUniqueOrThrow({ where: { name: ada.alias } });
    const { rows } = await listDeletions(site.app, { registryKey, offset: 0, limit: 1 });
    expect(rows).toMatchObject([{ fullName: full(newName), tag: 'v1' }]);
    await restoreDeletion(site.app, { caller: ada.caller, id: rows[0]?.id ?? '' });
    await expect.poll(() => pull(oldName)).toBe(image.digest);
  });
});

describe('a redirect ends', () => {
  test('when the publisher ends it, at once', async () => {
    await rename(oldName, newName);
    for (let n = 0; n < 3; n += 1) await pull(oldName);
    expect(await former()).toContainEqual(expect.objectContaining({ fullName: full(oldName), movedTo: full(newName) }));
    const pusher = await site.createUser();
    const end = (user: TestUser) => endRedirect(site.app, { caller: user.caller, fullName: full(oldName) });
    await expect(end(pusher)).rejects.toMatchObject({ code: 'forbidden' });
    await end(ada);
    expect(await pull(oldName)).toBe(401);
    expect(await seen(oldName)).toBeNull();
    await expect(end(ada)).rejects.toMatchObject({ code: 'repository_not_found' });
    expect(await pull(newName)).toBe(image.digest);
  });

  test('when another replica ends it or renames the repository, although this one has it in memory', async () => {
    const other = new pg.Client({ connectionString: site.app.config.databaseUrl });
    await other.connect();
    onTestFinished(() => other.end());
    await rename(oldName, newName);
    for (let n = 0; n < 3; n += 1) expect(await pull(oldName)).toBe(image.digest);
    await other.query('UPDATE repositories SET name = $2 WHERE name = $1', [newName, `moved-${serial}`]);
    await expect.poll(() => pull(newName)).toBe(401);
    expect((await seen(oldName))?.movedTo).toBe(full(`moved-${serial}`));
    expect(await pull(oldName)).toBe(image.digest);
    await other.query('DELETE FROM former_names WHERE name = $1', [oldName]);
    await expect.poll(() => pull(oldName)).toBe(401);
  });

  test('when the name is used again, whoever warmed the cache', async () => {
    await rename(oldName, newName);
    for (let n = 0; n < 3; n += 1) expect(await pull(oldName)).toBe(image.digest);
    await createRepository(site.app, { caller: ada.caller, alias: ada.alias, name: oldName });
    expect(await pull(oldName)).toBe(404);
    const other = await build('other');
    await createDistributionClient(site.url, ada.token).push(full(oldName), other, ['v1']);
    expect([await pull(oldName), await pull(newName)]).toEqual([other.digest, image.digest]);
    expect((await former()).map(({ fullName }) => fullName)).not.toContain(full(oldName));
  });

  test('while its repository is deleted, and goes on once that is restored', async () => {
    await rename(oldName, newName);
    await deleteRepository(site.app, { caller: ada.caller, fullName: full(newName) });
    await expect.poll(() => pull(oldName)).toBe(401);
    expect((await former()).map(({ fullName }) => fullName)).not.toContain(full(oldName));
    const { registryKey } = await site.app.db.alias.findUniqueOrThrow({ where: { name: ada.alias } });
    const { rows } = await listDeletions(site.app, { registryKey, offset: 0, limit: 1 });
    await restoreDeletion(site.app, { caller: ada.caller, id: rows[0]?.id ?? '' });
    await expect.poll(() => pull(oldName)).toBe(image.digest);
  });
});

describe('a rename is refused', () => {
  test('to a taken, equal or malformed name', async () => {
    await createRepository(site.app, { caller: ada.caller, alias: ada.alias, name: `taken-${serial}` });
    await expect(rename(oldName, `taken-${serial}`)).rejects.toMatchObject({ code: 'name_taken' });
    for (const name of [oldName, '', 'Upper', '../x', 'a//b', 'x'.repeat(201), '-'])
      await expect(rename(oldName, name)).rejects.toMatchObject({ code: 'invalid_input' });
    expect(await pull(oldName)).toBe(image.digest);
  });

  test('to pushers and strangers, in quarantine, and after fifty former names', async () => {
    const { registryKey } = await site.app.db.alias.findUniqueOrThrow({ where: { name: ada.alias } });
    const pusher = await site.createUser();
    const userId = pusher.caller.principal.userId;
    await site.app.db.member.create({ data: { registryKey, userId, role: 'pusher' } });
    await expect(rename(oldName, newName, pusher)).rejects.toMatchObject({ code: 'forbidden' });
    const where = { registryKey_name: { registryKey, name: oldName } };
    const { id: repositoryId } = await site.app.db.repository.findUniqueOrThrow({ where });
    const names = Array.from({ length: 50 }, (_, i) => ({ registryKey, repositoryId, name: `was-${serial}-${i}` }));
    await site.app.db.formerName.createMany({ data: names });
    await expect(rename(oldName, newName)).rejects.toMatchObject({ code: 'conflict' });
    await site.app.db.formerName.deleteMany({ where: { repositoryId } });
    const data = { quarantinedAt: new Date(), quarantineReason: 'Looked into.' };
    await site.app.db.repository.update({ where, data });
    await expect(rename(oldName, newName)).rejects.toMatchObject({ code: 'quarantined' });
  });

  test('to all but one of several at once, and no name is lost', async () => {
    const results = await Promise.allSettled([1, 2, 3].map((n) => rename(oldName, `race-${serial}-${n}`)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await pull(oldName)).toBe(image.digest);
  });

  test('or the creation of its former name waits: the name never belongs to both', async () => {
    const [, created] = await Promise.allSettled([
      rename(oldName, newName),
      createRepository(site.app, { caller: ada.caller, alias: ada.alias, name: oldName }),
    ]);
    const names = (await former()).map(({ fullName }) => fullName);
    expect(names.includes(full(oldName))).toBe(created.status === 'rejected');
  });
});
