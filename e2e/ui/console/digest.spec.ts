// Email digests on a site that sends mail. The test starts its own site and mail server.
import { expect, test } from '@playwright/test';
import { decode } from 'next-auth/jwt';
import { readConfig } from '#lib/config.ts';
import { signId } from '#lib/following/signed-id.ts';
import { deriveAuthKeys } from '#lib/identity/credentials/auth-keys.ts';
import { startMailServer, type MailServer } from '#lib/testing/servers/mail-server.ts';
import { startTestServer, type TestServer } from '#scripts/test-server.ts';
import { findViolations } from '../find-violations.ts';
import { fillSignIn } from '../people.ts';

let mail: MailServer;
let site: TestServer;
test.beforeAll(async () => {
  test.setTimeout(180_000);
  mail = await startMailServer();
  site = await startTestServer({ SMTP_URL: mail.url, SMTP_FROM: 'gallery@example.org' });
});
test.afterAll(async () => {
  await site.stop();
  await mail.close();
});

test('a user turns the digest on, and stops it by the link of an email without signing in', async ({
  page,
  browser,
  request,
}) => {
  await page.goto(`${site.url}/signin?callbackUrl=/tidepool/kv`);
  await fillSignIn(page, site.env['E2E_ADMIN_EMAIL'] ?? '', site.env['E2E_ADMIN_PASSWORD'] ?? '');
  await page.getByRole('button', { name: /^Follow/ }).click();
  await expect(page.getByRole('button', { name: /^Unfollow/ })).toBeVisible();
  const choice = page.getByLabel('Email digest');
  const turnOn = async () => {
    await page.goto(`${site.url}/console/following`);
    await choice.selectOption('weekly');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('Saved.')).toBeVisible();
    await page.reload();
    await expect(choice).toHaveValue('weekly');
  };
  const expectOff = async () => {
    await page.reload();
    await expect(choice).toHaveValue('off');
  };
  await turnOn();
  const authKeys = deriveAuthKeys(readConfig({ DATA_DIR: site.dataDir }));
  const cookies = await page.context().cookies();
  const session = cookies.find(({ name }) => name === 'next-auth.session-token')?.value;
  const userId = (await decode({ token: session, secret: authKeys.session }))?.sub ?? '';
  const token = signId(authKeys.unsubscribe, userId);

  // Opening the link changes nothing, because programs that check links open them.
  const reader = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  await reader.goto(`${site.url}/api/unsubscribe?token=${token}`);
  await expect(reader).toHaveURL(`${site.url}/console/following/unsubscribe?token=${token}`);
  await page.reload();
  await expect(choice).toHaveValue('weekly');
  await reader.getByRole('button', { name: 'Stop emails' }).click();
  await expect(reader.getByText('You won’t get these emails any more.')).toBeVisible();
  await reader.context().close();
  await expectOff();

  // RFC 8058 §3.2: what mail programs send.
  await turnOn();
  const form = { 'List-Unsubscribe': 'One-Click' };
  expect((await request.post(`${site.url}/api/unsubscribe?token=${token}`, { form })).status()).toBe(200);
  await expectOff();
  expect((await request.post(`${site.url}/api/unsubscribe?token=x`, { form })).status()).toBe(404);

  for (const link of [token, 'x']) {
    await page.goto(`${site.url}/console/following/unsubscribe?token=${link}`);
    expect(await findViolations(page)).toEqual([]);
  }
  await expect(page.getByText('This link isn’t valid.')).toBeVisible();
});
