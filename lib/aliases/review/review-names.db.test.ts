// Display name checks and reviews.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkName } from '#lib/publishers/names/check-name.ts';
import { findRegistryByAlias } from '#lib/repositories/find-repository.ts';
import { checkNames } from '#lib/publishers/jobs/check-names.ts';
import { listRegistries } from '#lib/repositories/queries.ts';
import { updateRegistryProfile } from '#lib/publishers/update-registry-profile.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { decideName, listFlaggedNames } from './review-names.ts';

let site: TestApp;
let reviewer: TestUser;
let ada: TestUser;
let registryKey: bigint;
let digits: string;
beforeAll(async () => {
  site = await createTestApp();
  reviewer = await site.createUser({ role: 'reviewer' });
  ada = await site.createUser();
  const registry = await findRegistryByAlias(site.app, ada.alias);
  [registryKey, digits] = [registry?.id ?? 0n, registry?.registryId ?? ''];
  await site.app.db.reservedName.createMany({
    data: [
      { name: 'zephyrcorp', foldedKey: 'zephyrcorp', kind: 'brand', match: 'folded', reason: 'A brand.', source: '' },
      { name: 'tooling', foldedKey: 'toollng', kind: 'generic', match: 'folded', reason: 'A word.', source: '' },
    ],
  });
});
afterAll(() => site.close());

const check = (name: string) => checkName(site.app, { name, registryKey });

test.each([
  'Ada Lovelace',
  'Moonlit Ridge Works',
  'Café Möller & Søn',
  'Quiet tooling people',
  '株式会社月光',
  'Ünïcødé Werkstätten',
  'Moonlit月光',
  'Ada & Co! 🇩🇪',
  'Quiet | Loud @ Home',
  '🙂',
])('passes: %s', async (name) => {
  expect(await check(name)).toBeNull();
});

test.each([
  ['Zephyrcorp', 'reserved name'],
  ['ZEPHYRC0RP', 'reserved name'],
  ['The official Zephyrcorp images', 'reserved name'],
  ['Zephyr Corp', 'reserved name'],
  ['My zephyr corp tools', 'reserved name'],
  ['🅩🅔🅟🅗🅨🅡🅒🅞🅡🅟', 'reserved name'],
  ['🆉🅴🅿🅷🆈🆁🅲🅾🆁🅿', 'reserved name'],
  ['🇿🇪🇵🇭🇾🇷🇨🇴🇷🇵', 'reserved name'],
  ['Z€phyr©orp', 'reserved name'],
  ['zephyrcorp@home', 'reserved name'],
  ['Zephyrcㅇrp', 'look like others'],
  ['Zephyrc〇〇rp', 'look like others'],
  ['Zéphÿrcorp', 'reserved name'],
  ['Ｚｅｐｈｙｒｃｏｒｐ', 'reserved name'],
  ['Zephyrcorp 株式会社', 'reserved name'],
  ['Zephyrcopr', 'could be mistaken for zephyrcorp'],
  ['Zephyrcorps Labs', 'could be mistaken for zephyrcorp'],
  ['Zерhуrсоrр', 'letters that look like others'],
  ['Ζephyrcorp', 'letters that look like others'],
  ['zeρhyrcorp', 'letters that look like others'],
  ['ᴢephyrcorp', 'letters that look like others'],
  ['Tooling', 'reserved name'],
])('flags: %s', async (name, why) => {
  expect(await check(name)).toContain(why);
});

test('flags names similar to another publisher’s alias, but not to one’s own', async () => {
  const other = await findRegistryByAlias(site.app, reviewer.alias);
  const row = { name: 'moonworks', foldedKey: 'rnoonvvorks', status: 'active' } as const;
  await site.app.db.alias.create({ data: { ...row, registryKey: other?.id ?? 0n } });
  expect(await check('Moon Works')).toContain('the alias of another publisher');
  expect(await checkName(site.app, { name: 'Moon Works', registryKey: other?.id ?? 0n })).toBeNull();
});

async function rename(displayName: string) {
  await updateRegistryProfile(site.app, { caller: ada.caller, registryKey, displayName });
}
const state = async () => (await listRegistries(site.app, { userId: ada.caller.principal.userId }))[0]?.nameState;
const queue = async () => {
  const { names } = await listFlaggedNames(site.app, { caller: reviewer.caller, offset: 0, limit: 50 });
  return names.map(({ displayName }) => displayName);
};
const decide = (name: string, isApproved: boolean, user = reviewer) =>
  decideName(site.app, { caller: user.caller, registryId: digits, name, isApproved });

test('a flagged name waits for review, and the decision applies to exactly that name', async () => {
  await rename('Zephyrcorp');
  expect(await state()).toBe('in_review');
  expect(await queue()).toEqual(['Zephyrcorp']);
  await expect(decide('Zephyrcorp', true, ada)).rejects.toMatchObject({ code: 'forbidden' });
  await expect(listFlaggedNames(site.app, { caller: ada.caller, offset: 0, limit: 1 })).rejects.toMatchObject({
    code: 'forbidden',
  });
  await rename('Zephyrcorp Labs');
  await expect(decide('Zephyrcorp', true)).rejects.toMatchObject({ code: 'conflict' });
  await decide('Zephyrcorp Labs', false);
  expect([await state(), await queue()]).toEqual(['declined', []]);
  // Declined names don't return to the queue.
  await checkNames(site.app);
  expect([await state(), await queue()]).toEqual(['declined', []]);
  await rename('Ada');
  await rename('Zephyrcorp Labs');
  expect([await state(), await queue()]).toEqual(['declined', []]);
  await rename('Zephyrcorp');
  await decide('Zephyrcorp', true);
  expect([await state(), await queue()]).toEqual(['approved', []]);
  await expect(decide('Zephyrcorp', true)).rejects.toMatchObject({ code: 'conflict' });
  await rename('Ada Lovelace');
  expect(await state()).toBe('approved');
  const actions = await site.app.db.auditEvent.findMany({
    where: { registryKey, action: { contains: '-name' } },
    orderBy: { id: 'asc' },
  });
  expect(actions.map(({ action }) => action)).toEqual(['registry.decline-name', 'registry.approve-name']);
});

test('a reviewer cannot decide for their own registry', async () => {
  const { userId } = reviewer.caller.principal;
  await site.app.db.member.create({ data: { registryKey, userId, role: 'reader' } });
  await rename('Zephyrcorp Registry');
  await expect(decide('Zephyrcorp Registry', true)).rejects.toMatchObject({ code: 'forbidden' });
});

test('checkNames checks all names that predate the checks', async () => {
  await site.app.db.registry.updateMany({ data: { approvedName: null, flaggedName: null, flaggedAt: null } });
  await checkNames(site.app);
  const rows = await site.app.db.registry.findMany({ where: { id: { gt: 0 }, displayName: { not: '' } } });
  expect(rows.every((row) => row.approvedName === row.displayName || row.flaggedName === row.displayName)).toBe(true);
});
