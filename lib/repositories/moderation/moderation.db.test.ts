import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { buildImage } from '#lib/testing/images/build-image.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { listAllRegistries, listQuarantined, listReports } from '#lib/repositories/admin-queries.ts';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { findRepository } from '#lib/repositories/find-repository.ts';
import { getPublisherPage } from '#lib/gallery/gallery-queries.ts';
import { handleReport } from './handle-report.ts';
import { liftQuarantine } from './lift-quarantine.ts';
import { purgeDeletions } from '#lib/repositories/deletions/purge-deletions.ts';
import { quarantineRepository } from './quarantine-repository.ts';
import { reportPage } from './report-page.ts';
import { takeDownRepository } from './take-down-repository.ts';
import { updateCatalogData } from '#lib/repositories/update-catalog-data.ts';

let site: TestApp;
let admin: TestUser;
let owner: TestUser;
beforeAll(async () => {
  site = await createTestApp();
  await site.startWorker();
  admin = await site.createUser({ role: 'admin' });
  owner = await site.createUser();
});
afterAll(() => site.close());

const within5Seconds = { timeout: 5_000, interval: 50 };

async function push(name: string): Promise<{ fullName: string; digest: string; layer: string }> {
  const image = await buildImage({
    platform: { os: 'linux', architecture: 'amd64' },
    created: '2026-01-01T00:00:00Z',
    layers: [[{ path: 'a', content: name }]],
  });
  const fullName = `${owner.alias}/${name}`;
  await createDistributionClient(site.url, owner.token).push(fullName, image, ['v1']);
  await vi.waitFor(async () => expect(await isFound(name)).toBe(true), within5Seconds);
  const manifest = await site.app.db.manifest.findFirstOrThrow({
    where: { digest: image.digest },
    include: { blobs: true },
  });
  return { fullName, digest: image.digest, layer: manifest.blobs.find(({ kind }) => kind === 'layer')?.digest ?? '' };
}

async function isFound(name: string): Promise<boolean> {
  const { hits } = await site.app.search.search({ query: name, filters: {}, sort: 'relevance', offset: 0, limit: 10 });
  return hits.some((hit) => hit.name === name);
}

async function answer(response: Promise<Response>): Promise<string> {
  const { status, body } = await response.then(async (r) => ({ status: r.status, body: await r.text() }));
  const { errors } = JSON.parse(body || '{}') as { errors?: { code: string; message: string }[] };
  return `${status} ${errors?.[0]?.code ?? ''} ${errors?.[0]?.message ?? ''}`.trim();
}

function send(user: TestUser, method: string, path: string): Promise<Response> {
  const authorization = `Basic ${Buffer.from(`any:${user.token}`).toString('base64')}`;
  return fetch(site.url + path, { method, headers: { authorization } });
}

describe('quarantine', () => {
  test('hides a repository from search and gallery and refuses clients with the reason, until it is lifted', async () => {
    const { fullName, digest, layer } = await push('suspect');
    const other = await push('harmless');
    const input = { caller: admin.caller, fullName, reason: 'A miner was found in v1.' };
    await quarantineRepository(site.app, input);
    await expect(quarantineRepository(site.app, input)).rejects.toMatchObject({ code: 'conflict' });
    expect(await isFound('suspect')).toBe(false);
    expect(await getPublisherPage(site.app, owner.alias)).toMatchObject({ repositoryCount: 1 });
    expect(await listQuarantined(site.app)).toMatchObject([{ fullName, reason: input.reason }]);

    const denied = `403 DENIED ${fullName} is in quarantine: A miner was found in v1.`;
    const anonymous = (path: string) => answer(fetch(`${site.url}/v2/${fullName}/${path}`));
    for (const path of ['manifests/v1', `manifests/${digest}`, `blobs/${layer}`, 'tags/list', `referrers/${digest}`]) {
      expect(await anonymous(path), path).toBe(denied);
    }
    expect(await answer(send(owner, 'POST', `/v2/${fullName}/blobs/uploads/`))).toBe(denied);
    expect(await answer(send(owner, 'DELETE', `/v2/${fullName}/manifests/${digest}`))).toBe(denied);
    // Mounting from a quarantined repository falls back to an upload.
    const mount = `/v2/${other.fullName}/blobs/uploads/?mount=${layer}&from=${encodeURIComponent(fullName)}`;
    expect((await send(owner, 'POST', mount)).status).toBe(202);
    const catalogData = {
      description: 'x',
      aboutText: '',
      usageText: '',
      operatingSystems: [],
      architectures: [],
      categories: [],
    };
    await expect(updateCatalogData(site.app, { caller: owner.caller, fullName, catalogData })).rejects.toMatchObject({
      code: 'quarantined',
    });

    const report = { target: fullName, reason: 'malware', text: 'It still mines.', address: null } as const;
    await expect(reportPage(site.app, report)).rejects.toMatchObject({ code: 'not_found' });

    await liftQuarantine(site.app, { caller: admin.caller, fullName });
    await expect(liftQuarantine(site.app, { caller: admin.caller, fullName })).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(await anonymous('manifests/v1')).toBe('200');
    await vi.waitFor(async () => expect(await isFound('suspect')).toBe(true), within5Seconds);
    const titles = await site.app.db.notification.findMany({ where: { userId: owner.caller.principal.userId } });
    expect(titles.map(({ title }) => title)).toEqual([
      `${fullName} was quarantined`,
      `${fullName} was released from quarantine`,
    ]);
  });

  test('does not disclose a private repository to strangers', async () => {
    const { caller, alias } = owner;
    await createRepository(site.app, { caller, alias, name: 'private', visibility: 'private' });
    const fullName = `${alias}/private`;
    await quarantineRepository(site.app, { caller: admin.caller, fullName, reason: 'Secret reason.' });
    const asStranger = await answer(send(await site.createUser(), 'GET', `/v2/${fullName}/tags/list`));
    expect(asStranger).not.toContain('Secret reason');
    expect(asStranger).toMatch(/^404 NAME_UNKNOWN/);
  });

  test.each(['user', 'reviewer'] as const)('is forbidden to a %s', async (role) => {
    const { caller } = await site.createUser({ role });
    const fullName = `${owner.alias}/harmless`;
    for (const act of [
      () => quarantineRepository(site.app, { caller, fullName, reason: 'x' }),
      () => liftQuarantine(site.app, { caller, fullName }),
      () => takeDownRepository(site.app, { caller, fullName, reason: 'x' }),
    ]) {
      await expect(act()).rejects.toMatchObject({ code: 'forbidden' });
    }
  });

  test('requires a reason', async () => {
    const fullName = `${owner.alias}/harmless`;
    for (const reason of ['', ' ', 'a\nb', 'x'.repeat(501)]) {
      const input = { caller: admin.caller, fullName, reason };
      await expect(quarantineRepository(site.app, input)).rejects.toMatchObject({ code: 'invalid_input' });
      await expect(takeDownRepository(site.app, input)).rejects.toMatchObject({ code: 'invalid_input' });
    }
    expect(await findRepository(site.app, fullName)).toMatchObject({ quarantineReason: null });
  });
});

test('a takedown hides everything immediately, and finally leaves only audit events', async () => {
  const publisher = await getPublisherPage(site.app, owner.alias);
  const { fullName, digest } = await push('doomed');
  const { id } = (await findRepository(site.app, fullName)) ?? { id: 0n };
  await takeDownRepository(site.app, { caller: admin.caller, fullName, reason: 'Court order.' });
  expect(await findRepository(site.app, fullName)).toBeNull();
  expect(await isFound('doomed')).toBe(false);
  expect(await getPublisherPage(site.app, owner.alias)).toMatchObject({ repositoryCount: publisher?.repositoryCount });
  await site.app.db.deletion.updateMany({ data: { deletedAt: new Date(0) } });
  await purgeDeletions(site.app, { isDryRun: false });
  for (const count of [
    site.app.db.manifest.count({ where: { repositoryId: id } }),
    site.app.db.tag.count({ where: { repositoryId: id } }),
    site.app.db.repositoryBlob.count({ where: { repositoryId: id } }),
  ]) {
    expect(await count).toBe(0);
  }
  const event = await site.app.db.auditEvent.findFirstOrThrow({ where: { action: 'repository.take-down' } });
  expect(event).toMatchObject({
    target: fullName,
    before: { tags: { v1: digest }, digests: [digest], tagCount: 1 },
    after: { reason: 'Court order.' },
  });
  const input = { caller: admin.caller, fullName, reason: 'again' };
  await expect(takeDownRepository(site.app, input)).rejects.toMatchObject({ code: 'repository_not_found' });
});

describe('reports', () => {
  const report = (input: object) =>
    reportPage(site.app, {
      target: owner.alias,
      reason: 'spam',
      text: 'This is nothing but spam.',
      address: null,
      ...input,
    });

  test('of a public page can be handled once, and hide the reporter from members', async () => {
    const { id } = await report({ email: 'Me@Example.org', address: '192.0.2.1' });
    const { rows } = await listReports(site.app, { status: 'open', offset: 0, limit: 10 });
    expect(rows.find((row) => row.id === id)).toMatchObject({ email: 'me@example.org', reason: 'spam' });
    expect(JSON.stringify(rows)).not.toContain('192.0.2.1');
    const noted = await site.app.db.auditEvent.findMany({ where: { action: 'report.create', address: '192.0.2.1' } });
    expect(noted).toMatchObject([{ target: owner.alias, after: { reason: 'spam' }, registryKey: null }]);
    const handle = (caller = admin.caller) => handleReport(site.app, { caller, id, outcome: 'acted_on' });
    await expect(handle(owner.caller)).rejects.toMatchObject({ code: 'forbidden' });
    const both = await Promise.allSettled([handle(), handle()]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(handle()).rejects.toMatchObject({ code: 'conflict' });
    const unknown = { caller: admin.caller, outcome: 'dismissed' } as const;
    await expect(handleReport(site.app, { ...unknown, id: 'x' })).rejects.toMatchObject({ code: 'not_found' });
  });

  test.each([
    ['an unknown page', { target: 'no-such-alias' }, 'not_found'],
    ['a private repository', { target: 'PRIVATE' }, 'not_found'],
    ['an unknown reason', { reason: 'mood' }, 'invalid_input'],
    ['no text', { text: ' ' }, 'invalid_input'],
    ['too much text', { text: 'x'.repeat(5_001) }, 'invalid_input'],
    ['an invalid email address', { email: 'x' }, 'invalid_input'],
  ])('with %s is refused and not stored', async (_name, input, code) => {
    const before = await site.app.db.report.count();
    const target = 'target' in input ? { target: input.target?.replace('PRIVATE', `${owner.alias}/private`) } : {};
    await expect(report({ ...input, ...target })).rejects.toMatchObject({ code });
    expect(await site.app.db.report.count()).toBe(before);
  });

  test('are limited to five of twenty concurrent ones from one address', async () => {
    const all = await Promise.allSettled(Array.from({ length: 20 }, () => report({ address: '192.0.2.99' })));
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    await expect(report({ address: '192.0.2.99' })).rejects.toMatchObject({ code: 'rate_limited' });
    await report({ address: '192.0.2.100' });
    const network = (host: number) => report({ address: `2001:db8:7:7::${host}` });
    for (let host = 1; host <= 5; host += 1) await network(host);
    await expect(network(6)).rejects.toMatchObject({ code: 'rate_limited' });
    await report({ address: '2001:db8:7:8::1' });
  });
});

test('admins find registries by alias, name or number', async () => {
  const list = (query: string) => listAllRegistries(site.app, { query, offset: 0, limit: 10 });
  const { rows } = await list(owner.alias);
  expect(rows).toMatchObject([{ primaryAlias: owner.alias, memberCount: 1 }]);
  expect((await list(rows[0]?.registryId ?? '')).total).toBe(1);
  expect((await list('%')).total).toBe(0);
  expect((await list('')).total).toBeGreaterThan(1);
});
