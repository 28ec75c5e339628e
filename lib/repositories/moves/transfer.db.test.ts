import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { findRepository } from '#lib/repositories/find-repository.ts';
import { deleteRepository } from '#lib/repositories/deletions/delete-repository.ts';
import { updateCatalogData } from '#lib/repositories/update-catalog-data.ts';
import { buildImage, type BuiltManifest } from '#lib/testing/images/build-image.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { createRawClient } from '#lib/testing/servers/raw-http.ts';
import { acceptTransfer } from './accept-transfer.ts';
import { declineTransfer, withdrawTransfer } from './end-transfer.ts';
import { endRedirect } from './end-redirect.ts';
import { findTransferOf, listFormerNamesOf, listTransfers } from './move-queries.ts';
import { offerTransfer } from './offer-transfer.ts';

let site: TestApp;
let giver: TestUser;
let taker: TestUser;
let image: BuiltManifest;
let serial = 0;
let name = '';
const from = () => `${giver.alias}/${name}`;
const to = () => `${taker.alias}/${name}`;

beforeAll(async () => {
  site = await createTestApp();
  giver = await site.createUser({ scopes: ['repository:*:pull,push,delete'] });
  taker = await site.createUser({ scopes: ['repository:*:pull,push,delete'] });
  image = await buildImage({
    platform: { os: 'linux', architecture: 'amd64' },
    created: '2026-01-01T00:00:00Z',
    layers: [[{ path: 'a', content: 'some content' }]],
  });
});
afterAll(() => site.close());
beforeEach(async () => {
  name = `app-${(serial += 1)}`;
  await createDistributionClient(site.url, giver.token).push(from(), image, ['v1']);
});

const keyOf = async ({ alias }: TestUser) =>
  (await site.app.db.alias.findUniqueOrThrow({ where: { name: alias } })).registryKey;
const offer = (user = giver, alias = taker.alias) =>
  offerTransfer(site.app, { caller: user.caller, fullName: from(), to: alias });
const accept = (id: string, user = taker, newName?: string) =>
  acceptTransfer(site.app, { caller: user.caller, id, ...(newName !== undefined && { name: newName }) });
const basic = (token: string) => `Basic ${Buffer.from(`user:${token}`).toString('base64')}`;
async function pull(fullName: string, token?: string) {
  const client = createRawClient(site.url, token && basic(token));
  return (await client.send('GET', `/v2/${fullName}/manifests/v1`, { headers: { accept: image.mediaType } })).status;
}

describe('an accepted transfer', () => {
  test('moves the repository with its content, keeps the old address, and is audited on both sides', async () => {
    const id = await offer();
    expect(await findRepository(site.app, from())).not.toBeNull();
    const [giving, taking] = [await keyOf(giver), await keyOf(taker)];
    expect(await listTransfers(site.app, { registryKey: taking })).toMatchObject({
      incoming: [{ id, fullName: from(), from: giver.alias, to: taker.alias, offeredBy: giver.email }],
      outgoing: [],
    });
    for (let n = 0; n < 3; n += 1) expect(await pull(from())).toBe(200);
    expect(await accept(id)).toBe(to());
    for (let n = 0; n < 3; n += 1) expect([await pull(from()), await pull(to())]).toEqual([200, 200]);
    const repository = await findRepository(site.app, to());
    expect(repository?.registryKey).toBe(taking);
    for (const { digest } of image.blobs) {
      const blob = await createRawClient(site.url).send('GET', `/v2/${to()}/blobs/${digest}`);
      expect(blob.status).toBe(200);
    }
    const rows = await site.app.db.auditEvent.findMany({ where: { action: 'repository.transfer', target: to() } });
    expect(rows.map(({ registryKey }) => registryKey).sort()).toEqual([giving, taking].sort());
    expect(rows[0]).toMatchObject({ before: { repository: from() }, after: { repository: to() } });
    expect(await listTransfers(site.app, { registryKey: taking })).toEqual({ incoming: [], outgoing: [] });
    const notices = await site.app.db.notification.findMany({ where: { userId: taker.caller.principal.userId } });
    expect(notices.map(({ title }) => title)).toContain(`${from()} is offered to your registry`);
    await expect(accept(id)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('hands over the rights: a private one is readable to the new members only, under both addresses', async () => {
    await updateCatalogData(site.app, { caller: giver.caller, fullName: from(), visibility: 'private' });
    await accept(await offer());
    await expect.poll(() => pull(from(), giver.token)).toBe(404);
    expect([await pull(to(), giver.token), await pull(from(), taker.token), await pull(to(), taker.token)]).toEqual([
      404, 200, 200,
    ]);
    const write = { caller: giver.caller, catalogData: { description: 'mine' } };
    for (const fullName of [from(), to()]) {
      const change = updateCatalogData(site.app, { ...write, fullName });
      await expect(change).rejects.toMatchObject({ code: 'repository_not_found' });
    }
    const pushed = await createRawClient(site.url, basic(giver.token)).send('POST', `/v2/${from()}/blobs/uploads/`);
    expect([pushed.status, pushed.body.toString().includes('is now')]).toEqual([403, false]);
  });

  test('may be given another name, and the old address ends when its registry says so', async () => {
    await accept(await offer(), taker, `other-${serial}`);
    const repository = await findRepository(site.app, `${taker.alias}/other-${serial}`);
    expect(await listFormerNamesOf(site.app, { repositoryId: repository?.id ?? 0n, limit: 9 })).toMatchObject([
      { fullName: from(), movedTo: `${taker.alias}/other-${serial}` },
    ]);
    const end = (user: TestUser) => endRedirect(site.app, { caller: user.caller, fullName: from() });
    await expect(end(taker)).rejects.toMatchObject({ code: 'forbidden' });
    await end(giver);
    expect(await pull(from())).toBe(401);
  });
});

describe('an offer', () => {
  test('can be withdrawn by one side and declined by the other, once', async () => {
    const first = await offer();
    await expect(offer()).rejects.toMatchObject({ code: 'conflict' });
    await expect(withdrawTransfer(site.app, { caller: taker.caller, id: first })).rejects.toMatchObject({
      code: 'not_found',
    });
    await withdrawTransfer(site.app, { caller: giver.caller, id: first });
    await expect(accept(first)).rejects.toMatchObject({ code: 'not_found' });
    const second = await offer();
    await declineTransfer(site.app, { caller: taker.caller, id: second });
    await expect(accept(second)).rejects.toMatchObject({ code: 'not_found' });
    const action = { in: ['repository.withdraw-transfer', 'repository.decline-transfer'] };
    expect(await site.app.db.auditEvent.count({ where: { action, target: from() } })).toBe(2);
  });

  test('expires, and can be made again', async () => {
    const id = await offer();
    await site.app.db.repositoryTransfer.update({ where: { id }, data: { expiresAt: new Date(Date.now() - 1) } });
    await expect(accept(id)).rejects.toMatchObject({ code: 'not_found' });
    expect((await listTransfers(site.app, { registryKey: await keyOf(taker) })).incoming).toEqual([]);
    expect(await accept(await offer())).toBe(to());
  });

  test('is void once its maker is no owner, or the repository is deleted or in quarantine', async () => {
    const id = await offer();
    const repository = await findRepository(site.app, from());
    const where = { id: repository?.id ?? 0n };
    await site.app.db.repository.update({ where, data: { quarantineReason: 'Looked into.' } });
    await expect(accept(id)).rejects.toMatchObject({ code: 'quarantined' });
    await site.app.db.repository.update({ where, data: { quarantineReason: null } });
    const member = { registryKey: await keyOf(giver), userId: giver.caller.principal.userId };
    await site.app.db.member.updateMany({ where: member, data: { role: 'maintainer' } });
    await expect(accept(id)).rejects.toMatchObject({ code: 'not_found' });
    await site.app.db.member.updateMany({ where: member, data: { role: 'owner' } });
    expect(await findTransferOf(site.app, { repositoryId: where.id })).toMatchObject({ id });
    await deleteRepository(site.app, { caller: giver.caller, fullName: from() });
    await expect(accept(id)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('is made and accepted by owners only', async () => {
    const outsider = await site.createUser();
    const keys = [await keyOf(giver), await keyOf(taker)];
    const helper = await site.createUser();
    const userId = helper.caller.principal.userId;
    for (const registryKey of keys)
      await site.app.db.member.create({ data: { registryKey, userId, role: 'maintainer' } });
    await expect(offer(helper)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(offer(outsider)).rejects.toMatchObject({ code: 'forbidden' });
    const id = await offer();
    for (const user of [helper, outsider, giver]) {
      await expect(accept(id, user)).rejects.toMatchObject({ code: 'not_found' });
    }
    for (const wrong of ['', 'x', '00000000-0000-7000-8000-000000000000']) {
      await expect(accept(wrong)).rejects.toMatchObject({ code: 'not_found' });
    }
    await expect(offer(giver, giver.alias)).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(offer(giver, 'nobody-here')).rejects.toMatchObject({ code: 'invalid_input' });
  });

  test('is not accepted over a taken name or a quota, and stays open', async () => {
    const id = await offer();
    await createRepository(site.app, { caller: taker.caller, alias: taker.alias, name });
    await expect(accept(id)).rejects.toMatchObject({ code: 'name_taken' });
    const where = { id: await keyOf(taker) };
    await site.app.db.registry.update({ where, data: { quotaBytes: 10n } });
    await expect(accept(id, taker, `free-${serial}`)).rejects.toMatchObject({ code: 'quota_exceeded' });
    await site.app.db.registry.update({ where, data: { quotaBytes: null } });
    expect(await accept(id, taker, `free-${serial}`)).toBe(`${taker.alias}/free-${serial}`);
  });

  test('is answered once if both sides act at once', async () => {
    const id = await offer();
    const results = await Promise.allSettled([
      accept(id),
      withdrawTransfer(site.app, { caller: giver.caller, id }),
      declineTransfer(site.app, { caller: taker.caller, id }),
    ]);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});
