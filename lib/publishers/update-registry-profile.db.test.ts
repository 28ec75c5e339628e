import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { renameRepository } from '#lib/repositories/moves/rename-repository.ts';
import { updateCatalogData } from '#lib/repositories/update-catalog-data.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { getRegistryProfile } from './registry-profile.ts';
import { EMPTY_PROFILE } from './schema.ts';
import { updateRegistryProfile, type RegistryProfileChanges } from './update-registry-profile.ts';

let site: TestApp;
let owner: TestUser;
let stranger: TestUser;
let registryKey: bigint;
beforeAll(async () => {
  site = await createTestApp();
  owner = await site.createUser();
  stranger = await site.createUser();
  registryKey = await keyOf(owner);
  for (const name of ['aa', 'bb', 'cc', 'nested/name', 'later-private', 'renamed']) await create(owner, name);
  await create(owner, 'secret', 'private');
  await create(stranger, 'foreign');
});
afterAll(() => site.close());

async function keyOf({ alias }: TestUser): Promise<bigint> {
  const found = await site.app.db.alias.findUniqueOrThrow({ where: { name: alias } });
  return found.registryKey ?? 0n;
}

async function create({ caller, alias }: TestUser, name: string, visibility: 'public' | 'private' = 'public') {
  await createRepository(site.app, { caller, alias, name, visibility, catalogData: {} });
}

const update = (changes: RegistryProfileChanges, { caller } = owner) =>
  updateRegistryProfile(site.app, { caller, registryKey, ...changes });
const read = () => getRegistryProfile(site.app, { registryKey });
const events = () =>
  site.app.db.auditEvent.findMany({
    where: { action: 'registry.update-profile' },
    orderBy: { id: 'asc' },
    select: { before: true, after: true },
  });

const FULL = {
  bio: 'We keep tools small.\n\nAnd sharp.',
  website: 'https://acme.example/tools',
  sourceUrl: 'https://git.acme.example/acme',
  contact: 'hello@acme.example',
  bannerColour: 'teal',
} as const;

test('sets the given fields only, and records what changed', async () => {
  expect(await read()).toEqual(EMPTY_PROFILE);
  await update({ ...FULL, bio: '  We keep tools small.  \r\n\r\n\r\n \r\nAnd\tsharp.\n' });
  expect(await read()).toEqual({ ...FULL, bio: 'We keep tools small.\n\nAnd sharp.', pins: [] });
  await update({ website: '', contact: 'https://acme.example/contact' });
  expect(await read()).toEqual({ ...FULL, website: '', contact: 'https://acme.example/contact', pins: [] });
  const [, second] = await events();
  expect(second).toEqual({
    before: { website: FULL.website, contact: FULL.contact },
    after: { website: '', contact: 'https://acme.example/contact' },
  });
});

test('records nothing and indexes nothing when nothing changes', async () => {
  await update(FULL);
  const { length } = await events();
  await update({ ...FULL, pins: [] });
  expect(await events()).toHaveLength(length);
});

test('only a new name is a reason to index the repositories', async () => {
  const versions = async () => {
    const rows = await site.app.db.repository.findMany({ where: { registryKey }, orderBy: { id: 'asc' } });
    return rows.map(({ version }) => version);
  };
  const before = await versions();
  await update({ bio: 'Another text' });
  expect(await versions()).toEqual(before);
  await update({ displayName: 'Quiet Harbour Tools' });
  expect(await versions()).toEqual(before.map((version) => version + 1));
});

describe('pins', () => {
  test('are kept in order, without repetitions and gaps', async () => {
    await update({ pins: ['nested/name', '', 'aa', 'aa', ' bb '] });
    expect((await read()).pins).toEqual(['nested/name', 'aa', 'bb']);
    await update({ pins: ['bb', 'aa'] });
    expect((await read()).pins).toEqual(['bb', 'aa']);
    expect((await events()).at(-1)).toEqual({
      before: { pins: ['nested/name', 'aa', 'bb'] },
      after: { pins: ['bb', 'aa'] },
    });
    await update({ bio: 'Pins stay' });
    expect((await read()).pins).toEqual(['bb', 'aa']);
  });

  test.each(['secret', 'foreign', 'missing', 'a\nb', '%'])('refuse %j, and change nothing', async (name) => {
    await update({ pins: ['aa'] });
    await expect(update({ bio: 'Not saved', pins: ['bb', name] })).rejects.toMatchObject({
      code: 'invalid_input',
      detail: { fieldErrors: { 'pins.1': `This registry has no public repository ${JSON.stringify(name)}.` } },
    });
    expect(await read()).toMatchObject({ bio: expect.not.stringContaining('Not saved') as string, pins: ['aa'] });
  });

  test('drop out when a repository becomes private or goes, and follow a rename', async () => {
    await update({ pins: ['later-private', 'renamed', 'cc'] });
    const { caller, alias } = owner;
    await updateCatalogData(site.app, { caller, fullName: `${alias}/later-private`, visibility: 'private' });
    await renameRepository(site.app, { caller, fullName: `${alias}/renamed`, name: 'new-name' });
    expect((await read()).pins).toEqual(['new-name', 'cc']);
    const where = { registryKey_name: { registryKey, name: 'cc' } };
    const away = await site.app.db.repository.update({ where, data: { registryKey: await keyOf(stranger) } });
    expect((await read()).pins).toEqual(['new-name']);
    await site.app.db.repository.delete({ where: { id: away.id } });
    expect((await read()).pins).toEqual(['new-name']);
  });

  test('survive concurrent changes', async () => {
    const orders = [
      ['aa', 'bb'],
      ['bb', 'aa'],
    ];
    await Promise.all(Array.from({ length: 6 }, (_, i) => update({ pins: orders[i % 2] })));
    expect(orders).toContainEqual((await read()).pins);
  });
});

describe('input', () => {
  test.each([
    ['bio', { bio: 'x'.repeat(501) }],
    ['bio', { bio: 'right-to-left \u202e override' }],
    ['bio', { bio: 'tag \u{e0041}' }],
    ['website', { website: 'http://acme.example' }],
    ['website', { website: 'javascript:alert(1)' }],
    ['website', { website: 'https://user:word@acme.example' }],
    ['website', { website: 'https://localhost' }],
    ['website', { website: 'acme.example' }],
    ['website', { website: `https://acme.example/${'x'.repeat(300)}` }],
    ['sourceUrl', { sourceUrl: 'ssh://git@acme.example/acme' }],
    ['contact', { contact: 'call us' }],
    ['contact', { contact: 'mailto:a@acme.example?bcc=b@acme.example' }],
    ['bannerColour', { bannerColour: 'red;}*{display:none' }],
    ['pins', { pins: ['aa', 'bb', 'aa', 'bb', 'aa', 'bb', 'aa'] }],
    ['displayName', { displayName: ' ' }],
  ])('with a wrong %s is refused: %j', async (field, changes) => {
    await expect(update(changes as RegistryProfileChanges)).rejects.toMatchObject({
      code: 'invalid_input',
      detail: { fieldErrors: { [field]: expect.stringMatching(/\.$/) as string } },
    });
  });

  test('may have emoji and every script', async () => {
    const bio = 'Made by 👩‍💻 and 👨‍👩‍👧.\nمی‌خواهم · 日本語';
    await update({ bio });
    expect((await read()).bio).toBe(bio);
  });
});

test('links are kept as a browser would open them', async () => {
  await update({
    website: 'HTTPS://Acme.Example/',
    sourceUrl: 'https://аpple.example/Tools',
    contact: ' A@acme.example ',
  });
  expect(await read()).toMatchObject({
    website: 'https://acme.example',
    sourceUrl: 'https://xn--pple-43d.example/Tools',
    contact: 'A@acme.example',
  });
});

describe('rights', () => {
  test('strangers and readers change nothing', async () => {
    await expect(update({ bio: 'Mine now' }, stranger)).rejects.toMatchObject({ code: 'forbidden' });
    const reader = await site.createUser();
    const { userId } = reader.caller.principal;
    await site.app.db.member.create({ data: { registryKey, userId, role: 'reader' } });
    await expect(update({ pins: [] }, reader)).rejects.toMatchObject({ code: 'forbidden' });
    expect((await read()).bio).not.toBe('Mine now');
  });

  test('maintainers and admins may change everything', async () => {
    const maintainer = await site.createUser();
    const { userId } = maintainer.caller.principal;
    await site.app.db.member.create({ data: { registryKey, userId, role: 'maintainer' } });
    await update({ ...FULL, pins: ['aa'] }, maintainer);
    expect(await read()).toEqual({ ...FULL, pins: ['aa'] });
    const admin = await site.createUser({ role: 'admin' });
    await update(EMPTY_PROFILE, admin);
    expect(await read()).toEqual(EMPTY_PROFILE);
  });
});
