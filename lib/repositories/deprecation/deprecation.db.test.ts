import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { getRepositoryPage } from '#lib/gallery/gallery-queries.ts';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { findRepository } from '#lib/repositories/find-repository.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { deprecateRepository, type DeprecateRepositoryInput } from './deprecate-repository.ts';

let site: TestApp;
let ada: TestUser;
let fullName = '';
let serial = 0;
beforeAll(async () => {
  site = await createTestApp();
  ada = await site.createUser();
  await createRepository(site.app, { caller: ada.caller, alias: ada.alias, name: 'successor' });
});
afterAll(() => site.close());
beforeEach(async () => {
  const name = `app-${(serial += 1)}`;
  fullName = `${ada.alias}/${name}`;
  await createRepository(site.app, { caller: ada.caller, alias: ada.alias, name });
});

type Notice = DeprecateRepositoryInput['deprecation'];
const deprecate = (deprecation: Notice, user = ada) =>
  deprecateRepository(site.app, { caller: user.caller, fullName, deprecation });
async function shown() {
  const repository = await findRepository(site.app, fullName);
  return (await getRepositoryPage(site.app, { repositoryId: repository?.id ?? 0n })).deprecation;
}

describe('a deprecation notice', () => {
  test('is shown, changed and taken back, and each step is audited', async () => {
    expect(await shown()).toBeNull();
    const successor = `${ada.alias}/successor`;
    const notice = { text: ' No longer\nmaintained. ', successor, endsOn: '2027-01-31' };
    await deprecate(notice);
    const first = await shown();
    expect(first).toMatchObject({ text: 'No longer\nmaintained.', successor, endsOn: '2027-01-31' });
    await deprecate({ text: 'Gone soon.' });
    expect(await shown()).toEqual({ text: 'Gone soon.', successor: '', endsOn: '', since: first?.since });
    await deprecate(null);
    expect(await shown()).toBeNull();
    const where = { action: 'repository.deprecate', target: fullName };
    const rows = await site.app.db.auditEvent.findMany({ where, orderBy: { id: 'asc' } });
    expect(rows.map(({ after }) => after)).toEqual([
      { text: 'No longer\nmaintained.', successor, endsOn: '2027-01-31' },
      { text: 'Gone soon.', successor: '', endsOn: '' },
      { text: null, successor: null, endsOn: null },
    ]);
  });

  test.each(['ghcr.io/acme/app', 'localhost:5000/app', 'registry.example.org/a/b/c'])(
    'may name a successor elsewhere: %s',
    async (successor) => {
      await deprecate({ text: 'Moved.', successor });
      expect(await shown()).toMatchObject({ successor });
    },
  );

  test.each([
    ['no text', { text: ' ' }],
    ['a long text', { text: 'x'.repeat(501) }],
    ['a day that does not exist', { text: 'x', endsOn: '2027-02-31' }],
    ['text that cannot be stored', { text: 'a\0b' }],
    ['a successor that does not exist', { text: 'x', successor: 'nobody/nothing' }],
    ['a successor with a tag', { text: 'x', successor: 'ghcr.io/acme/app:1' }],
    ['a successor that is a link', { text: 'x', successor: 'https://example.org/x' }],
    ['a successor that is a script', { text: 'x', successor: 'javascript:alert(1)' }],
    ['a bare word', { text: 'x', successor: 'nginx' }],
    ['a date that does not exist', { text: 'x', endsOn: '2027-13-01' }],
    ['a time', { text: 'x', endsOn: '2027-01-01T00:00:00Z' }],
  ])('has not %s', async (_what, notice) => {
    await expect(deprecate(notice)).rejects.toMatchObject({ code: 'invalid_input' });
    expect(await shown()).toBeNull();
  });

  test('does not name the repository itself, or one that the publisher cannot see', async () => {
    await expect(deprecate({ text: 'x', successor: fullName })).rejects.toMatchObject({ code: 'invalid_input' });
    const other = await site.createUser();
    await createRepository(site.app, { caller: other.caller, alias: other.alias, name: 'own', visibility: 'private' });
    const hidden = deprecate({ text: 'x', successor: `${other.alias}/own` });
    await expect(hidden).rejects.toMatchObject({ code: 'invalid_input' });
  });

  test('is only for owners and maintainers', async () => {
    const { registryKey } = await site.app.db.alias.findUniqueOrThrow({ where: { name: ada.alias } });
    const pusher = await site.createUser();
    const userId = pusher.caller.principal.userId;
    await site.app.db.member.create({ data: { registryKey, userId, role: 'pusher' } });
    await expect(deprecate({ text: 'x' }, pusher)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(deprecate({ text: 'x' }, await site.createUser())).rejects.toMatchObject({ code: 'forbidden' });
  });
});
