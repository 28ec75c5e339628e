import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { checkAlias } from './check-alias.ts';
import { evaluateChecks, type CheckFacts } from './evaluate-checks.ts';
import { importReservedNames } from '#lib/aliases/reserved/import-reserved-names.ts';
import { addReservedName, listReservedNames, removeReservedName } from '#lib/aliases/reserved/reserved-names.ts';
import type { CheckCode, Verdict } from '#lib/aliases/schema.ts';

const CLEAN: CheckFacts = {
  name: 'bluewhistle',
  holder: null,
  reserved: [],
  lookAlikes: [],
  accountAgeDays: 90,
  declinedCount: 0,
  provenDomains: [],
  openRequests: 0,
  customAliases: 0,
  blockedUntil: null,
};
const since = new Date('2026-01-01');
const reserved = (kind: CheckFacts['reserved'][0]['kind']): CheckFacts['reserved'] => [
  { name: 'x', kind, match: 'exact', reason: 'Because.' },
];
const holder = (status: 'pending' | 'active' | 'released', isOwn = false): CheckFacts['holder'] => ({
  name: 'bluewhistle',
  isOwn,
  status,
  since,
});

describe('evaluateChecks', () => {
  test.each<[string, Partial<CheckFacts>, CheckCode, Verdict, boolean]>([
    ['an unremarkable name', {}, 'syntax', 'pass', false],
    ['uppercase letters', { name: 'Blue' }, 'syntax', 'block', false],
    ['one character', { name: 'b' }, 'syntax', 'block', false],
    ['two separators', { name: 'a1--b' }, 'syntax', 'block', false],
    ['the shape of default aliases', { name: 'a1b2c3d4' }, 'shape', 'block', false],
    ['the shape of digests', { name: 'abcdef012345' }, 'shape', 'block', false],
    ['a taken name', { holder: holder('active') }, 'taken', 'block', false],
    ['a name in review', { holder: holder('pending') }, 'taken', 'block', false],
    ['a released name', { holder: holder('released', true) }, 'taken', 'block', false],
    ['a site route', { reserved: reserved('route') }, 'reserved', 'block', false],
    ['a blocked word', { reserved: reserved('blocked') }, 'reserved', 'block', false],
    ['a brand', { reserved: reserved('brand') }, 'reserved', 'flag', true],
    ['a service', { reserved: reserved('service') }, 'reserved', 'flag', true],
    ['a generic word', { reserved: reserved('generic') }, 'reserved', 'flag', true],
    ['a look-alike', { lookAlikes: [{ name: 'y', why: 'looks like it' }] }, 'look_alike', 'flag', false],
    ['a short name', { name: 'abc' }, 'short', 'flag', true],
    ['a new account', { accountAgeDays: 1 }, 'requester', 'flag', false],
    [
      'a new account with a look-alike',
      { accountAgeDays: 1, lookAlikes: [{ name: 'y', why: 'z' }] },
      'requester',
      'flag',
      true,
    ],
    [
      'a proven domain with that name',
      { accountAgeDays: 1, provenDomains: ['bluewhistle.example'] },
      'requester',
      'pass',
      false,
    ],
    ['an open request', { openRequests: 1 }, 'limits', 'block', false],
    ['three aliases', { customAliases: 3 }, 'limits', 'block', false],
    ['a recently declined name', { blockedUntil: since }, 'limits', 'block', false],
  ])('%s', (_name, facts, code, verdict, needsTwo) => {
    const evaluation = evaluateChecks({ ...CLEAN, ...facts });
    expect(evaluation.checks.find((check) => check.code === code)).toMatchObject({
      verdict,
      sentence: expect.stringMatching(/.+[.]$/) as string,
    });
    expect(evaluation.needsTwo).toBe(needsTwo);
    expect(evaluation.verdict).toBe(verdict);
  });
});

describe('checkAlias with reserved names', () => {
  let site: TestApp;
  let admin: UserCaller;
  let user: UserCaller;
  beforeAll(async () => {
    site = await createTestApp();
    admin = (await site.createUser({ role: 'admin' })).caller;
    user = (await site.createUser()).caller;
  });
  afterAll(() => site.close());
  const verdictOf = async (name: string) => (await checkAlias(site.app, { name, registryKey: 0n })).verdict;

  test('blocks routes and bad words, and flags brands and look-alikes from the starter list', async () => {
    expect(await verdictOf('search')).toBe('block');
    expect(await verdictOf('malware')).toBe('block');
    expect(await verdictOf('kubernetes')).toBe('flag');
    expect(await verdictOf('kubernetess')).toBe('flag');
    expect(await verdictOf('aws-tools')).toBe('flag');
    expect(await verdictOf('nginx-official')).toBe('flag');
  });

  test('only admins add and remove reserved names', async () => {
    const entry = {
      name: 'Tangerine',
      kind: 'blocked' as const,
      match: 'prefix' as const,
      reason: 'Not here.',
      source: '',
    };
    await expect(addReservedName(site.app, { caller: user, ...entry })).rejects.toMatchObject({ code: 'forbidden' });
    await addReservedName(site.app, { caller: admin, ...entry });
    await expect(addReservedName(site.app, { caller: admin, ...entry })).rejects.toMatchObject({ code: 'name_taken' });
    expect(await verdictOf('tangerine-dream')).toBe('block');
    const { entries } = await listReservedNames(site.app, { query: 'tanger', kind: null, offset: 0, limit: 5 });
    await expect(removeReservedName(site.app, { caller: user, id: entries[0]?.id ?? '' })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await removeReservedName(site.app, { caller: admin, id: entries[0]?.id ?? '' });
    expect(await verdictOf('tangerine-dream')).toBe('flag');
    await expect(removeReservedName(site.app, { caller: admin, id: 'x' })).rejects.toMatchObject({ code: 'not_found' });
  });

  test('an import supports dry runs and imports nothing if any line is invalid', async () => {
    const { caller, alias } = await site.createUser();
    const header = 'name,kind,match,reason,source';
    const run = (csv: string, isDryRun: boolean) => importReservedNames(site.app, { caller: admin, csv, isDryRun });
    const csv = `${header}\nmarigold,brand,folded,"A brand, known",list\n${alias},brand,exact,Taken,\n`;
    const planned = await run(csv, true);
    expect(planned).toMatchObject({ added: 2, known: 0, problems: [], collisions: [{ name: alias, alias }] });
    expect(await site.app.db.reservedName.count({ where: { name: 'marigold' } })).toBe(0);
    expect(await run(csv, false)).toMatchObject({ added: 2 });
    expect(await run(csv, false)).toMatchObject({ added: 0, known: 2 });
    const bad = await run(
      `${header}\nfine,brand,folded,ok,\nBAD NAME,brand,folded,x,\nfine,brand,folded,again,\nz,nonsense,folded,x,`,
      false,
    );
    expect(bad.problems.map(({ line }) => line)).toEqual([3, 4, 5]);
    expect(await site.app.db.reservedName.count({ where: { name: 'fine' } })).toBe(0);
    await expect(run('a,b\n1,2', true)).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(importReservedNames(site.app, { caller, csv, isDryRun: true })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  test('an import parses quotes, commas, line breaks, a byte order mark and empty lines', async () => {
    const run = (rows: string) =>
      importReservedNames(site.app, {
        caller: admin,
        csv: `\uFEFFname,kind,match,reason,source\r\n${rows}`,
        isDryRun: true,
      });
    const rows = ',,,,\r\n"csv-one",brand,exact,"Says ""x"",\nand y",\r\n\r\nNOT VALID,brand,exact,x,';
    expect((await run(rows)).problems.map(({ line }) => line)).toEqual([6]);
    expect(await run('"csv-one",brand,exact,"Says ""x"",\nand y",\r\n\r\n')).toMatchObject({ added: 1, problems: [] });
    await expect(run('csv-two,brand,exact,"open')).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringMatching(/^The file is not valid CSV: Quote Not Closed/) as string,
    });
  });
});
