// The private feed's URL: who it works for, what it shows, and when it ends.
import { describe, expect, test } from 'vitest';
import { NO_REQUEST, SYSTEM_CALLER } from '#lib/access/schema.ts';
import { disableUser } from '#lib/identity/accounts/disable-user.ts';
import { createResetLink } from '#lib/identity/password-reset/create-reset-link.ts';
import { resetPassword } from '#lib/identity/password-reset/reset-password.ts';
import { followPublisher } from '#lib/following/follow-publisher.ts';
import { followRepository } from '#lib/following/follow-repository.ts';
import { signId } from '#lib/following/signed-id.ts';
import { quarantineRepository } from '#lib/repositories/moderation/quarantine-repository.ts';
import { deprecateRepository } from '#lib/repositories/deprecation/deprecate-repository.ts';
import { updateCatalogData } from '#lib/repositories/update-catalog-data.ts';
import { useFollowingSite } from '#lib/testing/use-following-site.ts';
import { createFeedLink } from './create-feed-link.ts';
import { findFeedLink } from './find-feed-link.ts';
import { READS_PER_HOUR, readPrivateFeed } from './read-private-feed.ts';
import { revokeFeedLink } from './revoke-feed-link.ts';

const fixture = useFollowingSite();
const { full, push, follow } = fixture;
async function createToken(user = fixture.reader): Promise<string> {
  await createFeedLink(fixture.site.app, user);
  const link = await findFeedLink(fixture.site.app, user.caller.principal);
  return /\/api\/following\/([\w-]+)\.atom$/.exec(link?.url ?? '')?.[1] ?? '';
}
const read = async (token: string) => (await readPrivateFeed(fixture.site.app, { token, context: NO_REQUEST })).entries;
const describeAll = async (token: string) =>
  (await read(token)).map(({ kind, name, tags, text }) => [kind, name, ...tags, text].filter(Boolean).join(' '));
const auditOf = async () =>
  (
    await fixture.site.app.db.auditEvent.findMany({
      where: { actorId: fixture.reader.caller.principal.userId, action: { contains: 'feed' } },
      orderBy: { id: 'asc' },
      select: { action: true },
    })
  ).map(({ action }) => action);

describe('the private feed', () => {
  test('has an entry per pushed manifest, new repository and deprecation, whose id stays when tags are added', async () => {
    await push('one', ['1.0']);
    await follow('one');
    await followPublisher(fixture.site.app, { caller: fixture.reader.caller, alias: fixture.publisher.alias });
    const token = await createToken();
    const [before] = await read(token);
    await push('one', ['latest']);
    const [after] = await read(token);
    expect(after).toMatchObject({
      kind: 'push',
      tags: ['latest', '1.0'],
      digest: fixture.images[0]?.digest,
      id: before?.id,
    });
    await push('one', ['1.1', 'latest'], 1);
    const deprecation = { text: 'Use two.' };
    await deprecateRepository(fixture.site.app, {
      caller: fixture.publisher.caller,
      fullName: full('one'),
      deprecation,
    });
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
    const change = { caller: fixture.publisher.caller, fullName: full('one'), catalogData: {} };
    await updateCatalogData(fixture.site.app, { ...change, visibility: 'private' });
    expect(await describeAll(token)).toEqual(['push two 1.0']);
    const admin = await fixture.site.createUser({ role: 'admin' });
    await quarantineRepository(fixture.site.app, { caller: admin.caller, fullName: full('two'), reason: 'x' });
    expect(await describeAll(token)).toEqual([]);
    await updateCatalogData(fixture.site.app, { ...change, visibility: 'public' });
    expect(await describeAll(await createToken(fixture.publisher))).toEqual([]);
    expect(await describeAll(token)).toEqual(['push one 1.0']);
  });

  test('never shows a private repository of the reader’s own, which the URL would leak', async () => {
    await push('one', ['1.0']);
    await followRepository(fixture.site.app, { caller: fixture.publisher.caller, fullName: full('one') });
    const token = await createToken(fixture.publisher);
    const change = { caller: fixture.publisher.caller, fullName: full('one'), catalogData: {} };
    await updateCatalogData(fixture.site.app, { ...change, visibility: 'private' });
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
    await revokeFeedLink(fixture.site.app, fixture.reader);
    await revokeFeedLink(fixture.site.app, fixture.reader);
    await expect(read(second)).rejects.toMatchObject({ code: 'not_found' });
    expect(await findFeedLink(fixture.site.app, fixture.reader.caller.principal)).toBeNull();
    expect(await auditOf()).toEqual(['user.create-feed-link', 'user.create-feed-link', 'user.revoke-feed-link']);
  });

  test('is one for two requests at the same time', async () => {
    await createToken();
    await Promise.all([
      createFeedLink(fixture.site.app, fixture.reader),
      createFeedLink(fixture.site.app, fixture.reader),
    ]);
    expect(
      await fixture.site.app.db.feedLink.count({ where: { userId: fixture.reader.caller.principal.userId } }),
    ).toBe(1);
  });

  test('ends with the account', async () => {
    const token = await createToken();
    const admin = await fixture.site.createUser({ role: 'admin' });
    const { userId } = fixture.reader.caller.principal;
    await disableUser(fixture.site.app, { caller: admin.caller, userId, reason: 'x' });
    await expect(read(token)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('ends with the access tokens when the password is reset', async () => {
    const { app } = fixture.site;
    const { userId } = fixture.reader.caller.principal;
    const resetBy = async (endsAccessTokens: boolean) => {
      const { url } = await createResetLink(app, { caller: SYSTEM_CALLER, userId });
      const secret = new URL(url).searchParams.get('secret') ?? '';
      await resetPassword(app, { secret, password: 'a new password', endsAccessTokens, address: null });
    };
    const token = await createToken();
    await resetBy(false);
    expect(await read(token)).toEqual([]);
    await resetBy(true);
    await expect(read(token)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('can’t be guessed, nor made from a link of another kind', async () => {
    const token = await createToken();
    const { id } = await fixture.site.app.db.feedLink.findFirstOrThrow({
      where: { userId: fixture.reader.caller.principal.userId },
    });
    const forged = signId(fixture.site.app.authKeys.unsubscribe, id);
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
