// Signing in by OpenID Connect as people do it: a real issuer's pages, in a real browser. The site is one of its own.
import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { findFreePort, startTestServer, type TestServer } from '#scripts/test-server.ts';
import { refusal } from './people.ts';
import { startIssuer, type Issuer } from '../oidc-issuer.ts';

test.describe.configure({ mode: 'serial' });

let issuer: Issuer;
let site: TestServer;
test.beforeAll(async () => {
  const [issuerPort, sitePort] = [await findFreePort(), await findFreePort()];
  issuer = await startIssuer({
    port: issuerPort,
    redirectUri: `http://127.0.0.1:${sitePort}/api/auth/callback/oidc`,
  });
  site = await startTestServer({
    ...{ PORT: String(sitePort), DEMO: '0', OIDC_NAME: 'Example ID', SIGN_UPS_PER_HOUR: '1' },
    ...{ OIDC_ISSUER: issuer.url, OIDC_CLIENT_ID: issuer.clientId, OIDC_CLIENT_SECRET: issuer.clientSecret },
    ...{ OIDC_ADMIN_VALUES: 'gallery-admins', OIDC_REVIEWER_VALUES: 'gallery-reviewers' },
  });
});
test.afterAll(async () => {
  await site.stop();
  issuer.stop();
});

/** By clicking: the site's sign-in page, the issuer's two, and back. */
async function signIn(page: Page, subject: string, target: string): Promise<void> {
  await page.goto(site.url + target);
  await page.getByRole('link', { name: 'Continue with Example ID' }).click();
  await page.waitForURL(`${issuer.url}/**`);
  await page.getByPlaceholder('Enter any login').fill(subject);
  await page.getByPlaceholder('and password').fill('any');
  await page.getByRole('button', { name: 'Sign-in' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
}

test('a member gets where they were going, works, signs out, and is out', async ({ page }) => {
  issuer.people.set('grace', { email: 'grace@id.example', email_verified: true, name: 'Grace' });
  await signIn(page, 'grace', '/console/members');
  await expect(page).toHaveURL(`${site.url}/console/members`);
  await expect(page.getByLabel('Publisher name')).toHaveValue('Grace');
  await expect(page.getByRole('banner').getByRole('link', { name: 'Review' })).toHaveCount(0);
  await page.goto(`${site.url}/console/account`);
  await expect(page.getByLabel('E-mail address')).toHaveValue('grace@id.example');
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  }
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(`${site.url}/`);
  await page.goto(`${site.url}/console`);
  await expect(page).toHaveURL(/\/signin\?/);
});

test('a group at the issuer makes an admin, another a reviewer, none neither: at the next sign-in', async ({
  browser,
}) => {
  const email = 'hopper@id.example';
  const links = async (groups: string[]) => {
    issuer.people.set('hopper', { email, email_verified: true, name: 'Hopper', groups });
    const context = await browser.newContext();
    const page = await context.newPage();
    await signIn(page, 'hopper', '/console');
    await expect(page).toHaveURL(`${site.url}/console`);
    const names = await page.getByRole('banner').getByRole('link').allTextContents();
    const status = (await page.request.get(`${site.url}/admin`)).status();
    await context.close();
    return { names: names.filter((name) => ['Review', 'Admin'].includes(name.trim())), status };
  };
  expect(await links(['staff', 'gallery-admins'])).toEqual({ names: ['Review', 'Admin'], status: 200 });
  expect(await links(['gallery-reviewers'])).toEqual({ names: ['Review'], status: 404 });
  expect(await links([])).toEqual({ names: [], status: 404 });
});

test('a second account from one address has to wait; whom the issuer sends does not', async ({ page }) => {
  const fill = async (email: string) => {
    await page.goto(`${site.url}/signup`);
    await page.getByLabel('Name').fill('Newcomer');
    await page.getByLabel('E-mail address').fill(email);
    await page.getByLabel('Password').fill('a long password');
    await page.getByRole('button', { name: 'Create account' }).click();
  };
  await fill('first@example.org');
  await expect(page).toHaveURL(`${site.url}/console`);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(`${site.url}/`);
  await fill('second@example.org');
  await expect(refusal(page)).toContainText(
    /Too many accounts were made from your network\. Try again in \d+ minutes\./,
  );
  await expect(page.getByLabel('E-mail address')).toHaveValue('second@example.org');
  issuer.people.set('lovelace', { email: 'lovelace@id.example', email_verified: true, name: 'Lovelace' });
  await signIn(page, 'lovelace', '/console/account');
  await expect(page).toHaveURL(`${site.url}/console/account`);
});

test('who says no at the issuer is told, and nobody is signed in', async ({ page }) => {
  await page.goto(`${site.url}/signin`);
  await page.getByRole('link', { name: 'Continue with Example ID' }).click();
  await page.waitForURL(`${issuer.url}/**`);
  await page.getByRole('link', { name: /Abort|Cancel/ }).click();
  await expect(page.getByText('Signing in there did not work. Try again.')).toBeVisible();
  await page.goto(`${site.url}/console`);
  await expect(page).toHaveURL(/\/signin\?/);
});
