import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordChange } from './record-change.ts';
import { buildImage } from '#lib/testing/images/build-image.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { renameRepository } from '#lib/repositories/moves/rename-repository.ts';
import { findRegistryByAlias } from '#lib/repositories/find-repository.ts';
import { toCsv, toJsonLines } from './format-audit.ts';
import { exportAudit, readAudit } from './read-audit.ts';

let site: TestApp;
let admin: TestUser;
let owner: TestUser;
let registryKey: bigint;
beforeAll(async () => {
  site = await createTestApp();
  admin = await site.createUser({ role: 'admin' });
  owner = await site.createUser();
  registryKey = (await findRegistryByAlias(site.app, owner.alias))?.id ?? 0n;
});
afterAll(() => site.close());

const basicOf = ({ token }: TestUser) => ({
  authorization: `Basic ${Buffer.from(`user:${token}`).toString('base64')}`,
});
const read = (by: TestUser, of: bigint | null, filter = {}, before: bigint | null = null, limit = 100) =>
  readAudit(site.app, { caller: by.caller, registryKey: of, filter, before, limit });

describe('audit log access', () => {
  test('members read their registry’s events and admins read all', async () => {
    const other = await site.createUser();
    expect((await read(owner, registryKey)).map(({ action }) => action)).toContain('registry.create');
    await expect(read(owner, null)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(read(other, registryKey)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(exportAudit(site.app, { caller: other.caller, registryKey, filter: {} })).rejects.toMatchObject({
      code: 'forbidden',
    });
    const everything = await read(admin, null);
    expect(everything.map(({ target }) => target)).toEqual(expect.arrayContaining([owner.email, other.email]));
  });

  test('only admins, owners and maintainers see client addresses', async () => {
    const addresses = async (by: TestUser) => new Set((await read(by, registryKey)).map(({ address }) => address));
    const join = async (role: 'maintainer' | 'pusher') => {
      const user = await site.createUser();
      await site.app.db.member.create({ data: { registryKey, userId: user.caller.principal.userId, role } });
      return user;
    };
    const [maintainer, pusher] = [await join('maintainer'), await join('pusher')];
    for (const user of [admin, owner, maintainer]) expect(await addresses(user)).toEqual(new Set(['127.0.0.1']));
    expect(await addresses(pusher)).toEqual(new Set([null]));
    await expect(read(pusher, registryKey, { address: '127.0.0.1' })).rejects.toMatchObject({ code: 'forbidden' });
  });
});

test('masks staff for members unless the staff member belongs to the registry', async () => {
  const reviewer = await site.createUser({ role: 'reviewer' });
  const quota = { quotaBytes: null };
  await recordChange(site.app.db, {
    type: 'registry.set-quota',
    caller: reviewer.caller,
    registryKey,
    resource: { name: 'x' },
    before: quota,
    after: quota,
  });
  const ask = async (by: TestUser) =>
    (await read(by, registryKey, { action: 'registry.set-quota' })).map(({ actor }) => actor);
  expect(await ask(owner)).toEqual(['staff of this site']);
  expect(await ask(admin)).toEqual([reviewer.email]);
  // Filters must not reveal the identity either.
  for (const filter of [
    { actor: reviewer.email.slice(0, 12) },
    { principal: reviewer.email },
    { principal: reviewer.caller.principal.userId },
    { address: '127.0.0.1' },
  ]) {
    expect(await read(owner, registryKey, { action: 'registry.set-quota', ...filter })).toEqual([]);
    expect(await read(admin, registryKey, { action: 'registry.set-quota', ...filter })).toHaveLength(1);
  }
  await site.app.db.member.create({ data: { registryKey, userId: reviewer.caller.principal.userId, role: 'reader' } });
  expect(await ask(owner)).toEqual([reviewer.email]);
});

describe('filters', () => {
  test('match actor, action, target and time literally', async () => {
    const caller = owner.caller;
    for (const target of ['a%b', 'a_b', 'axb']) {
      await recordChange(site.app.db, { type: 'upstream.forget', caller, registryKey, resource: { name: target } });
    }
    const targets = async (filter: object) => (await read(owner, registryKey, filter)).map(({ target }) => target);
    expect(await targets({ action: 'upstream.' })).toEqual(['axb', 'a_b', 'a%b']);
    expect(await targets({ action: 'upstream.', target: 'A_' })).toEqual(['a_b']);
    expect(await targets({ action: 'upstream.', target: '%' })).toEqual(['a%b']);
    expect(await targets({ action: 'upstream.', actor: owner.email.slice(0, 12) })).toHaveLength(3);
    expect(await targets({ action: 'upstream.', actor: 'nobody' })).toEqual([]);
    expect(await targets({ action: 'upstream.', from: new Date(Date.now() + 60_000) })).toEqual([]);
    expect(await targets({ action: 'upstream.', to: new Date(Date.now() + 60_000) })).toHaveLength(3);
  });

  test('paging neither skips nor repeats events', async () => {
    const seen: string[] = [];
    let before: bigint | null = null;
    for (;;) {
      const page = await read(admin, null, {}, before, 2);
      seen.push(...page.map(({ id }) => id));
      if (page.length < 2) break;
      before = BigInt(page.at(-1)?.id ?? 0);
    }
    expect(seen).toHaveLength(await site.app.db.auditEvent.count());
    expect(new Set(seen).size).toBe(seen.length);
  });
});

test('exports several pages as JSON Lines', async () => {
  const many = Array.from({ length: 1_100 }, (_, i) => ({ actorLabel: 'x', action: 'many.do', target: `line\n${i}` }));
  await site.app.db.auditEvent.createMany({ data: many });
  let text = '';
  const filter = { action: 'many.' };
  const events = await exportAudit(site.app, { caller: admin.caller, registryKey: null, filter });
  for await (const line of toJsonLines(events)) text += line;
  const lines = text.trimEnd().split('\n');
  expect(lines).toHaveLength(1_100);
  expect(lines.map((line) => (JSON.parse(line) as { target: string }).target).sort()).toEqual(
    many.map(({ target }) => target).sort(),
  );
});

test('a tag move records the old and new digest', async () => {
  const client = createDistributionClient(site.url, owner.token);
  const image = (content: string) =>
    buildImage({
      platform: { os: 'linux', architecture: 'amd64' },
      created: '2026-01-01T00:00:00Z',
      layers: [[{ path: 'a', content }]],
    });
  const [first, second] = [await image('one'), await image('two')];
  await client.push(`${owner.alias}/app`, first, ['v1']);
  await client.push(`${owner.alias}/app`, second, ['v1']);
  const [move] = await read(owner, registryKey, { action: 'tag.' });
  expect(JSON.stringify([move?.before, move?.after])).toContain(first.digest);
  expect(JSON.stringify(move?.after)).toContain(second.digest);
});

test('a renamed repository keeps its events and pulls, and another one gets none of them', async () => {
  const client = createDistributionClient(site.url, owner.token);
  const image = await buildImage({
    platform: { os: 'linux', architecture: 'amd64' },
    created: '2026-01-01T00:00:00Z',
    layers: [[{ path: 'a', content: 'x' }]],
  });
  await client.push(`${owner.alias}/before`, image, ['v1']);
  await client.push(`${owner.alias}/neighbour`, image, ['v1']);
  const pull = () => fetch(`${site.url}/v2/${owner.alias}/before/manifests/v1`, { headers: basicOf(owner) });
  expect((await pull()).status).toBe(200);
  await site.app.pullLog.flush();
  await renameRepository(site.app, { caller: owner.caller, fullName: `${owner.alias}/before`, name: 'after' });
  const actions = async (repository: string, before: bigint | null = null, limit = 100) =>
    (await read(owner, registryKey, { repository }, before, limit)).map(({ action }) => action);
  const all = await actions('after');
  expect(all[0]).toBe('repository.rename');
  expect(all).toEqual(expect.arrayContaining(['image.pull', 'tag.create', 'repository.create']));
  expect(await actions(`${owner.alias}/after`)).toEqual(all);
  expect(await actions('after', null, 2)).toEqual(all.slice(0, 2));
  expect(await actions('neighbour')).not.toContain('repository.rename');
});

test('CSV escapes cells that a spreadsheet would evaluate', async () => {
  const target = '=HYPERLINK("http://evil.example","x")';
  const { caller } = owner;
  await recordChange(
    site.app.db,
    { type: 'mirror-route.set', caller, registryKey, resource: { name: target }, after: { alias: 'a,\n"b"' } },
    { type: 'mirror-route.remove', caller, registryKey, resource: { name: '\t@SUM(1)' } },
  );
  const filter = { action: 'mirror-route.' };
  let text = '';
  const events = await exportAudit(site.app, { caller: owner.caller, registryKey, filter });
  for await (const line of toCsv(events)) text += line;
  const [head, first, second, end] = text.split('\r\n');
  expect(head).toBe(
    'id,at,lastAt,count,actorId,actor,action,target,before,after,address,userAgent,credential,accessTokenId,accessKeyId,requestId,registryId',
  );
  expect(first).toContain(`mirror-route.remove,'\t@SUM(1),,`);
  expect(second).toContain(
    `mirror-route.set,"'=HYPERLINK(""http://evil.example"",""x"")",,"{""alias"":""a,\\n\\""b\\""""}",127.0.0.1`,
  );
  expect(end).toBe('');
});
