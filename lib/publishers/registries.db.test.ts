import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import { grantAlias } from '#lib/aliases/grant-alias.ts';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { ensureRegistry } from './ensure-registry.ts';
import { findRepository } from '#lib/repositories/find-repository.ts';
import { foldAlias } from '#lib/publishers/names/fold-alias.ts';
import { getCatalogData, listRegistries } from '#lib/repositories/queries.ts';
import { updateCatalogData } from '#lib/repositories/update-catalog-data.ts';

let site: TestApp;
beforeAll(async () => {
  site = await createTestApp();
});
afterAll(() => site.close());

const EMPTY = {
  description: '',
  aboutText: '',
  usageText: '',
  operatingSystems: [],
  architectures: [],
  categories: [],
};

describe('ensureRegistry', () => {
  test('creates one registry and default alias for concurrent first calls', async () => {
    const { caller } = await site.createUser();
    await site.app.db.registry.deleteMany({ where: { members: { some: { userId: caller.principal.userId } } } });
    const ids = await Promise.all(Array.from({ length: 20 }, () => ensureRegistry(site.app, { caller })));
    expect(new Set(ids).size).toBe(1);
    const [registry, ...others] = await listRegistries(site.app, { userId: caller.principal.userId });
    expect(others).toEqual([]);
    expect(registry?.registryId).toMatch(/^[1-9]\d{11}$/);
    expect(registry?.aliases).toEqual([
      { name: expect.stringMatching(/^([a-z]\d){4}$/) as string, primary: true, default: true },
    ]);
  });
});

describe('createRepository', () => {
  test('one of two concurrent calls succeeds', async () => {
    const { caller, alias } = await site.createUser();
    const create = () => createRepository(site.app, { caller, alias, name: 'race' });
    const results = await Promise.allSettled([create(), create()]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'name_taken' } });
  });

  test.each(['', 'a', 'Upper', 'a/../b', 'a//b', '/a', 'a/', 'a b', 'é', '-a', 'a'.repeat(201), 'a%2fb'])(
    'rejects the name "%s"',
    async (name) => {
      const { caller, alias } = await site.createUser();
      await expect(createRepository(site.app, { caller, alias, name })).rejects.toMatchObject({
        code: 'invalid_input',
      });
      expect(await site.app.db.repository.count({ where: { registry: { aliases: { some: { name: alias } } } } })).toBe(
        0,
      );
    },
  );

  test('requires membership', async () => {
    const { alias } = await site.createUser();
    const { caller } = await site.createUser();
    await expect(createRepository(site.app, { caller, alias, name: 'mine' })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });
});

describe('updateCatalogData', () => {
  test('replaces all fields and records before and after', async () => {
    const { caller, alias } = await site.createUser();
    const { id } = await createRepository(site.app, { caller, alias, name: 'page' });
    const catalogData = {
      ...EMPTY,
      description: 'What it is',
      aboutText: '# About',
      architectures: ['arm64'],
      categories: ['databases'],
    };
    await updateCatalogData(site.app, { caller, fullName: `${alias}/page`, catalogData });
    expect(await getCatalogData(site.app, { repositoryId: id })).toMatchObject({
      ...catalogData,
      logoId: null,
      sourceUrl: null,
      untaggedDays: null,
      featuredTag: null,
      isLogoShown: false,
    });
    const row = await site.app.db.auditEvent.findFirstOrThrow({
      where: { action: 'repository.update-catalog-data', target: `${alias}/page` },
    });
    expect(row).toMatchObject({
      actorId: caller.principal.userId,
      before: { description: '' },
      after: { description: 'What it is' },
    });
  });

  test.each([
    ['a multi-line description', { ...EMPTY, description: 'one\ntwo' }],
    ['a description that is too long', { ...EMPTY, description: 'x'.repeat(1_025) }],
    ['an about text that is too long', { ...EMPTY, aboutText: 'x'.repeat(25_601) }],
    ['too many categories', { ...EMPTY, categories: ['databases', 'games', 'iot', 'media'] }],
    ['an unknown category', { ...EMPTY, categories: ['cheese'] }],
    ['too many labels', { ...EMPTY, architectures: Array.from({ length: 51 }, (_, i) => `a${i}`) }],
  ])('rejects %s', async (_name, catalogData) => {
    const { caller, alias } = await site.createUser();
    await createRepository(site.app, { caller, alias, name: 'page' });
    const update = updateCatalogData(site.app, { caller, fullName: `${alias}/page`, catalogData });
    await expect(update).rejects.toMatchObject({ code: 'invalid_input' });
  });

  test('requires membership, and reports private repositories as not found', async () => {
    const owner = await site.createUser();
    const stranger = await site.createUser();
    for (const [visibility, code] of [
      ['public', 'forbidden'],
      ['private', 'repository_not_found'],
    ] as const) {
      await createRepository(site.app, { caller: owner.caller, alias: owner.alias, name: visibility, visibility });
      const input = { caller: stranger.caller, fullName: `${owner.alias}/${visibility}`, catalogData: EMPTY };
      await expect(updateCatalogData(site.app, input)).rejects.toMatchObject({ code });
    }
  });
});

describe('grantAlias', () => {
  test('both aliases resolve, the new one is primary and look-alikes are taken', async () => {
    const { caller, alias } = await site.createUser();
    const registryKey = await ensureRegistry(site.app, { caller });
    await createRepository(site.app, { caller, alias, name: 'app' });
    await grantAlias(site.app, { caller: SYSTEM_CALLER, registryKey, name: 'modern-tools', makePrimary: true });
    expect((await findRepository(site.app, 'modern-tools/app'))?.id).toBe(
      (await findRepository(site.app, `${alias}/app`))?.id,
    );
    for (const name of ['modern-tools', 'moderntools', 'm0dern.tools', 'modem-too1s', 'search']) {
      const grant = grantAlias(site.app, { caller: SYSTEM_CALLER, registryKey, name, makePrimary: false });
      await expect(grant, name).rejects.toMatchObject({ code: 'name_taken' });
    }
  });

  test('foldAlias maps look-alikes', () => {
    expect(foldAlias('rn-VV.1i')).toBe('rnvvll');
    expect(foldAlias('m-w.1i')).toBe('rnvvll');
  });
});
