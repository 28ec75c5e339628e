// The private feed's URL: who it works for, what it shows, and when it ends.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { NO_REQUEST } from '#lib/access/schema.ts';
import { disableUser } from '#lib/identity/accounts/disable-user.ts';
import { followPublisher } from '#lib/following/follow-publisher.ts';
import { followRepository } from '#lib/following/follow-repository.ts';
import { signId } from '#lib/following/signed-id.ts';
import { quarantineRepository } from '#lib/repositories/moderation/quarantine-repository.ts';
import { deprecateRepository } from '#lib/repositories/deprecation/deprecate-repository.ts';
import { updateCatalogData } from '#lib/repositories/update-catalog-data.ts';
import { buildImage, type BuiltManifest } from '#lib/testing/images/build-image.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { createFeedLink } from './create-feed-link.ts';
import { findFeedLink } from './find-feed-link.ts';
import { READS_PER_HOUR, readPrivateFeed } from './read-private-feed.ts';
import { revokeFeedLink } from './revoke-feed-link.ts';

let site: TestApp;
let publisher: TestUser;
let reader: TestUser;
let images: BuiltManifest[];
beforeAll(async () => {
  site = await createTestApp();
  const platform = { os: 'linux', architecture: 'amd64' };
  const build = (content: string) =>
    buildImage({ platform, created: '2026-01-01T00:00:00Z', layers: [[{ path: 'a', content }]] });
  images = await Promise.all([build('one'), build('two')]);
});
afterAll(() => site.close());
beforeEach(async () => {
  [publisher, reader] = [await site.createUser(), await site.createUser()];
});

const full = (name: string) => `${publisher.alias}/${name}`;
const push = async (name: string, tags: string[], which = 0) => {
  const image = images[which];
  if (image) await createDistributionClient(site.url, publisher.token).push(full(name), image, tags);
};
const follow = (name: string) => followRepository(site.app, { caller: reader.caller, fullName: full(name) });
async function createToken(user = reader): Promise<string> {
  await createFeedLink(site.app, user);
  const link = await findFeedLink(site.app, user.caller.principal);
  return /\/api\/following\/([\w-]+)\.atom$/.exec(link?.url ?? '')?.[1] ?? '';
}
const read = async (token: string) => (await readPrivateFeed(site.app, { token, context: NO_REQUEST })).entries;
const describeAll = async (token: string) =>
  (await read(token)).map(({ kind, name, tags, text }) => [kind, name, ...tags, text].filter(Boolean).join(' '));
const auditOf = async () =>
  (
    await site.app.db.auditEvent.findMany({
      where: { actorId: reader.caller.principal.userId, action: { contains: 'feed' } },
      orderBy: { id: 'asc' },
      select: { action: true },
    })
  ).map(({ action }) => action);

describe('the private feed', () => {
  test('has an entry per pushed manifest, new repository and deprecation, whose id stays when tags are added', async () => {
    await push('one', ['1.0']);
    await follow('one');
    await followPublisher(site.app, { caller: reader.caller, alias: publisher.alias });
    const token = await createToken();
    const [before] = await read(token);
    await push('one', ['latest']);
    const [after] = await read(token);
    expect(after).toMatchObject({ kind: 'push', tags: ['latest', '1.0'], digest: images[0]?.digest, id: before?.id });
    await push('one', ['1.1', 'latest'], 1);
    const deprecation = { text: 'Use two.' };
    await deprecateRepository(site.app, { caller: publisher.caller, fullName: full('one'), deprecation });
    expect(await describeAll(token)).toEqual([
      'deprecation one Use two.',
      'push one latest 1.1',
      'push one latest 1.0',
      'repository one',
    ]);
    const ids = (await read(token)).map(({ id }) => id);
    expect(new Set(ids).size).toBe(4);
  });

  test('shows nothing of a repository once it is private or quarantined, and is of one user only', async () => {
    for (const name of ['one', 'two']) await push(name, ['1.0']);
    for (const name of ['one', 'two']) await follow(name);
    const token = await createToken();
    expect(await describeAll(token)).toEqual(['push two 1.0', 'push one 1.0']);
    const change = { caller: publisher.caller, fullName: full('one'), catalogData: {} };
    await updateCatalogData(site.app, { ...change, visibility: 'private' });
    expect(await describeAll(token)).toEqual(['push two 1.0']);
    const admin = await site.createUser({ role: 'admin' });
    await quarantineRepository(site.app, { caller: admin.caller, fullName: full('two'), reason: 'x' });
    expect(await describeAll(token)).toEqual([]);
    await updateCatalogData(site.app, { ...change, visibility: 'public' });
    expect(await describeAll(await createToken(publisher))).toEqual([]);
    expect(await describeAll(token)).toEqual(['push one 1.0']);
  });

  test('never shows a private repository of the reader’s own, which the URL would leak', async () => {
    await push('one', ['1.0']);
    await followRepository(site.app, { caller: publisher.caller, fullName: full('one') });
    const token = await createToken(publisher);
    const change = { caller: publisher.caller, fullName: full('one'), catalogData: {} };
    await updateCatalogData(site.app, { ...change, visibility: 'private' });
    expect(await describeAll(token)).toEqual([]);
  });

  test('leaves out the oldest entry if it may be incomplete', async () => {
    await push('one', ['0.9'], 1);
    await push(
      'one',
      Array.from({ length: 110 }, (_, index) => `1.0.${index}`),
    );
    await push('one', ['1.1'], 1);
    await follow('one');
    expect((await read(await createToken())).map(({ tags }) => tags)).toEqual([['1.1']]);
  });
});

describe('its URL', () => {
  test('works until it is replaced or revoked, and each change is recorded once', async () => {
    const first = await createToken();
    const second = await createToken();
    expect(second).not.toBe(first);
    await expect(read(first)).rejects.toMatchObject({ code: 'not_found' });
    expect(await read(second)).toEqual([]);
    await revokeFeedLink(site.app, reader);
    await revokeFeedLink(site.app, reader);
    await expect(read(second)).rejects.toMatchObject({ code: 'not_found' });
    expect(await findFeedLink(site.app, reader.caller.principal)).toBeNull();
    expect(await auditOf()).toEqual(['user.create-feed-link', 'user.create-feed-link', 'user.revoke-feed-link']);
  });

  test('is one for two requests at the same time', async () => {
    await createToken();
    await Promise.all([createFeedLink(site.app, reader), createFeedLink(site.app, reader)]);
    expect(await site.app.db.feedLink.count({ where: { userId: reader.caller.principal.userId } })).toBe(1);
  });

  test('ends with the account', async () => {
    const token = await createToken();
    const admin = await site.createUser({ role: 'admin' });
    const { userId } = reader.caller.principal;
    await disableUser(site.app, { caller: admin.caller, userId, reason: 'x' });
    await expect(read(token)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('can’t be guessed, nor made from a link of another kind', async () => {
    const token = await createToken();
    const { id } = await site.app.db.feedLink.findFirstOrThrow({
      where: { userId: reader.caller.principal.userId },
    });
    const forged = signId(site.app.authKeys.unsubscribe, id);
    const flipped = `${token.slice(0, -2)}${token.endsWith('AA') ? 'BB' : 'AA'}`;
    for (const wrong of ['', '..', 'x'.repeat(100_000), '\0', flipped, forged, `${token}A`]) {
      await expect(read(wrong)).rejects.toMatchObject({ code: 'not_found' });
    }
  });

  test('is rate-limited', async () => {
    const token = await createToken();
    for (let reads = 0; reads < READS_PER_HOUR; reads += 1) await read(token);
    await expect(read(token)).rejects.toMatchObject({ code: 'rate_limited' });
    const refusal = await read(token).catch((error: { retryAfterSeconds?: number }) => error.retryAfterSeconds);
    expect(refusal).toBeGreaterThan(3_500);
  });
});
