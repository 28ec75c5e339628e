import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { startMailServer, type MailServer } from '#lib/testing/servers/mail-server.ts';
import { sendNotificationEmail } from '#lib/identity/jobs/send-notification-email.ts';
import { markNotificationsRead } from './mark-notifications-read.ts';
import { countUnreadNotifications, listNotifications } from './notification-queries.ts';

let site: TestApp;
let mail: MailServer;
beforeAll(async () => {
  mail = await startMailServer();
  site = await createTestApp({ SMTP_URL: mail.url, SMTP_FROM: 'gallery@example.org', PUBLIC_URL: 'https://g.example' });
  await site.startWorker();
});
afterAll(async () => {
  await site.close();
  await mail.close();
});

/** Records an expired alias request, which notifies its requester. */
const notify = (requesterId: string, name: string, tx: DbOrTx = site.app.db) =>
  recordChange(tx, {
    type: 'alias-request.expire',
    caller: SYSTEM_CALLER,
    resource: { name },
    before: { status: 'draft' },
    after: { status: 'expired' },
    facts: { requesterId, requestId: 'x', words: 'Something happened.' },
  });
const titleOf = (name: string) => `Your request for ${name} expired`;

describe('notifications', () => {
  test('are listed page by page and marked read only by their user', async () => {
    const { app } = site;
    const [user, other] = [await site.createUser(), await site.createUser()];
    const { userId } = user.caller.principal;
    for (const title of ['one', 'two', 'three']) await notify(userId, title);
    const first = await listNotifications(app, { userId, before: null, limit: 2 });
    expect(first.map(({ title }) => title)).toEqual(['three', 'two'].map(titleOf));
    const second = await listNotifications(app, { userId, before: BigInt(first[1]?.id ?? 0), limit: 2 });
    expect(second.map(({ title }) => title)).toEqual([titleOf('one')]);
    const id = first[0]?.id ?? '';
    await markNotificationsRead(app, { caller: other.caller, id });
    expect(await countUnreadNotifications(app, { userId })).toBe(3);
    await markNotificationsRead(app, { caller: user.caller, id });
    expect(await countUnreadNotifications(app, { userId })).toBe(2);
    await expect(markNotificationsRead(app, { caller: user.caller, id: 'x' })).rejects.toMatchObject({
      code: 'invalid_input',
    });
    await markNotificationsRead(app, { caller: user.caller, id: null });
    expect(await countUnreadNotifications(app, { userId })).toBe(0);
  });

  test('are emailed with a link, and a title cannot inject headers', async () => {
    const user = await site.createUser();
    await notify(user.caller.principal.userId, 'Hello\r\nBcc: everybody@example.org');
    await vi.waitFor(() => expect(mail.messages.some(({ to }) => to.includes(user.email))).toBe(true), 10_000);
    const message = mail.messages.find(({ to }) => to.includes(user.email));
    expect(message?.to).toEqual([user.email]);
    expect(message?.text).toContain('https://g.example/console/aliases/x');
    expect(message?.text).not.toMatch(/^Bcc:/m);
  });

  test('are limited to 20 emails an hour, not counting failed deliveries', async () => {
    const { caller, email } = await site.createUser();
    const { userId } = caller.principal;
    // Calls the handler directly, because the queue would retry the job.
    const send = async () => {
      const data = { userId, title: 'again and again', body: '', href: '/console' };
      const { id } = await site.app.db.notification.create({ data });
      await sendNotificationEmail(site.app, { notificationId: String(id) });
    };
    mail.setRefusing(true);
    for (let i = 0; i < 21; i += 1) await expect(send()).rejects.toThrow();
    mail.setRefusing(false);
    for (let i = 0; i < 21; i += 1) await send();
    expect(mail.messages.filter(({ to }) => to.includes(email))).toHaveLength(20);
    expect(await countUnreadNotifications(site.app, { userId })).toBe(42);
  });

  test('are emailed once even if the job runs twice', async () => {
    const { caller, email } = await site.createUser();
    await notify(caller.principal.userId, 'only once');
    const { id } = await site.app.db.notification.findFirstOrThrow({ where: { userId: caller.principal.userId } });
    const isSent = async () => (await site.app.db.notification.findUniqueOrThrow({ where: { id } })).emailedAt !== null;
    await vi.waitFor(async () => expect(await isSent()).toBe(true), 10_000);
    await sendNotificationEmail(site.app, { notificationId: String(id) });
    const messages = mail.messages.filter(({ to }) => to.includes(email));
    expect(messages).toHaveLength(1);
    expect(messages[0]?.text).toContain(`Message-ID: <notification-${id}@g.example>`);
  });

  test('are not sent if the transaction rolls back', async () => {
    const user = await site.createUser();
    const failed = site.app.db.$transaction(async (tx) => {
      await notify(user.caller.principal.userId, 'never', tx);
      throw new Error('changed my mind');
    });
    await expect(failed).rejects.toThrow('changed my mind');
    await notify(user.caller.principal.userId, 'after it');
    await vi.waitFor(() => expect(mail.messages.some(({ text }) => text.includes('after it'))).toBe(true), 10_000);
    expect(mail.messages.some(({ text }) => text.includes('never'))).toBe(false);
  });
});
