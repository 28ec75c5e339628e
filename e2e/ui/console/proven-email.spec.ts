// Sign-up and email address changes on a site that sends mail. The tests start their own site and mail server.
import { expect, test, type Page } from '@playwright/test';
import { startMailServer, type MailServer } from '#lib/testing/servers/mail-server.ts';
import { startTestServer, type TestServer } from '#scripts/test-server.ts';
import { findViolations } from '../find-violations.ts';
import { fillSignIn } from '../people.ts';

test.describe.configure({ mode: 'serial' });

let mail: MailServer;
let site: TestServer;
test.beforeAll(async () => {
  mail = await startMailServer();
  site = await startTestServer({ DEMO: '0', SMTP_URL: mail.url, SMTP_FROM: 'gallery@example.org' });
});
test.afterAll(async () => {
  await site.stop();
  await mail.close();
});

const PASSWORD = 'a long password';

async function linkTo(email: string): Promise<string> {
  const find = () => mail.messages.findLast(({ to }) => to.includes(email))?.text ?? '';
  await expect.poll(find).not.toBe('');
  return /http\S+secret=\w+/.exec(find().replaceAll('=\r\n', '').replaceAll('=3D', '='))?.[0] ?? '';
}

async function ask(page: Page, email: string): Promise<void> {
  await page.goto(`${site.url}/signup`);
  await page.getByLabel('Name').fill('Ada');
  await page.getByLabel('Email address').fill(email);
  await expect(page.getByLabel('Password')).toHaveCount(0);
  await page.getByRole('button', { name: 'Send link' }).click();
  await expect(page).toHaveURL(`${site.url}/signup/sent`);
}

async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await findViolations(page)).toEqual([]);
  }
}

test('a sign-up link works once, and the form doesn’t reveal that an address is registered', async ({
  page,
  browser,
}) => {
  await ask(page, 'ada@example.org');
  await expect(page.getByRole('heading', { name: 'Check your email' })).toBeVisible();
  const shown = await page.getByRole('main').textContent();
  const link = await linkTo('ada@example.org');
  await page.goto(link);
  await expectAccessible(page);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page).toHaveURL(`${site.url}/console`);
  await page.goto(`${site.url}/console/account`);
  await expect(page.getByText('isn’t confirmed')).toHaveCount(0);

  const stranger = await (await browser.newContext()).newPage();
  await ask(stranger, 'ada@example.org');
  expect(await stranger.getByRole('main').textContent()).toBe(shown);
  expect(await linkTo('ada@example.org')).toBe('');
  await stranger.goto(link);
  await expect(stranger.getByText('This link was already used or has expired.')).toBeVisible();
});

test('a user changes their email address with a password and a link', async ({ page }) => {
  await page.goto(`${site.url}/signin`);
  await fillSignIn(page, 'ada@example.org', PASSWORD);
  await expect(page).toHaveURL(`${site.url}/console`);
  await page.goto(`${site.url}/console/account`);
  await page.getByLabel('Email address').fill('lovelace@example.org');
  await page.getByLabel('Your password').fill('not the password');
  await page.getByRole('button', { name: 'Change address' }).click();
  await expect(page.getByLabel('Your password')).toHaveAccessibleDescription(/The current password is incorrect./);
  await page.getByLabel('Your password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Change address' }).click();
  await expect(page.getByText('We sent a link to the new address.')).toBeVisible();
  await expectAccessible(page);
  await page.goto(await linkTo('lovelace@example.org'));
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Confirm address' }).click();
  await expect(page).toHaveURL(`${site.url}/console/account`);
  await expect(page.getByLabel('Email address')).toHaveValue('lovelace@example.org');
  const told = mail.messages.filter(({ to }) => to.includes('ada@example.org')).at(-1);
  expect(told?.text).toContain('Your email address has changed');
});

test('a forgotten password is reset by a mailed link, and the form doesn’t reveal accounts', async ({
  page,
  browser,
}) => {
  const elsewhere = await (await browser.newContext()).newPage();
  await elsewhere.goto(`${site.url}/signin`);
  await fillSignIn(elsewhere, 'lovelace@example.org', PASSWORD);
  await expect(elsewhere).toHaveURL(`${site.url}/console`);

  const answers: (string | null)[] = [];
  for (const email of ['nobody@example.org', 'lovelace@example.org']) {
    await page.goto(`${site.url}/signin`);
    await page.getByRole('link', { name: 'Forgot your password?' }).click();
    await page.getByLabel('Email address').fill(email);
    await page.getByRole('button', { name: 'Send link' }).click();
    await expect(page).toHaveURL(`${site.url}/signin/forgot/sent`);
    answers.push(await page.getByRole('main').textContent());
  }
  expect(answers[0]).toBe(answers[1]);
  await expect.poll(() => mail.messages.at(-1)?.to).toEqual(['lovelace@example.org']);
  const link = await linkTo('lovelace@example.org');
  await page.goto(link);
  await expectAccessible(page);
  await page.getByLabel('New password').fill('short');
  await page.getByRole('button', { name: 'Set password' }).click();
  await expect(page.getByLabel('New password')).toHaveAccessibleDescription(/at least 10 characters/);
  await page.getByLabel('New password').fill('a password after the reset');
  await page.getByRole('button', { name: 'Set password' }).click();
  await expect(page).toHaveURL(`${site.url}/console`);
  await elsewhere.goto(`${site.url}/console`);
  await expect(elsewhere).toHaveURL(/\/signin/);
  await elsewhere.goto(link);
  await expect(elsewhere.getByText('This link was already used or has expired.')).toBeVisible();
});
