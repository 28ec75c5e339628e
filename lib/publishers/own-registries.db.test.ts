// A person's several registries, and a registry's settings.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RegistryRole } from '#lib/access/schema.ts';
import { ensureRepository, notYet } from '#lib/distribution/push/ensure-repository.ts';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { listRegistries } from '#lib/repositories/queries.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createRegistry } from './create-registry.ts';
import { ensureRegistry } from './ensure-registry.ts';
import { makeRegistryDefault } from './make-registry-default.ts';
import { getRegistrySettings } from './registry-settings.ts';
import { updateRegistrySettings } from './update-registry-settings.ts';

let site: TestApp;
beforeAll(async () => {
  site = await createTestApp({ REGISTRIES_PER_USER: '3' });
});
afterAll(() => site.close());

const listOf = async ({ caller }: TestUser) => listRegistries(site.app, { userId: caller.principal.userId });
const idsOf = async (user: TestUser) => (await listOf(user)).map(({ id }) => id);

describe('createRegistry', () => {
  test('creates one with a default alias of its own, after the others', async () => {
    const user = await site.createUser();
    const first = await ensureRegistry(site.app, { caller: user.caller });
    const made = await createRegistry(site.app, { caller: user.caller, displayName: '  Second   team ' });
    const registries = await listOf(user);
    expect(registries.map(({ id }) => id)).toEqual([first, made.id]);
    expect(registries[1]).toMatchObject({
      registryId: made.registryId,
      role: 'owner',
      isDefault: false,
      primaryAlias: made.alias,
    });
    expect(registries[1]?.displayName.trim()).toMatch(/^Second +team$/);
    expect(made.alias).toMatch(/^([a-z]\d){4}$/);
    expect(await ensureRegistry(site.app, { caller: user.caller })).toBe(first);
    await createRepository(site.app, { caller: user.caller, alias: made.alias, name: 'app' });
  });

  test('counts concurrent calls against the limit', async () => {
    const user = await site.createUser();
    const calls = Array.from({ length: 5 }, () =>
      createRegistry(site.app, { caller: user.caller, displayName: 'Team' }),
    );
    const refused = (await Promise.allSettled(calls)).filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(3);
    expect(refused[0]).toMatchObject({
      reason: { code: 'quota_exceeded', message: 'You own 3 registries. This site allows 3.' },
    });
    expect(await listOf(user)).toHaveLength(3);
  });

  test.each(['', '   ', 'x'.repeat(101), 'a\nb'])('refuses the name %j', async (displayName) => {
    const user = await site.createUser();
    const made = createRegistry(site.app, { caller: user.caller, displayName });
    await expect(made).rejects.toMatchObject({ code: 'invalid_input' });
    expect(await listOf(user)).toHaveLength(1);
  });
});

describe('makeRegistryDefault', () => {
  test('moves a registry to the front, for its user only', async () => {
    const user = await site.createUser();
    const other = await site.createUser();
    const first = await ensureRegistry(site.app, { caller: user.caller });
    const second = await createRegistry(site.app, { caller: user.caller, displayName: 'Team' });
    const { userId } = other.caller.principal;
    await site.app.db.member.create({ data: { registryKey: second.id, userId, role: 'reader' } });
    await makeRegistryDefault(site.app, { caller: user.caller, registryKey: second.id });
    expect(await idsOf(user)).toEqual([second.id, first]);
    expect(await ensureRegistry(site.app, { caller: user.caller })).toBe(second.id);
    expect((await idsOf(other))[1]).toBe(second.id);
    await makeRegistryDefault(site.app, { caller: user.caller, registryKey: first });
    expect((await listOf(user)).map(({ isDefault }) => isDefault)).toEqual([true, false]);
  });

  test('may be one that the user does not own, which new things of their own do not go to', async () => {
    const [user, owner] = [await site.createUser(), await site.createUser()];
    const own = await ensureRegistry(site.app, { caller: user.caller });
    const team = await ensureRegistry(site.app, { caller: owner.caller });
    const { userId } = user.caller.principal;
    const join = makeRegistryDefault(site.app, { caller: user.caller, registryKey: team });
    await expect(join).rejects.toMatchObject({ code: 'forbidden' });
    await site.app.db.member.create({ data: { registryKey: team, userId, role: 'pusher' } });
    await makeRegistryDefault(site.app, { caller: user.caller, registryKey: team });
    expect(await idsOf(user)).toEqual([team, own]);
    expect(await ensureRegistry(site.app, { caller: user.caller })).toBe(own);
  });
});

describe('the visibility of pushed repositories', () => {
  test('applies to repositories that a push creates, and to nothing else', async () => {
    const { caller, alias } = await site.createUser();
    const registryKey = await ensureRegistry(site.app, { caller });
    const push = (name: string) => ensureRepository(site.app, { caller, repository: notYet(`${alias}/${name}`) });
    expect((await push('before')).visibility).toBe('public');
    await updateRegistrySettings(site.app, { caller, registryKey, pushVisibility: 'private' });
    expect((await push('after')).visibility).toBe('private');
    expect((await push('before')).visibility).toBe('public');
    expect((await createRepository(site.app, { caller, alias, name: 'by-hand' })).visibility).toBe('public');
    const row = await site.app.db.auditEvent.findFirstOrThrow({
      where: { registryKey, action: 'registry.update-settings' },
    });
    expect(row).toMatchObject({ before: { pushVisibility: 'public' }, after: { pushVisibility: 'private' } });
  });

  test.each([
    ['owner', true],
    ['maintainer', true],
    ['pusher', false],
    ['reader', false],
  ] as const)('is changed by a %s: %s', async (role: RegistryRole, isAllowed) => {
    const [owner, member] = [await site.createUser(), await site.createUser()];
    const registryKey = await ensureRegistry(site.app, { caller: owner.caller });
    const { userId } = member.caller.principal;
    await site.app.db.member.create({ data: { registryKey, userId, role } });
    const change = updateRegistrySettings(site.app, { caller: member.caller, registryKey, pushVisibility: 'private' });
    if (isAllowed) await change;
    else await expect(change).rejects.toMatchObject({ code: 'forbidden' });
    const { pushVisibility } = await getRegistrySettings(site.app, { registryKey });
    expect(pushVisibility).toBe(isAllowed ? 'private' : 'public');
  });

  test('accepts public and private only', async () => {
    const { caller } = await site.createUser();
    const registryKey = await ensureRegistry(site.app, { caller });
    const pushVisibility = 'internal' as 'private';
    const change = updateRegistrySettings(site.app, { caller, registryKey, pushVisibility });
    await expect(change).rejects.toMatchObject({ code: 'invalid_input' });
  });
});
