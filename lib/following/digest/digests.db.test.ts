// Email digests with a real mail server: when one is sent, what it says, and how it ends.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { NO_REQUEST, SYSTEM_CALLER } from '#lib/access/schema.ts';
import { takeOverAccount } from '#lib/identity/accounts/take-over-account.ts';
import { deprecateRepository } from '#lib/repositories/deprecation/deprecate-repository.ts';
import { updateCatalogData } from '#lib/repositories/update-catalog-data.ts';
import { buildImage, type BuiltManifest } from '#lib/testing/images/build-image.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { startMailServer, type MailServer } from '#lib/testing/servers/mail-server.ts';
import { followRepository } from '#lib/following/follow-repository.ts';
import { readDigestChoice } from '#lib/following/following-queries.ts';
import { sendDigests } from './send-digests.ts';
import { setDigest } from './set-digest.ts';
import { signId } from '#lib/following/signed-id.ts';
import { unsubscribe } from './unsubscribe.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let site: TestApp;
let mail: MailServer;
let publisher: TestUser;
let reader: TestUser;
let image: BuiltManifest;
let serial = 0;
let fullName = '';

beforeAll(async () => {
  mail = await startMailServer();
  const env = { SMTP_URL: mail.url, SMTP_FROM: 'gallery@example.org', PUBLIC_URL: 'https://g.example' };
  site = await createTestApp({ ...env, LOG_LEVEL: 'silent' });
  publisher = await site.createUser();
  const platform = { os: 'linux', architecture: 'amd64' };
  image = await buildImage({ platform, created: '2026-01-01T00:00:00Z', layers: [[{ path: 'a', content: 'a' }]] });
});
afterAll(async () => {
  await site.close();
  await mail.close();
});
beforeEach(async () => {
  await site.app.db.digest.deleteMany();
  mail.setRefusing(false);
  reader = await site.createUser();
  fullName = `${publisher.alias}/app-${(serial += 1)}`;
  await push('1.0');
  await followRepository(site.app, { caller: reader.caller, fullName });
});

const push = (...tags: string[]) => createDistributionClient(site.url, publisher.token).push(fullName, image, tags);
const choose = (period: string, user = reader) => setDigest(site.app, { caller: user.caller, period });
/** Runs the job as if `ms` had passed. */
const sendAfter = (ms: number) => sendDigests(site.app, new Date(Date.now() + ms));
const received = (user = reader) =>
  mail.messages.filter(({ to }) => to.includes(user.email)).map(({ text }) => unfold(text));
/** Undoes folded headers (RFC 5322 §2.2.3) and quoted-printable line breaks. */
const unfold = (text: string) =>
  text
    .replace(/=\r\n/g, '')
    .replace(/\r\n[ \t]/g, ' ')
    .replaceAll('=3D', '=');
const tokenOf = ({ caller }: TestUser) => signId(site.app.authKeys.unsubscribe, caller.principal.userId);
const choiceOf = ({ caller }: TestUser) => readDigestChoice(site.app, { userId: caller.principal.userId });

describe('a digest', () => {
  test('is off until it is chosen', async () => {
    await push('1.1');
    await sendAfter(30 * DAY_MS);
    expect(received()).toEqual([]);
    expect(await choiceOf(reader)).toBe('off');
  });

  test('is sent once a period, with what is new, and only if something is', async () => {
    await choose('daily');
    await sendAfter(25 * HOUR_MS);
    expect(received()).toEqual([]);
    await site.app.db.digest.updateMany({ data: { since: new Date(), dueAt: new Date() } });
    await push('1.1', 'latest');
    await deprecateRepository(site.app, {
      caller: publisher.caller,
      fullName,
      deprecation: { text: 'Buy at https://spam.example' },
    });
    await push('1.2');
    await sendAfter(2 * HOUR_MS);
    await sendAfter(3 * HOUR_MS);
    const [message = '', ...others] = received();
    expect(others).toEqual([]);
    expect(message).toContain('Subject: 2 updates in what you follow');
    expect(message).toContain(`${fullName}: pushed 1.2, latest, 1.1`);
    expect(message).toContain(`${fullName} is deprecated`);
    expect(message).toContain(`https://g.example/${fullName}`);
    expect(message).not.toMatch(/pushed.*1\.0/);
    expect(message).not.toContain('spam');
    await sendAfter(30 * HOUR_MS);
    expect(received()).toHaveLength(1);
  });

  test('waits a week if it is weekly', async () => {
    await choose('weekly');
    await push('1.1');
    await sendAfter(6 * DAY_MS);
    expect(received()).toEqual([]);
    await sendAfter(8 * DAY_MS);
    expect(received()).toHaveLength(1);
  });

  test('says nothing about a repository that became private', async () => {
    await choose('daily');
    await push('1.1');
    const caller = publisher.caller;
    await updateCatalogData(site.app, { caller, fullName, catalogData: {}, visibility: 'private' });
    await sendAfter(2 * DAY_MS);
    expect(received()).toEqual([]);
  });

  test('is sent once by two workers, and again with the same id after the mail server refused it', async () => {
    await choose('daily');
    await push('1.1');
    mail.setRefusing(true);
    await sendAfter(25 * HOUR_MS);
    mail.setRefusing(false);
    expect(received()).toEqual([]);
    await sendAfter(25.5 * HOUR_MS);
    expect(received()).toEqual([]);
    await Promise.all([sendAfter(27 * HOUR_MS), sendAfter(27 * HOUR_MS)]);
    expect(received()).toHaveLength(1);
    expect(received()[0]).toMatch(new RegExp(`Message-ID: <digest-${reader.caller.principal.userId}-\\d+@g.example>`));
  });

  test('counts towards the 20 emails an hour of its recipient', async () => {
    await choose('daily');
    await push('1.1');
    await site.app.db.signUpCount.deleteMany();
    const send = async () => {
      await site.app.db.digest.updateMany({ data: { since: new Date(0), dueAt: new Date(0) } });
      await sendAfter(2 * HOUR_MS);
    };
    for (let i = 0; i < 22; i += 1) await send();
    expect(received()).toHaveLength(20);
  });

  test('is sent neither to unproven addresses or disabled accounts, nor after a takeover', async () => {
    const where = { id: reader.caller.principal.userId };
    await choose('daily');
    await push('1.1');
    await site.app.db.user.update({ where, data: { emailProvenAt: null } });
    await sendAfter(2 * DAY_MS);
    await expect(choose('weekly')).rejects.toMatchObject({ code: 'forbidden' });
    await site.app.db.user.update({ where, data: { emailProvenAt: new Date(), disabledAt: new Date() } });
    await sendAfter(3 * DAY_MS);
    await site.app.db.user.update({ where, data: { disabledAt: null } });
    const user = await site.app.db.user.findUniqueOrThrow({ where });
    await site.app.db.$transaction((tx) => takeOverAccount(tx, { user, caller: SYSTEM_CALLER }));
    await sendAfter(4 * DAY_MS);
    expect(received()).toEqual([]);
    expect(await choiceOf(reader)).toBe('off');
  });

  test.each(['', 'hourly', 'Daily'])('is not chosen as %j', async (period) => {
    await expect(choose(period)).rejects.toMatchObject({ code: 'invalid_input' });
  });

  test('is not offered by a site without mail', async () => {
    const app = { db: site.app.db, mailer: null };
    await expect(setDigest(app, { caller: reader.caller, period: 'daily' })).rejects.toMatchObject({
      code: 'unsupported',
    });
    await setDigest(app, { caller: reader.caller, period: 'off' });
  });
});

describe('unsubscribing', () => {
  test('takes one click in the mail program, by the headers of RFC 8058', async () => {
    await choose('daily');
    await push('1.1');
    await sendAfter(2 * DAY_MS);
    const [message = ''] = received();
    expect(message).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click');
    const [, token = ''] =
      /^List-Unsubscribe: <https:\/\/g\.example\/api\/unsubscribe\?token=([\w-]+)>/m.exec(message) ?? [];
    expect(message).toContain(`https://g.example/console/following/unsubscribe?token=${token}`);
    await unsubscribe(site.app, { token, context: NO_REQUEST });
    await unsubscribe(site.app, { token, context: NO_REQUEST });
    expect(await choiceOf(reader)).toBe('off');
    const where = { actorId: reader.caller.principal.userId, action: 'user.set-digest' };
    const rows = await site.app.db.auditEvent.findMany({ where, orderBy: { id: 'asc' } });
    expect(rows.map(({ before, after }) => [before, after])).toEqual([
      [{ period: 'off' }, { period: 'daily' }],
      [{ period: 'daily' }, { period: 'off' }],
    ]);
  });

  test('ends only one’s own, and only by a link that the site issued', async () => {
    const other = await site.createUser();
    await choose('daily');
    await choose('weekly', other);
    await unsubscribe(site.app, { token: tokenOf(other), context: NO_REQUEST });
    expect([await choiceOf(reader), await choiceOf(other)]).toEqual(['daily', 'off']);
    const own = tokenOf(reader);
    const mixed = Buffer.concat([
      Buffer.from(own, 'base64url').subarray(0, 16),
      Buffer.from(tokenOf(other), 'base64url').subarray(16),
    ]).toString('base64url');
    for (const token of ['', 'x', own.slice(1), `${own}A`, mixed, '\0', '../..']) {
      await expect(unsubscribe(site.app, { token, context: NO_REQUEST })).rejects.toMatchObject({ code: 'not_found' });
    }
    expect(await choiceOf(reader)).toBe('daily');
  });

  test('works for an account that is gone', async () => {
    const gone = await site.createUser();
    await site.app.db.user.delete({ where: { id: gone.caller.principal.userId } });
    await expect(unsubscribe(site.app, { token: tokenOf(gone), context: NO_REQUEST })).resolves.toBeUndefined();
  });
});
