// Passkeys and second factors, with Chromium's virtual authenticator. The tests start their own site, because browsers offer
// no passkeys for IP addresses.
import { expect, test, type CDPSession, type Page } from '@playwright/test';
import { totpCode, totpStep } from '#lib/identity/factors/totp.ts';
import { findFreePort } from '#lib/testing/servers/find-free-port.ts';
import { startTestServer, type TestServer } from '#scripts/test-server.ts';
import { findViolations } from '../find-violations.ts';
import { fillSignIn, newPerson, refusal, type Person } from '../people.ts';

test.describe.configure({ mode: 'default' });

let site: TestServer;
let url: string;
test.beforeAll(async () => {
  const port = String(await findFreePort());
  url = `http://localhost:${port}`;
  site = await startTestServer({ DEMO: '0', PORT: port, PUBLIC_URL: url });
});
test.afterAll(() => site.stop());

/** A device with a fingerprint reader that always recognizes its owner. */
async function addAuthenticator(page: Page): Promise<{ client: CDPSession; authenticatorId: string }> {
  const client = await page.context().newCDPSession(page);
  await client.send('WebAuthn.enable');
  const options = {
    protocol: 'ctap2',
    transport: 'internal',
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    automaticPresenceSimulation: true,
  } as const;
  const { authenticatorId } = await client.send('WebAuthn.addVirtualAuthenticator', { options });
  return { client, authenticatorId };
}

async function signUp(page: Page, person: Person = newPerson()): Promise<Person> {
  await page.goto(`${url}/signup`);
  await page.getByLabel('Name').fill(person.displayName);
  await page.getByLabel('Email address').fill(person.email);
  await page.getByLabel('Password').fill(person.password);
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page).toHaveURL(`${url}/console`);
  return person;
}

async function signOut(page: Page): Promise<void> {
  await page.context().clearCookies();
}

async function signIn(page: Page, { email, password }: Person): Promise<void> {
  await page.goto(`${url}/signin?callbackUrl=%2Fconsole%2Faccount`);
  await fillSignIn(page, email, password);
}

async function expectSound(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await findViolations(page, undefined, 'main')).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: 'light' });
  for (const width of [390, 320]) {
    await page.setViewportSize({ width, height: 844 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}

/** Sets up an authenticator app and returns its secret and the recovery codes. */
async function setUpApp(page: Page): Promise<{ secret: string; codes: string[] }> {
  await page.goto(`${url}/console/account/security`);
  await page.getByRole('button', { name: 'Set up an app' }).click();
  await expect(page.getByRole('img', { name: 'QR code' })).toBeVisible();
  const key = await page.getByText(/^(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}$/).textContent();
  const secret = (key ?? '').replaceAll(' ', '');
  await page.getByLabel('Code', { exact: true }).fill(totpCode(secret, totpStep(new Date())));
  await page.getByRole('button', { name: 'Confirm code' }).click();
  await expect(page.getByText('Authenticator app added.')).toBeVisible();
  const codes = await page.getByText(/^(?:\w{4}-){3}\w{4}$/).allTextContents();
  return { secret, codes };
}

test('a user adds a passkey, signs in with it alone, and removes it', async ({ page }) => {
  const { client, authenticatorId } = await addAuthenticator(page);
  await signUp(page);
  await page.goto(`${url}/console/account`);
  await page.getByRole('link', { name: 'Manage passkeys and second factors' }).click();
  await expect(page.getByLabel('Name of the new passkey')).toHaveValue(/^Chrome \d+ on Linux$/);
  await expectSound(page);
  await page.getByLabel('Name of the new passkey').fill('work laptop');
  await page.getByRole('button', { name: 'Add passkey' }).click();
  await expect(page.getByText('Passkey added.')).toBeVisible();
  await expect(page.getByText(/^(?:\w{4}-){3}\w{4}$/)).toHaveCount(10);
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download codes' }).click();
  expect((await download).suggestedFilename()).toBe('recovery-codes.txt');
  await expectSound(page);

  await signOut(page);
  await page.goto(`${url}/signin?callbackUrl=%2Fconsole%2Faccount%2Fsecurity`);
  await expectSound(page);
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await expect(page).toHaveURL(`${url}/console/account/security`);
  await expect(page.getByRole('paragraph').filter({ hasText: 'work laptop' })).toBeVisible();

  await signOut(page);
  await client.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
  await page.goto(`${url}/signin`);
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await expect(refusal(page)).toContainText('The prompt was closed or timed out.');
  await client.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true });
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await expect(page).toHaveURL(`${url}/console`);

  await page.goto(`${url}/console/account/security`);
  await page.getByText('Remove …').click();
  await page.getByRole('button', { name: 'Remove passkey' }).click();
  await expect(page.getByText('work laptop')).toHaveCount(0);
  await expect(page.getByRole('heading', { name: 'Recovery codes' })).toHaveCount(0);
});

test('a password alone isn’t enough beside a passkey', async ({ page, browser }) => {
  await addAuthenticator(page);
  const person = await signUp(page);
  await page.goto(`${url}/console/account/security`);
  await page.getByRole('button', { name: 'Add passkey' }).click();
  await expect(page.getByText('Passkey added.')).toBeVisible();
  await signOut(page);
  await signIn(page, person);
  await expect(page).toHaveURL(/\/signin\/second-factor/);
  await expectSound(page);
  await page.goto(`${url}/console`);
  await expect(page).toHaveURL(/\/signin\?/);
  await page.goto(`${url}/signin/second-factor?callbackUrl=%2Fconsole%2Faccount`);
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await expect(page).toHaveURL(`${url}/console/account`);

  const context = await browser.newContext();
  const stranger = await context.newPage();
  await addAuthenticator(stranger);
  await signIn(stranger, person);
  await stranger.getByRole('button', { name: 'Use a passkey' }).click();
  await expect(refusal(stranger)).toBeVisible();
  await stranger.goto(`${url}/console`);
  await expect(stranger).toHaveURL(/\/signin\?/);
  await context.close();
});

test('an authenticator app and, with a lost phone, a recovery code confirm a sign-in', async ({ page }) => {
  const person = await signUp(page);
  const { secret, codes } = await setUpApp(page);
  expect(codes).toHaveLength(10);
  await signOut(page);
  await signIn(page, person);
  await expectSound(page);
  await page.getByLabel('Code', { exact: true }).fill('000000');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByLabel('Code', { exact: true })).toHaveAccessibleDescription(/This code is wrong/);
  await page.getByLabel('Code', { exact: true }).fill(totpCode(secret, totpStep(new Date()) + 1));
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(`${url}/console/account`);
  await expect(page.getByText('You have an authenticator app, and 10 recovery codes left.')).toBeVisible();

  await signOut(page);
  await signIn(page, person);
  await page.getByRole('link', { name: 'Use a recovery code' }).click();
  await expectSound(page);
  await page.getByLabel('Recovery code').fill(codes[0] ?? '');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(`${url}/console/account`);
  await page.goto(`${url}/console/account/security`);
  await expect(page.getByText('9 of 10 codes are left.')).toBeVisible();
  await page.getByRole('button', { name: 'Create new codes' }).click();
  await expect(page.getByText(/^(?:\w{4}-){3}\w{4}$/)).toHaveCount(10);
  await page.goto(`${url}/console/account/security`);
  await page.getByText('Remove …').click();
  await page.getByRole('button', { name: 'Remove authenticator app' }).click();
  await expect(page.getByRole('button', { name: 'Set up an app' })).toBeVisible();
});

test('staff are led to a second factor once the site requires one', async ({ page }) => {
  await signIn(page, {
    displayName: 'Admin',
    email: site.env['E2E_ADMIN_EMAIL'] ?? '',
    password: site.env['E2E_ADMIN_PASSWORD'] ?? '',
  });
  await expect(page).toHaveURL(`${url}/console/account`);
  await page.goto(`${url}/admin/settings`);
  await page.getByLabel('Require a second factor for reviewers and admins').check();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page).toHaveURL(`${url}/console/account/security`);
  await page.goto(`${url}/admin/users`);
  await expect(page).toHaveURL(`${url}/console/account/security`);
  await expect(page.getByText('This site requires a second factor for reviewers and admins.')).toBeVisible();
  await expectSound(page);
  await setUpApp(page);
  await page.goto(`${url}/admin/users`);
  await expect(page).toHaveURL(`${url}/admin/users`);
  await expect(page.getByRole('heading', { name: 'Users' })).toBeVisible();
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('an app is set up and used', async ({ page }) => {
    const person = await signUp(page);
    const { secret, codes } = await setUpApp(page);
    expect(codes).toHaveLength(10);
    await signOut(page);
    await signIn(page, person);
    await page.getByLabel('Code', { exact: true }).fill(totpCode(secret, totpStep(new Date()) + 1));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page).toHaveURL(`${url}/console/account`);
  });
});
