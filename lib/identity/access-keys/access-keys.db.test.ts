import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { UserCaller } from '#lib/access/schema.ts';
import { readConfig } from '#lib/config.ts';
import { createApp } from '#lib/create-app.ts';
import { disableUser } from '#lib/identity/accounts/disable-user.ts';
import { createAccessToken } from '#lib/identity/credentials/create-access-token.ts';
import { authenticateAccessToken } from '#lib/identity/credentials/authenticate-access-token.ts';
import { createLog } from '#lib/platform/log.ts';
import { ensureRegistry } from '#lib/publishers/ensure-registry.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createAccessKey } from './create-access-key.ts';
import { deleteAccessKey } from './delete-access-key.ts';
import { findKeyHolder } from './find-key-holder.ts';
import { listAccessKeys } from './list-access-keys.ts';
import { openMasterKeys } from '#lib/keys/master-keys.ts';
import { deriveAccessKeySecret } from './access-key-secret.ts';
import { switchAccessKey } from './switch-access-key.ts';

const masterKey = randomBytes(32).toString('base64url');
let vitrine: TestApp;
let owner: TestUser;
let member: TestUser;
let registryKey: bigint;

beforeAll(async () => {
  vitrine = await createTestApp({ MASTER_KEY: masterKey });
  owner = await vitrine.createUser();
  member = await vitrine.createUser();
  registryKey = await ensureRegistry(vitrine.app, { caller: owner.caller });
  const { userId } = member.caller.principal;
  await vitrine.app.db.member.create({ data: { registryKey, userId, role: 'reader' } });
});
afterAll(() => vitrine.close());

const create = (caller: UserCaller) => createAccessKey(vitrine.app, { caller, registryKey });
const idsSeenBy = async ({ caller }: TestUser) =>
  (await listAccessKeys(vitrine.app, { caller, registryKey })).map(({ accessKeyId }) => accessKeyId);

test('a member has at most two keys, with the shapes of AWS, and no secret is stored', async () => {
  const [first, second] = [await create(member.caller), await create(member.caller)];
  for (const { accessKeyId, secretAccessKey, registryId } of [first, second]) {
    expect(accessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/);
    expect(secretAccessKey).toMatch(/^[A-Za-z0-9+/]{40}$/);
    expect(registryId).toMatch(/^\d{12}$/);
    const rows = JSON.stringify(await vitrine.app.db.accessKey.findMany(), (_, value: unknown) => String(value));
    expect(rows).not.toContain(secretAccessKey);
  }
  await expect(create(member.caller)).rejects.toMatchObject({ code: 'conflict' });
  const { caller } = member;
  await deleteAccessKey(vitrine.app, { caller, registryKey, accessKeyId: first.accessKeyId });
  await create(caller);
});

test('two keys that are created at once never make three', async () => {
  const busy = await vitrine.createUser();
  const own = await ensureRegistry(vitrine.app, { caller: busy.caller });
  const asked = Array.from({ length: 5 }, () =>
    createAccessKey(vitrine.app, { caller: busy.caller, registryKey: own }),
  );
  const created = (await Promise.allSettled(asked)).filter(({ status }) => status === 'fulfilled');
  expect(created).toHaveLength(2);
});

test('members manage their own keys, and owners those of every member', async () => {
  const { accessKeyId } = await create(owner.caller);
  expect(await idsSeenBy(member)).not.toContain(accessKeyId);
  expect(await idsSeenBy(owner)).toEqual(expect.arrayContaining([accessKeyId, ...(await idsSeenBy(member))]));
  const key = { registryKey, accessKeyId };
  await expect(deleteAccessKey(vitrine.app, { caller: member.caller, ...key })).rejects.toMatchObject({
    code: 'forbidden',
  });
  const [ofMember = ''] = await idsSeenBy(member);
  await switchAccessKey(vitrine.app, { caller: owner.caller, registryKey, accessKeyId: ofMember, isEnabled: false });
  expect(await findKeyHolder(vitrine.app, ofMember)).toBeNull();
  await switchAccessKey(vitrine.app, { caller: member.caller, registryKey, accessKeyId: ofMember, isEnabled: true });
  expect(await findKeyHolder(vitrine.app, ofMember)).toMatchObject({ membership: { role: 'reader' } });
});

test('a condition in place of a key’s id reaches no key', async () => {
  const forger = await vitrine.createUser();
  const own = await ensureRegistry(vitrine.app, { caller: forger.caller });
  await createAccessKey(vitrine.app, { caller: forger.caller, registryKey: own });
  const before = await vitrine.app.db.accessKey.findMany({ orderBy: { id: 'asc' } });
  expect(new Set(before.map((key) => key.registryKey)).size).toBeGreaterThan(1);
  // The arguments of a server action are whatever its client sends.
  const accessKeyId = { startsWith: 'AKIA' } as unknown as string;
  const key = { caller: forger.caller, registryKey: own, accessKeyId };
  await expect(switchAccessKey(vitrine.app, { ...key, isEnabled: false })).rejects.toMatchObject({ code: 'not_found' });
  await expect(deleteAccessKey(vitrine.app, key)).rejects.toMatchObject({ code: 'not_found' });
  expect(await vitrine.app.db.accessKey.findMany({ orderBy: { id: 'asc' } })).toEqual(before);
});

describe('a key ends', () => {
  test('with its membership', async () => {
    const leaver = await vitrine.createUser();
    const { userId } = leaver.caller.principal;
    await vitrine.app.db.member.create({ data: { registryKey, userId, role: 'owner' } });
    const { accessKeyId } = await create(leaver.caller);
    await vitrine.app.db.member.delete({ where: { registryKey_userId: { registryKey, userId } } });
    expect(await findKeyHolder(vitrine.app, accessKeyId)).toBeNull();
    expect(await vitrine.app.db.accessKey.count({ where: { id: accessKeyId } })).toBe(0);
  });

  test('when its account is disabled', async () => {
    const gone = await vitrine.createUser();
    const own = await ensureRegistry(vitrine.app, { caller: gone.caller });
    const { accessKeyId } = await createAccessKey(vitrine.app, { caller: gone.caller, registryKey: own });
    const { caller } = await vitrine.createUser({ role: 'admin' });
    await disableUser(vitrine.app, { caller, userId: gone.caller.principal.userId, reason: 'a test' });
    // Its credentials end for good.
    expect(await vitrine.app.db.accessKey.count({ where: { id: accessKeyId } })).toBe(0);
    expect(await findKeyHolder(vitrine.app, accessKeyId)).toBeNull();
  });
});

describe('an access token', () => {
  async function callerOf(user: TestUser, scopes: string[]): Promise<UserCaller> {
    const { secret } = await createAccessToken(vitrine.app, {
      caller: user.caller,
      name: 't',
      scopes,
      expiresInDays: 1,
    });
    return { ...user.caller, principal: await authenticateAccessToken(vitrine.app, secret) };
  }

  test.each([
    [['api:write']],
    [['pull', 'push', 'api:write']],
    [['repository:acme/*:pull,push,delete', 'api:write']],
    [['pull', 'push', 'delete', 'api:read']],
  ])('with the scopes %j buys no key', async (scopes) => {
    const user = await vitrine.createUser();
    const own = await ensureRegistry(vitrine.app, { caller: user.caller });
    const caller = await callerOf(user, scopes);
    await expect(createAccessKey(vitrine.app, { caller, registryKey: own })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  test('that may do everything buys a key that lives no longer', async () => {
    const user = await vitrine.createUser();
    const own = await ensureRegistry(vitrine.app, { caller: user.caller });
    const caller = await callerOf(user, ['pull', 'push', 'delete', 'api:write']);
    const { accessKeyId } = await createAccessKey(vitrine.app, { caller, registryKey: own });
    const { expiresAt } = await vitrine.app.db.accessKey.findUniqueOrThrow({ where: { id: accessKeyId } });
    expect(expiresAt).toEqual(caller.principal.credentialExpiresAt);
  });
});

describe('the master key', () => {
  const settings = (value: string) => ({ ...vitrine.app.config, ...readConfig({ MASTER_KEY: value }) });
  const open = (value: string) => openMasterKeys(settings(value));
  const key = { accessKeyId: 'AKIAABCDEFGHIJKLMNOP', keyVersion: 1 };

  test('keeps older keys valid when a version is added, and ends them when theirs is removed', () => {
    const newer = randomBytes(32).toString('base64url');
    const before = deriveAccessKeySecret(open(masterKey), key);
    const rotated = open(`2:${newer},1:${masterKey}`);
    expect(rotated.newest).toBe(2);
    expect(deriveAccessKeySecret(rotated, key)).toBe(before);
    expect(deriveAccessKeySecret(rotated, { ...key, keyVersion: 2 })).not.toBe(before);
    expect(deriveAccessKeySecret(open(`2:${newer}`), key)).toBeNull();
  });

  test.each(['short', `1:${'a'.repeat(40)},1:${'b'.repeat(40)}`, `x:${'a'.repeat(40)}`, `${'a'.repeat(40)},`])(
    'may not be %s',
    (value) => {
      expect(() => readConfig({ MASTER_KEY: value })).toThrow(/^MASTER_KEY must be a secret of at least 32 characters/);
    },
  );

  test('must be the one that the site has used', async () => {
    const { databaseUrl, dataDir } = vitrine.app.config;
    const config = readConfig({
      DATABASE_URL: databaseUrl,
      DATA_DIR: dataDir,
      MASTER_KEY: randomBytes(32).toString('hex'),
    });
    await expect(createApp(config, createLog('silent', false))).rejects.toThrow(/Version 1 of the master key differs/);
  });
});
