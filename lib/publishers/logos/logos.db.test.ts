import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { handleRestRequest } from '#lib/api/rest/handle-rest-request.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { makeBomb, makeLogo } from '#lib/testing/images/sample-logo.ts';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { getPublisherPage, getRepositoryPage } from '#lib/gallery/gallery-queries.ts';
import { liftQuarantine } from '#lib/repositories/moderation/lift-quarantine.ts';
import { findLogo, isLogoShown } from './logo-store.ts';
import { purgeDeletions } from '#lib/repositories/deletions/purge-deletions.ts';
import { quarantineRepository } from '#lib/repositories/moderation/quarantine-repository.ts';
import { listRegistries } from '#lib/repositories/queries.ts';
import { setRegistryLogo } from './set-registry-logo.ts';
import { setRepositoryLogo } from '#lib/repositories/logo/set-repository-logo.ts';
import { takeDownRepository } from '#lib/repositories/moderation/take-down-repository.ts';

let site: TestApp;
let admin: TestUser;
beforeAll(async () => {
  site = await createTestApp({ PUBLISHER_BRANDING: 'everyone' });
  admin = await site.createUser({ role: 'admin' });
});
afterAll(() => site.close());

async function createPublisher() {
  const user = await site.createUser({ scopes: ['push', 'delete', 'api:write'] });
  const [registry] = await listRegistries(site.app, { userId: user.caller.principal.userId });
  if (!registry) throw new Error('registry not found');
  const repository = await createRepository(site.app, { caller: user.caller, alias: user.alias, name: 'app' });
  return { ...user, registryKey: registry.id, number: registry.registryId, repository, fullName: repository.fullName };
}

async function isServed(id: string | null): Promise<boolean> {
  if (id === null) return false;
  const isThere = (await findLogo(site.app, { id })) !== null;
  // A conditional request must agree.
  expect(await isLogoShown(site.app, { id })).toBe(isThere);
  return isThere;
}
const countLogos = () => site.app.db.logo.count();

/** Everything that a failed attempt could change. */
const state = async () => ({
  logos: await countLogos(),
  audits: await site.app.db.auditEvent.count(),
  shown: await site.app.db.registry.count({ where: { logoId: { not: null } } }),
  versions: await site.app.db.repository.aggregate({ _sum: { version: true } }),
});

describe('a registry’s logo', () => {
  test('can be set, replaced and removed, with audit events and without orphaned rows', async () => {
    const { caller, registryKey, alias, repository } = await createPublisher();
    const before = await countLogos();
    const set = async (image: Buffer | null) => setRegistryLogo(site.app, { caller, registryKey, image });
    const first = await set(await makeLogo());
    expect(await getPublisherPage(site.app, alias)).toMatchObject({ logoId: first });
    expect(await getRepositoryPage(site.app, { repositoryId: repository.id })).toMatchObject({ logoId: first });
    const second = await set(await makeLogo({ color: '#00f' }));
    expect(second).not.toBe(first);
    expect([await isServed(first), await isServed(second)]).toEqual([false, true]);
    expect(await set(await makeLogo({ color: '#00f' }))).toBe(second);
    expect(await set(null)).toBeNull();
    expect(await set(null)).toBeNull();
    expect(await getPublisherPage(site.app, alias)).toMatchObject({ logoId: null });
    expect(await countLogos()).toBe(before);
    const rows = await site.app.db.auditEvent.findMany({
      where: { action: 'registry.set-logo', registryKey },
      orderBy: { id: 'asc' },
    });
    expect(rows.map((row) => [row.before, row.after])).toEqual([
      [{ logo: null }, { logo: first }],
      [{ logo: first }, { logo: second }],
      [{ logo: second }, { logo: null }],
    ]);
  });

  test('is deduplicated and stays while any publisher uses it', async () => {
    const [one, two] = [await createPublisher(), await createPublisher()];
    const image = await makeLogo({ color: '#123456' });
    const before = await countLogos();
    const logoId = await setRegistryLogo(site.app, { ...one, image });
    expect(await setRegistryLogo(site.app, { ...two, image })).toBe(logoId);
    expect(await countLogos()).toBe(before + 1);
    await setRegistryLogo(site.app, { ...one, image: null });
    expect(await isServed(logoId)).toBe(true);
    await setRegistryLogo(site.app, { ...two, image: null });
    expect(await isServed(logoId)).toBe(false);
  });

  test('leaves no orphaned rows after concurrent changes', async () => {
    const publishers = [await createPublisher(), await createPublisher()];
    const before = await countLogos();
    const images = await Promise.all(['#100', '#200', '#300'].map((color) => makeLogo({ color })));
    const changes = publishers.flatMap(({ caller, registryKey }) =>
      [...images, null, ...images].map((image) => setRegistryLogo(site.app, { caller, registryKey, image })),
    );
    await Promise.all(changes);
    for (const { caller, registryKey } of publishers) {
      await setRegistryLogo(site.app, { caller, registryKey, image: null });
    }
    expect(await countLogos()).toBe(before);
  });

  test('can be changed by managers and admins only', async () => {
    const { registryKey } = await createPublisher();
    const stranger = await site.createUser();
    const image = await makeLogo({ color: '#0a0' });
    const before = await state();
    const attempt = setRegistryLogo(site.app, { caller: stranger.caller, registryKey, image });
    await expect(attempt).rejects.toMatchObject({ code: 'forbidden' });
    expect(await state()).toEqual(before);
    await setRegistryLogo(site.app, { caller: admin.caller, registryKey, image });
    expect(await setRegistryLogo(site.app, { caller: admin.caller, registryKey, image: null })).toBeNull();
  });
});

describe('a repository’s logo', () => {
  test('overrides its registry’s', async () => {
    const { caller, registryKey, fullName, repository } = await createPublisher();
    const shown = async () => (await getRepositoryPage(site.app, { repositoryId: repository.id })).logoId;
    const ofRegistry = await setRegistryLogo(site.app, { caller, registryKey, image: await makeLogo() });
    const own = await setRepositoryLogo(site.app, { caller, fullName, image: await makeLogo({ color: '#0f0' }) });
    expect(await shown()).toBe(own);
    await setRepositoryLogo(site.app, { caller, fullName, image: null });
    expect(await shown()).toBe(ofRegistry);
  });

  test('is hidden in quarantine, restored afterwards and deleted after a takedown', async () => {
    const { caller, fullName, repository } = await createPublisher();
    const logoId = await setRepositoryLogo(site.app, { caller, fullName, image: await makeLogo({ color: '#777' }) });
    const decision = { caller: admin.caller, fullName, reason: 'We look into it.' };
    await quarantineRepository(site.app, decision);
    expect(await isServed(logoId)).toBe(false);
    expect(await getRepositoryPage(site.app, { repositoryId: repository.id })).toMatchObject({ logoId: null });
    const change = setRepositoryLogo(site.app, { caller, fullName, image: null });
    await expect(change).rejects.toMatchObject({ code: 'quarantined' });
    await liftQuarantine(site.app, decision);
    expect(await isServed(logoId)).toBe(true);
    const before = await countLogos();
    await takeDownRepository(site.app, decision);
    expect(await isServed(logoId)).toBe(false);
    // Kept until the deletion is purged.
    expect(await countLogos()).toBe(before);
    await site.app.db.deletion.updateMany({ data: { deletedAt: new Date(0) } });
    await purgeDeletions(site.app, { isDryRun: false });
    expect(await countLogos()).toBe(before - 1);
  });

  test('reports a private repository as not found to non-members', async () => {
    const { fullName, repository } = await createPublisher();
    await site.app.db.repository.update({ where: { id: repository.id }, data: { visibility: 'private' } });
    const { caller } = await site.createUser();
    const attempt = setRepositoryLogo(site.app, { caller, fullName, image: await makeLogo() });
    await expect(attempt).rejects.toMatchObject({ code: 'repository_not_found' });
  });
});

describe('an invalid logo', () => {
  test('changes nothing', async () => {
    const { caller, registryKey, fullName } = await createPublisher();
    await setRegistryLogo(site.app, { caller, registryKey, image: await makeLogo({ color: '#abc' }) });
    const before = await state();
    const hostile = [
      Buffer.alloc(0),
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
      await makeBomb(50_000, 50_000),
      (await makeLogo()).subarray(0, 60),
      Buffer.alloc(600_000, await makeLogo()),
    ];
    const refusal = { code: expect.stringMatching(/^(invalid_input|too_large)$/) as string };
    for (const image of hostile) {
      await expect(setRegistryLogo(site.app, { caller, registryKey, image })).rejects.toMatchObject(refusal);
      await expect(setRepositoryLogo(site.app, { caller, fullName, image })).rejects.toMatchObject(refusal);
    }
    expect(await state()).toEqual(before);
    for (const id of ['', 'x', '00000000-0000-4000-8000-000000000000', "'; DROP TABLE logos; --"]) {
      expect(await findLogo(site.app, { id })).toBeNull();
    }
  });
});

describe('the REST API', () => {
  const call = (user: TestUser, method: string, path: string, body?: Buffer) =>
    handleRestRequest(
      site.app,
      new Request(`http://localhost/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${user.token}`, 'content-type': 'image/png' },
        ...(body && { body: new Uint8Array(body) }),
      }),
    );

  test('sets, returns and removes logos of registries and repositories', async () => {
    const publisher = await createPublisher();
    const paths = [
      `/registries/${publisher.number}/logo`,
      `/repositories/${encodeURIComponent(publisher.fullName)}/logo`,
    ];
    for (const path of paths) {
      const response = await call(publisher, 'PUT', path, await makeLogo({ color: '#fed' }));
      expect(response.status, await response.clone().text()).toBe(200);
      const { logoUrl } = (await response.json()) as { logoUrl: string };
      expect(logoUrl).toMatch(/^http:\/\/localhost:\d+\/api\/logos\/[0-9a-f-]{36}$/);
      const id = logoUrl.split('/').at(-1) ?? '';
      expect(await isServed(id)).toBe(true);
      if (path === paths[0]) {
        expect(await (await call(publisher, 'GET', '/me')).json()).toMatchObject({ registries: [{ logoUrl }] });
      }
      expect((await call(publisher, 'DELETE', path)).status).toBe(204);
      expect(await isServed(id)).toBe(false);
    }
  });

  test('explains why it rejects a logo, and admins can remove any registry’s logo', async () => {
    const publisher = await createPublisher();
    const boss = await site.createUser({ role: 'admin', scopes: ['push', 'delete', 'api:write'] });
    const path = `/registries/${publisher.number}/logo`;
    const refused = await call(publisher, 'PUT', path, Buffer.from('<svg/>'));
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ errors: { logo: expect.stringContaining('SVG') as string } });
    expect((await call(publisher, 'PUT', path)).status).toBe(400);
    expect((await call(publisher, 'PUT', path, Buffer.alloc(512_001))).status).toBe(413);
    expect((await call(publisher, 'PUT', path, await makeLogo())).status).toBe(200);
    expect((await call(boss, 'DELETE', `/admin${path}`)).status).toBe(204);
    expect(await getPublisherPage(site.app, publisher.alias)).toMatchObject({ logoId: null });
    expect((await call(boss, 'DELETE', '/admin/registries/000000000000/logo')).status).toBe(404);
  });
});
