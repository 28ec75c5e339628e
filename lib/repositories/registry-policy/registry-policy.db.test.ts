import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { SYSTEM_CALLER, type RegistryRole, type UserCaller } from '#lib/access/schema.ts';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { findVisibleRepository } from '#lib/repositories/find-visible-repository.ts';
import { acceptTransfer } from '#lib/repositories/moves/accept-transfer.ts';
import { offerTransfer } from '#lib/repositories/moves/offer-transfer.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { basic, createRawClient } from '#lib/testing/servers/raw-http.ts';
import { deleteRegistryPolicy } from './delete-registry-policy.ts';
import { listRegistryPolicyRevisions, readRegistryPolicy } from './read-registry-policy.ts';
import { reviewRegistryPolicy } from './review-registry-policy.ts';
import { setRegistryPolicy } from './set-registry-policy.ts';
import { setRegistryPolicyScope } from './set-registry-policy-scope.ts';

let site: TestApp;
let owner: TestUser;
let other: TestUser;
let registryKey: bigint;
let [registryId, otherId] = ['', ''];
let serial = 0;

beforeAll(async () => {
  site = await createTestApp();
  [owner, other] = [await site.createUser(), await site.createUser()];
  ({ registryKey, registryId } = await registryOf(owner));
  ({ registryId: otherId } = await registryOf(other));
});
afterAll(() => site.close());
afterEach(async () => {
  const data = { policy: null, policyScope: 'V2', pushVisibility: 'public' } as const;
  await site.app.db.registry.updateMany({ data });
});

async function registryOf({ alias }: TestUser) {
  const select = { registryKey: true, registry: { select: { registryId: true } } } as const;
  const row = await site.app.db.alias.findUniqueOrThrow({ where: { name: alias }, select });
  return { registryKey: row.registryKey, registryId: row.registry.registryId };
}

const textOf = (Effect: string, Action: string | string[], Principal: unknown = '*', Resource = '*') =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect, Principal, Action, Resource }] });
const PULL = textOf('Allow', 'ecr:BatchGetImage');
const CLOSED = textOf('Deny', 'ecr:*');

type Saving = { force?: boolean; editedRevision?: number; caller?: UserCaller };
const save = (text: string, more: Saving = {}) =>
  setRegistryPolicy(site.app, { caller: owner.caller, registryKey, text, ...more });
const setScope = (scope: 'V1' | 'V2', caller = owner.caller) =>
  setRegistryPolicyScope(site.app, { caller, registryKey, scope });
const read = (caller = owner.caller) => readRegistryPolicy(site.app, { caller, registryKey });
const nextName = () => `app-${(serial += 1)}`;

async function createPrivate(name = nextName()): Promise<string> {
  await createRepository(site.app, { caller: owner.caller, alias: owner.alias, name, visibility: 'private' });
  return `${owner.alias}/${name}`;
}

async function join(role: RegistryRole): Promise<UserCaller> {
  const { caller } = await site.createUser();
  await site.app.db.member.create({ data: { registryKey, userId: caller.principal.userId, role } });
  return caller;
}

test('a policy is stored as it was written, with its history and audit events', async () => {
  const start = (await read()).revision;
  const spaced = PULL.replaceAll(',', ' ,\n');
  expect(await save(spaced)).toMatchObject({ revision: start + 1, findings: [] });
  expect((await save(spaced)).revision).toBe(start + 1);
  await setScope('V1');
  expect(await read()).toEqual({ policy: spaced, scope: 'V1', revision: start + 1 });
  expect(await deleteRegistryPolicy(site.app, { caller: owner.caller, registryKey })).toBe(spaced);
  await expect(deleteRegistryPolicy(site.app, { caller: owner.caller, registryKey })).rejects.toMatchObject({
    code: 'not_found',
  });
  const revisions = await listRegistryPolicyRevisions(site.app, { registryKey, limit: 10 });
  expect(revisions.map(({ revision, policy, savedBy }) => [revision, policy, savedBy])).toEqual([
    [start + 2, null, owner.email],
    [start + 1, spaced, owner.email],
  ]);
  const events = await site.app.db.auditEvent.findMany({
    where: { action: { startsWith: 'registry.set-policy' }, target: registryId },
    orderBy: { id: 'asc' },
  });
  expect(events.map(({ action, before, after }) => [action, before, after])).toEqual([
    ['registry.set-policy', { policy: null }, { policy: spaced }],
    ['registry.set-policy-scope', { policyScope: 'V2' }, { policyScope: 'V1' }],
    ['registry.set-policy', { policy: spaced }, { policy: null }],
  ]);
});

test('of two who edit the same revision, the second is told', async () => {
  const { revision } = await save(PULL);
  await save(textOf('Allow', 'ecr:PutImage'), { editedRevision: revision });
  await expect(save(PULL, { editedRevision: revision })).rejects.toMatchObject({ code: 'conflict' });
});

test.each<[string, string, RegExp]>([
  [
    'without a resource',
    JSON.stringify({ Statement: { Effect: 'Allow', Principal: '*', Action: '*' } }),
    /Add Resource/,
  ],
  ['about an unknown registry', textOf('Allow', 'ecr:*', { AWS: '999999999999' }), /999999999999 doesn't exist/],
  ['about an unknown action', textOf('Allow', 'ecr:Pull'), /"ecr:Pull" isn't an action/],
  ['of 10,241 characters', PULL.padEnd(10_241), /at most 10240 characters/],
])('a policy %s is refused', async (_what, text, message) => {
  await expect(save(text)).rejects.toMatchObject({
    code: 'invalid_input',
    message: expect.stringMatching(message) as string,
  });
  expect((await reviewRegistryPolicy(site.app, { caller: owner.caller, registryKey, text })).isValid).toBe(false);
});

test('a review shows the difference and what has no effect', async () => {
  await save(PULL);
  const text = textOf('Allow', ['ecr:BatchGetImage', 'ecr-public:PutImage']);
  const review = await reviewRegistryPolicy(site.app, { caller: owner.caller, registryKey, text });
  expect(review).toMatchObject({
    isValid: true,
    isLockOut: false,
    findings: [{ severity: 'warning', message: expect.stringContaining('A registry policy is about') as string }],
  });
  expect(review.diff.filter(({ change }) => change === 'added').length).toBeGreaterThan(0);
  await setScope('V1');
  const { findings } = await reviewRegistryPolicy(site.app, { caller: owner.caller, registryKey, text: PULL });
  expect(findings).toMatchObject([{ message: expect.stringContaining('The scope V1 is about ecr:Repl') as string }]);
});

describe('who may change it', () => {
  test('are owners and maintainers', async () => {
    const maintainer = await join('maintainer');
    await save(PULL, { caller: maintainer });
    for (const caller of [other.caller, await join('pusher')]) {
      await expect(save(PULL, { caller })).rejects.toMatchObject({ code: 'forbidden' });
      await expect(read(caller)).rejects.toMatchObject({ code: 'forbidden' });
      await expect(setScope('V1', caller)).rejects.toMatchObject({ code: 'forbidden' });
      await expect(deleteRegistryPolicy(site.app, { caller, registryKey })).rejects.toMatchObject({
        code: 'forbidden',
      });
    }
  });

  test('are not those whom it locks out, but admins and the operator remove it', async () => {
    await expect(save(CLOSED)).rejects.toMatchObject({ code: 'invalid_input', detail: { isLockOut: true } });
    const admin = await site.createUser({ role: 'admin' });
    for (const caller of [admin.caller, SYSTEM_CALLER]) {
      await save(CLOSED, { force: true });
      await expect(save(PULL)).rejects.toMatchObject({ code: 'forbidden' });
      await expect(setScope('V1')).rejects.toMatchObject({ code: 'forbidden' });
      expect(await deleteRegistryPolicy(site.app, { caller, registryKey })).toBe(CLOSED);
      expect(await save(PULL)).toMatchObject({ findings: [] });
    }
  });

  test('keep the right to, when the scope changes', async () => {
    await setScope('V1');
    await save(CLOSED);
    await expect(setScope('V2')).rejects.toMatchObject({ code: 'invalid_input', detail: { isLockOut: true } });
    expect(await read()).toMatchObject({ policy: CLOSED, scope: 'V1' });
  });
});

describe('creating a repository', () => {
  const push = async (user: TestUser, name: string) => {
    const path = `/v2/${owner.alias}/${name}/blobs/uploads/`;
    return (await createRawClient(site.url, basic(user.token)).send('POST', path)).status;
  };

  test.each(['V1', 'V2'] as const)('is refused by a policy of scope %s', async (scope) => {
    await setScope(scope);
    const Resource = `arn:aws:ecr:*:${registryId}:repository/closed/*`;
    await save(textOf('Deny', 'ecr:CreateRepository', '*', Resource));
    await expect(createPrivate(`closed/${nextName()}`)).rejects.toMatchObject({ code: 'forbidden' });
    expect([await push(owner, `closed/${nextName()}`), await push(owner, `open/${nextName()}`)]).toEqual([403, 202]);
  });

  test('by a push from another registry takes its policy', async () => {
    const name = nextName();
    await site.app.db.registry.update({ where: { id: registryKey }, data: { pushVisibility: 'private' } });
    expect(await push(other, name)).toBe(403);
    await save(textOf('Allow', 'ecr:CreateRepository', { AWS: otherId }));
    expect(await push(other, name)).toBe(403);
    const steps = ['ecr:CreateRepository', 'ecr:PutImage', 'ecr:InitiateLayerUpload'];
    await save(textOf('Allow', steps, { AWS: otherId }));
    expect(await push(other, name)).toBe(202);
    await site.app.db.registry.update({ where: { id: registryKey }, data: { pushVisibility: 'public' } });
    expect(await push(other, nextName())).toBe(403);
  });
});

test('a transferred repository falls under the policy of its new registry', async () => {
  const fullName = await createPrivate();
  const seenBy = async (caller: UserCaller, name: string) =>
    (await findVisibleRepository(site.app, { caller, fullName: name })) !== null;
  const { caller: guest } = await site.createUser();
  await save(PULL);
  expect(await seenBy(guest, fullName)).toBe(true);
  const id = await offerTransfer(site.app, { caller: owner.caller, fullName, to: other.alias });
  const moved = await acceptTransfer(site.app, { caller: other.caller, id });
  expect(await seenBy(guest, moved)).toBe(false);
  const { registryKey: otherKey } = await registryOf(other);
  await setRegistryPolicy(site.app, { caller: other.caller, registryKey: otherKey, text: PULL });
  expect(await seenBy(guest, moved)).toBe(true);
});
