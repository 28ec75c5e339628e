import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SYSTEM_CALLER, type UserCaller } from '#lib/access/schema.ts';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { deleteRepository } from '#lib/repositories/deletions/delete-repository.ts';
import { restoreDeletion } from '#lib/repositories/deletions/restore-deletion.ts';
import { findRepository } from '#lib/repositories/find-repository.ts';
import { acceptTransfer } from '#lib/repositories/moves/accept-transfer.ts';
import { offerTransfer } from '#lib/repositories/moves/offer-transfer.ts';
import { renameRepository } from '#lib/repositories/moves/rename-repository.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { deleteRepositoryPolicy } from './delete-repository-policy.ts';
import { listPolicyRevisions, readRepositoryPolicy } from './read-repository-policy.ts';
import { setRepositoryPolicy } from './set-repository-policy.ts';

let site: TestApp;
let owner: TestUser;
let other: TestUser;
let registryId: string;
let serial = 0;
let name = '';

beforeAll(async () => {
  site = await createTestApp();
  [owner, other] = [await site.createUser(), await site.createUser()];
  const alias = await site.app.db.alias.findUniqueOrThrow({
    where: { name: owner.alias },
    select: { registry: { select: { registryId: true } } },
  });
  ({ registryId } = alias.registry);
});
afterAll(() => site.close());
beforeEach(async () => {
  name = `app-${(serial += 1)}`;
  await createRepository(site.app, { caller: owner.caller, alias: owner.alias, name, visibility: 'private' });
});

const textOf = (Effect: string, Action: string, Principal: unknown = '*') =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect, Principal, Action }] });
const PULL = textOf('Allow', 'ecr:BatchGetImage');
const PUSH = textOf('Allow', 'ecr:PutImage');
const CLOSED = textOf('Deny', 'ecr:*');

const fullName = () => `${owner.alias}/${name}`;
const save = (text: string, more: { force?: boolean; editedRevision?: number; caller?: UserCaller } = {}) =>
  setRepositoryPolicy(site.app, { caller: owner.caller, fullName: fullName(), text, ...more });
const remove = (caller = owner.caller) => deleteRepositoryPolicy(site.app, { caller, fullName: fullName() });
const read = (caller = owner.caller) => readRepositoryPolicy(site.app, { caller, fullName: fullName() });

test('a policy is stored as it was written, with its history and an audit event', async () => {
  expect(await read()).toMatchObject({ policy: null, revision: 0 });
  const spaced = PULL.replaceAll(',', ' ,\n');
  expect(await save(spaced)).toMatchObject({ revision: 1, findings: [] });
  expect((await save(spaced)).revision).toBe(1);
  await save(PUSH);
  expect(await remove()).toBe(PUSH);
  expect(await read()).toMatchObject({ policy: null, revision: 3 });
  const { id: repositoryId } = (await findRepository(site.app, fullName())) ?? { id: 0n };
  const revisions = await listPolicyRevisions(site.app, { repositoryId, limit: 10 });
  expect(revisions.map(({ revision, policy }) => [revision, policy])).toEqual([
    [3, null],
    [2, PUSH],
    [1, spaced],
  ]);
  expect(revisions[0]?.savedBy).toBe(owner.email);
  expect(await listPolicyRevisions(site.app, { repositoryId, before: 3, limit: 1 })).toMatchObject([{ revision: 2 }]);
  const events = await site.app.db.auditEvent.findMany({
    where: { action: 'repository.set-policy', target: fullName() },
    orderBy: { id: 'asc' },
  });
  expect(events.map(({ before, after }) => [before, after])).toEqual([
    [{ policy: null }, { policy: spaced }],
    [{ policy: spaced }, { policy: PUSH }],
    [{ policy: PUSH }, { policy: null }],
  ]);
  await expect(remove()).rejects.toMatchObject({ code: 'not_found' });
});

test('of two who edit the same revision, the second is told', async () => {
  await save(PULL);
  await save(PUSH, { editedRevision: 1 });
  await expect(save(PULL, { editedRevision: 1 })).rejects.toMatchObject({ code: 'conflict' });
  expect(await read()).toMatchObject({ policy: PUSH, revision: 2 });
  const both = await Promise.allSettled([
    save(PULL, { editedRevision: 2 }),
    save(CLOSED, { editedRevision: 2, force: true }),
  ]);
  expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('only the latest hundred revisions are kept', async () => {
  const { id: repositoryId } = (await findRepository(site.app, fullName())) ?? { id: 0n };
  await save(PULL);
  await site.app.db.repository.update({ where: { id: repositoryId }, data: { policyRevision: 100 } });
  await save(PUSH);
  const kept = await listPolicyRevisions(site.app, { repositoryId, limit: 10 });
  expect(kept.map(({ revision }) => revision)).toEqual([101]);
});

describe('who may change it', () => {
  test('are owners and maintainers; others don’t learn that the repository exists', async () => {
    await expect(save(PULL, { caller: other.caller })).rejects.toMatchObject({ code: 'repository_not_found' });
    await expect(remove(other.caller)).rejects.toMatchObject({ code: 'repository_not_found' });
    await expect(read(other.caller)).rejects.toMatchObject({ code: 'repository_not_found' });
    const reader = await site.createUser();
    const { registryKey } = await site.app.db.alias.findUniqueOrThrow({ where: { name: owner.alias } });
    const { userId } = reader.caller.principal;
    await site.app.db.member.create({ data: { registryKey, userId, role: 'reader' } });
    await expect(save(PULL, { caller: reader.caller })).rejects.toMatchObject({ code: 'forbidden' });
    expect(await read(reader.caller)).toMatchObject({ policy: null });
  });

  test('are those whom the policy says, even without a pull', async () => {
    await save(textOf('Allow', 'ecr:*RepositoryPolicy'));
    expect((await save(PULL, { caller: other.caller, force: true })).revision).toBe(2);
  });
});

describe('a policy that locks its author out', () => {
  test('is refused, and saved with force', async () => {
    await expect(save(CLOSED)).rejects.toMatchObject({ code: 'invalid_input', detail: { isLockOut: true } });
    const elsewhere = JSON.stringify({
      Statement: {
        Effect: 'Deny',
        Principal: { AWS: registryId },
        Action: 'ecr:SetRepositoryPolicy',
        Condition: { NotIpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
      },
    });
    await expect(save(elsewhere)).rejects.toMatchObject({ detail: { isLockOut: true } });
    await save(CLOSED, { force: true });
    await expect(save(PULL)).rejects.toMatchObject({ code: 'repository_not_found' });
    await expect(remove()).rejects.toMatchObject({ code: 'repository_not_found' });
  });

  test('is removed by an admin or the operator', async () => {
    const admin = await site.createUser({ role: 'admin' });
    await save(CLOSED, { force: true });
    expect(await remove(admin.caller)).toBe(CLOSED);
    await save(CLOSED, { force: true });
    expect(await deleteRepositoryPolicy(site.app, { caller: SYSTEM_CALLER, fullName: fullName() })).toBe(CLOSED);
    expect(await save(PULL)).toMatchObject({ findings: [] });
  });
});

test.each<[string, unknown]>([
  ['a registry', { AWS: '999999999999' }],
  ['a user', { AWS: 'arn:aws:iam::999999999999:user/3f0c7a3e-0000-4000-8000-000000000000' }],
  ['a role', { AWS: 'arn:aws:iam::999999999999:role/ci' }],
])('%s that does not exist is refused with its place', async (_what, principal) => {
  await expect(save(textOf('Allow', 'ecr:BatchGetImage', principal))).rejects.toMatchObject({
    code: 'invalid_input',
    detail: { findings: [{ severity: 'error', line: 1 }] },
  });
});

test('a member is a principal of their registry, and of no other', async () => {
  const { userId } = owner.caller.principal;
  expect(
    await save(textOf('Allow', 'ecr:*', { AWS: [registryId, `arn:aws:iam::${registryId}:user/${userId}`] })),
  ).toMatchObject({ revision: 1 });
  const wrong = `arn:aws:iam::${registryId}:user/${other.caller.principal.userId}`;
  await expect(save(textOf('Allow', 'ecr:*', { AWS: wrong }))).rejects.toMatchObject({ code: 'invalid_input' });
});

test('a role of a registry is a principal, and so is a session of it', async () => {
  const { id: registryKey } = await site.app.db.registry.findUniqueOrThrow({ where: { registryId } });
  const { id } = await site.app.db.user.create({
    data: {
      kind: 'role',
      email: `role:${registryId}/ci`,
      displayName: 'ci',
      registryKey,
      members: { create: { registryKey, role: 'reader' } },
    },
  });
  const role = `arn:aws:iam::${registryId}:role/ci`;
  const session = `arn:aws:sts::${registryId}:assumed-role/ci/build-1`;
  expect(await save(textOf('Allow', 'ecr:*', { AWS: [role, session] }))).toMatchObject({ findings: [] });
  for (const wrong of [
    `${role}2`,
    session.replace('/ci/', '/cd/'),
    `arn:aws:iam::${registryId}:user/ci`,
    `arn:aws:iam::${registryId}:user/${id}`,
  ])
    await expect(save(textOf('Allow', 'ecr:*', { AWS: wrong }))).rejects.toMatchObject({ code: 'invalid_input' });
});

describe('the policy of a repository', () => {
  beforeEach(() => save(PULL));

  test('survives a rename', async () => {
    await renameRepository(site.app, { caller: owner.caller, fullName: fullName(), name: `${name}-new` });
    name = `${name}-new`;
    expect(await read()).toMatchObject({ policy: PULL, revision: 1 });
  });

  test('survives deletion and restoring, and not as that of a new repository', async () => {
    await deleteRepository(site.app, { caller: owner.caller, fullName: fullName() });
    await createRepository(site.app, { caller: owner.caller, alias: owner.alias, name, visibility: 'private' });
    expect(await read()).toMatchObject({ policy: null });
    await deleteRepository(site.app, { caller: owner.caller, fullName: fullName() });
    const deletion = await site.app.db.deletion.findFirstOrThrow({ where: { name }, orderBy: { id: 'asc' } });
    await restoreDeletion(site.app, { caller: owner.caller, id: deletion.id });
    expect(await read()).toMatchObject({ policy: PULL });
  });

  test('stays behind in a transfer, with its history', async () => {
    const id = await offerTransfer(site.app, { caller: owner.caller, fullName: fullName(), to: other.alias });
    const moved = await acceptTransfer(site.app, { caller: other.caller, id });
    const found = await findRepository(site.app, moved);
    expect(found).toMatchObject({ policy: null });
    expect(await listPolicyRevisions(site.app, { repositoryId: found?.id ?? 0n, limit: 10 })).toEqual([]);
    const event = await site.app.db.auditEvent.findFirstOrThrow({
      where: { action: 'repository.set-policy', target: fullName() },
      orderBy: { id: 'desc' },
    });
    expect(event).toMatchObject({ before: { policy: PULL }, after: { policy: null } });
  });
});
