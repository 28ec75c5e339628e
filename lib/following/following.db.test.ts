// Stars and follows: who may, what counts, and what stays hidden.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { deleteRepository } from '#lib/repositories/deletions/delete-repository.ts';
import { disableUser } from '#lib/identity/accounts/disable-user.ts';
import { quarantineRepository } from '#lib/repositories/moderation/quarantine-repository.ts';
import { renameRepository } from '#lib/repositories/moves/rename-repository.ts';
import { updateCatalogData } from '#lib/repositories/update-catalog-data.ts';
import { buildImage, type BuiltManifest } from '#lib/testing/images/build-image.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { followPublisher } from './follow-publisher.ts';
import { followRepository } from './follow-repository.ts';
import { MAX_FOLLOWS } from './follow-limit.ts';
import { countStars, isPublisherFollowed, listFollowed, listStarred, readAttention } from './following-queries.ts';
import { starRepository } from './star-repository.ts';
import { unfollowPublisher } from './unfollow-publisher.ts';
import { unfollowRepository } from './unfollow-repository.ts';
import { unstarRepository } from './unstar-repository.ts';

let site: TestApp;
let publisher: TestUser;
let reader: TestUser;
let image: BuiltManifest;
let serial = 0;
let [name, fullName, repositoryId] = ['', '', 0n];

beforeAll(async () => {
  site = await createTestApp();
  publisher = await site.createUser();
  const platform = { os: 'linux', architecture: 'amd64' };
  image = await buildImage({ platform, created: '2026-01-01T00:00:00Z', layers: [[{ path: 'a', content: 'a' }]] });
});
afterAll(() => site.close());
beforeEach(async () => {
  reader = await createReader();
  name = `app-${(serial += 1)}`;
  fullName = `${publisher.alias}/${name}`;
  repositoryId = await push(name);
});

async function createReader(): Promise<TestUser> {
  const user = await site.createUser();
  await ageAccount(user, 25);
  return user;
}
async function ageAccount({ caller }: TestUser, hours: number): Promise<void> {
  const createdAt = new Date(Date.now() - hours * 3_600_000);
  await site.app.db.user.update({ where: { id: caller.principal.userId }, data: { createdAt } });
}
async function push(wanted: string, tag = 'latest'): Promise<bigint> {
  await createDistributionClient(site.url, publisher.token).push(`${publisher.alias}/${wanted}`, image, [tag]);
  const { registryKey } = await site.app.db.alias.findUniqueOrThrow({ where: { name: publisher.alias } });
  const where = { registryKey_name: { registryKey, name: wanted } };
  return (await site.app.db.repository.findUniqueOrThrow({ where })).id;
}
const star = (user = reader, of = fullName) => starRepository(site.app, { caller: user.caller, fullName: of });
const unstar = (user = reader, of = fullName) => unstarRepository(site.app, { caller: user.caller, fullName: of });
const follow = (user = reader, of = fullName) => followRepository(site.app, { caller: user.caller, fullName: of });
const unfollow = (user = reader) => unfollowRepository(site.app, { caller: user.caller, fullName });
const attention = (user: TestUser | null = reader) =>
  readAttention(site.app, { repositoryId, userId: user?.caller.principal.userId ?? null });
const followed = async (user = reader) =>
  (await listFollowed(site.app, { userId: user.caller.principal.userId })).repositories.map((one) => one.name);
const starred = async () => {
  const page = { userId: reader.caller.principal.userId, offset: 0, limit: 10 };
  return (await listStarred(site.app, page)).repositories.map((one) => one.name);
};
const actionsOf = async ({ caller }: TestUser) => {
  const where = { actorId: caller.principal.userId, target: { contains: '/' } };
  return site.app.db.auditEvent.findMany({
    where,
    orderBy: { id: 'asc' },
    select: { action: true, registryKey: true },
  });
};
const setVisibility = (visibility: 'public' | 'private') =>
  updateCatalogData(site.app, { caller: publisher.caller, fullName, catalogData: {}, visibility });
const quarantine = async () =>
  quarantineRepository(site.app, { caller: (await site.createUser({ role: 'admin' })).caller, fullName, reason: 'x' });

describe('a star', () => {
  test('counts once per account, also with concurrent requests, and can be removed', async () => {
    await Promise.all(Array.from({ length: 8 }, () => star()));
    expect(await attention()).toEqual({ starCount: 1, isStarred: true, isFollowed: false });
    await star(await createReader());
    expect(await attention(null)).toEqual({ starCount: 2, isStarred: false, isFollowed: false });
    await Promise.all([unstar(), unstar()]);
    expect(await attention()).toMatchObject({ starCount: 1, isStarred: false });
    // Publishers don't see who stars, so the rows belong to no registry.
    expect(await actionsOf(reader)).toEqual([
      { action: 'repository.star', registryKey: null },
      { action: 'repository.unstar', registryKey: null },
    ]);
  });

  test('needs an account older than a day with a proven address', async () => {
    await ageAccount(reader, 23);
    const young = star();
    await expect(young).rejects.toMatchObject({ code: 'forbidden' });
    await expect(young).rejects.toThrow('Your account must be a day old to star.');
    await ageAccount(reader, 25);
    const where = { id: reader.caller.principal.userId };
    await site.app.db.user.update({ where, data: { emailProvenAt: null } });
    await expect(star()).rejects.toThrow('Confirm your email address to star repositories.');
    expect(await countStars(site.app, { repositoryId })).toBe(0);
    await site.app.db.user.update({ where, data: { emailProvenAt: new Date() } });
    await star();
    expect(await countStars(site.app, { repositoryId })).toBe(1);
  });

  test('is refused to access tokens without api:write', async () => {
    const { principal, context } = reader.caller;
    const caller = { context, principal: { ...principal, scopes: [], apiAccess: 'read' as const } };
    await expect(starRepository(site.app, { caller, fullName })).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('vanishes with its account, and no longer counts once the account is disabled', async () => {
    const [gone, abuser] = [await createReader(), await createReader()];
    await star(gone);
    await star(abuser);
    const admin = await site.createUser({ role: 'admin' });
    await disableUser(site.app, {
      caller: admin.caller,
      userId: abuser.caller.principal.userId,
      reason: 'Bought stars',
    });
    expect(await countStars(site.app, { repositoryId })).toBe(1);
    await site.app.db.user.delete({ where: { id: gone.caller.principal.userId } });
    expect(await countStars(site.app, { repositoryId })).toBe(0);
  });

  test('may be the publisher’s own, and survives a rename', async () => {
    await ageAccount(publisher, 25);
    await star(publisher);
    await renameRepository(site.app, { caller: publisher.caller, fullName, name: `${name}-renamed` });
    await star(reader, fullName);
    expect(await countStars(site.app, { repositoryId })).toBe(2);
    await unstar(reader, fullName);
    expect(await countStars(site.app, { repositoryId })).toBe(1);
  });

  test('is limited to 300 changes an hour', async () => {
    const counts = { key: { not: '' }, count: { gt: 0 } };
    await star();
    await site.app.db.signUpCount.updateMany({ where: counts, data: { count: 300 } });
    await expect(unstar()).rejects.toMatchObject({ code: 'rate_limited' });
    await site.app.db.signUpCount.deleteMany();
  });
});

describe('only public things', () => {
  test.each(['nobody/nothing', 'x', '', 'a/b\0', '../../etc'])('can be starred or followed, not %j', async (of) => {
    await expect(star(reader, of)).rejects.toMatchObject({ code: 'repository_not_found' });
    await expect(follow(reader, of)).rejects.toMatchObject({ code: 'repository_not_found' });
    await unstar(reader, of);
    await expect(followPublisher(site.app, { caller: reader.caller, alias: of })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  test('can be starred or followed, but not empty or private ones, even by their owner', async () => {
    const empty = `${publisher.alias}/empty-${serial}`;
    await createRepository(site.app, { caller: publisher.caller, alias: publisher.alias, name: `empty-${serial}` });
    await ageAccount(publisher, 25);
    await setVisibility('private');
    for (const user of [reader, publisher]) {
      for (const of of [empty, fullName]) {
        await expect(star(user, of)).rejects.toMatchObject({ code: 'repository_not_found' });
        await expect(follow(user, of)).rejects.toMatchObject({ code: 'repository_not_found' });
      }
    }
  });

  test('stay listed: one that is hidden later disappears, and comes back', async () => {
    await follow();
    await star();
    expect([await followed(), await starred()]).toEqual([[name], [name]]);
    await setVisibility('private');
    expect([await followed(), await starred()]).toEqual([[], []]);
    await setVisibility('public');
    expect(await followed()).toEqual([name]);
    await quarantine();
    expect(await followed()).toEqual([]);
  });

  test('stay listed until they are deleted', async () => {
    await follow();
    await deleteRepository(site.app, { caller: publisher.caller, fullName });
    expect(await followed()).toEqual([]);
  });
});

describe('following', () => {
  test('a repository is idempotent, private to the user, and ends also when it is hidden', async () => {
    await Promise.all([follow(), follow()]);
    expect(await attention()).toMatchObject({ isFollowed: true });
    expect(await attention(publisher)).toMatchObject({ isFollowed: false });
    await setVisibility('private');
    await unfollow();
    await unfollow();
    await setVisibility('public');
    expect(await attention()).toMatchObject({ isFollowed: false });
    expect(await actionsOf(reader)).toEqual([
      { action: 'repository.follow', registryKey: null },
      { action: 'repository.unfollow', registryKey: null },
    ]);
  });

  test('needs no proven address', async () => {
    const where = { id: reader.caller.principal.userId };
    await site.app.db.user.update({ where, data: { emailProvenAt: null, createdAt: new Date() } });
    await follow();
    expect(await followed()).toEqual([name]);
  });

  test('a publisher works by any alias, and names it only as far as it may be shown', async () => {
    const input = { caller: reader.caller, alias: publisher.alias };
    const { userId } = reader.caller.principal;
    await followPublisher(site.app, input);
    await followPublisher(site.app, input);
    const { publishers } = await listFollowed(site.app, { userId });
    expect(publishers).toMatchObject([{ alias: publisher.alias, displayName: '' }]);
    const registry = await site.app.db.registry.findFirstOrThrow({
      where: { aliases: { some: { name: publisher.alias } } },
    });
    expect(await isPublisherFollowed(site.app, { registryId: registry.registryId, userId })).toBe(true);
    await unfollowPublisher(site.app, input);
    expect(await isPublisherFollowed(site.app, { registryId: registry.registryId, userId })).toBe(false);
  });

  test('ends at a limit', async () => {
    const { userId } = reader.caller.principal;
    const { registryKey } = await site.app.db.repository.findUniqueOrThrow({ where: { id: repositoryId } });
    const data = Array.from({ length: MAX_FOLLOWS }, (_, i) => ({ registryKey, name: `filler-${serial}-${i}` }));
    const rows = await site.app.db.repository.createManyAndReturn({ data, select: { id: true } });
    await site.app.db.repositoryFollow.createMany({ data: rows.map(({ id }) => ({ repositoryId: id, userId })) });
    await expect(follow()).rejects.toMatchObject({ code: 'conflict' });
  });
});
