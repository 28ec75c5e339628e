// OpenID Connect sign-in through a real issuer's pages. The tests start their own site.
import { expect, test, type Browser, type Page } from '@playwright/test';
import { findFreePort } from '#lib/testing/servers/find-free-port.ts';
import { startTestServer, type TestServer } from '#scripts/test-server.ts';
import { findViolations } from '../find-violations.ts';
import { fillSignIn, makeRepository, makeToken, readAlias, refusal, signUpByForm } from '../people.ts';
import { startIssuer, type Issuer } from '../../oidc-issuer.ts';

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
    PORT: String(sitePort),
    DEMO: '0',
    OIDC_NAME: 'Example ID',
    SIGN_UPS_PER_HOUR: '2',
    OIDC_ISSUER: issuer.url,
    OIDC_CLIENT_ID: issuer.clientId,
    OIDC_CLIENT_SECRET: issuer.clientSecret,
    OIDC_ADMIN_VALUES: 'gallery-admins',
    OIDC_REVIEWER_VALUES: 'gallery-reviewers',
  });
});
test.afterAll(async () => {
  await site.stop();
  issuer.stop();
});

/** Signs in by clicking through the site's sign-in page and the issuer's two pages. */
async function signIn(page: Page, subject: string, target: string): Promise<void> {
  await page.goto(site.url + target);
  await page.getByRole('link', { name: 'Continue with Example ID' }).click();
  await page.waitForURL(`${issuer.url}/**`);
  await page.getByPlaceholder('Enter any login').fill(subject);
  await page.getByPlaceholder('and password').fill('any');
  await page.getByRole('button', { name: 'Sign-in' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
}

test('a member signs in, reaches the requested page, and signs out', async ({ page }) => {
  issuer.people.set('grace', { email: 'grace@id.example', email_verified: true, name: 'Grace' });
  await signIn(page, 'grace', '/console/profile');
  await expect(page).toHaveURL(`${site.url}/console/profile`);
  await expect(page.getByLabel('Publisher name')).toHaveValue('Grace');
  await expect(page.getByRole('banner').getByRole('link', { name: 'Review' })).toHaveCount(0);
  await page.goto(`${site.url}/console/account`);
  await expect(page.getByLabel('Email address')).toHaveValue('grace@id.example');
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await findViolations(page)).toEqual([]);
  }
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(`${site.url}/`);
  await page.goto(`${site.url}/console`);
  await expect(page).toHaveURL(/\/signin\?/);
});

test('issuer groups set the admin and reviewer roles at each sign-in', async ({ browser }) => {
  const email = 'hopper@id.example';
  const links = async (groups: string[]) => {
    issuer.people.set('hopper', { email, email_verified: true, name: 'Hopper', groups });
    const context = await browser.newContext();
    const page = await context.newPage();
    await signIn(page, 'hopper', '/console');
    await expect(page).toHaveURL(`${site.url}/console`);
    // In the account menu, which is closed.
    const names = await page.getByRole('banner').getByRole('link', { includeHidden: true }).allTextContents();
    const status = (await page.request.get(`${site.url}/admin`)).status();
    await context.close();
    return { names: names.filter((name) => ['Review', 'Admin'].includes(name.trim())), status };
  };
  expect(await links(['staff', 'gallery-admins'])).toEqual({ names: ['Review', 'Admin'], status: 200 });
  expect(await links(['gallery-reviewers'])).toEqual({ names: ['Review'], status: 404 });
  expect(await links([])).toEqual({ names: [], status: 404 });
});

async function openHere(browser: Browser): Promise<Page> {
  return (await browser.newContext({ baseURL: site.url })).newPage();
}

test('an address owner’s first OIDC sign-in locks out an impostor and the members they invited', async ({
  browser,
}) => {
  test.slow();
  const eve = await openHere(browser);
  const password = 'the stranger’s password';
  await signUpByForm(eve, { displayName: 'Turing', email: 'turing@id.example', password });
  const alias = await readAlias(eve);
  await makeRepository(eve, 'secret', { isPrivate: true });
  const secret = await makeToken(eve);
  await eve.goto('/console/members');
  await eve.getByLabel('Email address').fill('anybody@example.org');
  await eve.getByLabel('Role', { exact: true }).selectOption('owner');
  await eve.getByRole('button', { name: 'Send invitation' }).click();
  const link = (await eve.getByText(/\/console\/invitation\?secret=\w+/).textContent()) ?? '';
  issuer.people.set('mallory', { email: 'mallory@id.example', email_verified: true, name: 'Mallory' });
  const mallory = await openHere(browser);
  await signIn(mallory, 'mallory', '/console');
  await mallory.goto(link.trim());
  await mallory.getByRole('button', { name: 'Accept invitation' }).click();
  await expect(mallory.getByRole('heading', { name: alias })).toBeVisible();
  const repositoryPage = `/console/repositories/${alias}/secret`;
  expect((await mallory.request.get(repositoryPage)).status()).toBe(200);
  const tags = `${site.url}/v2/${alias}/secret/tags/list`;
  const authorization = `Basic ${Buffer.from(`eve:${secret}`).toString('base64')}`;
  expect((await fetch(tags, { headers: { authorization } })).status).toBe(200);

  issuer.people.set('turing', { email: 'turing@id.example', email_verified: true, name: 'Turing' });
  const turing = await openHere(browser);
  await signIn(turing, 'turing', '/console/members');
  await expect(turing.getByRole('main').getByText('turing@id.example').first()).toBeVisible();
  await expect(turing.getByText('mallory@id.example')).toHaveCount(0);
  expect((await turing.request.get(repositoryPage)).status()).toBe(200);
  expect((await mallory.request.get(repositoryPage)).status()).toBe(404);
  expect((await fetch(tags, { headers: { authorization } })).status).toBe(401);
  await eve.goto('/console');
  await expect(eve).toHaveURL(/\/signin/);
  await fillSignIn(eve, 'turing@id.example', password);
  await expect(refusal(eve)).toContainText('Incorrect email address or password');
});

test('the sign-up rate limit rejects a second account but exempts OIDC users', async ({ page }) => {
  const fill = async (email: string) => {
    await page.goto(`${site.url}/signup`);
    await page.getByLabel('Name').fill('Newcomer');
    await page.getByLabel('Email address').fill(email);
    await page.getByLabel('Password').fill('a long password');
    await page.getByRole('button', { name: 'Create account' }).click();
  };
  await fill('first@example.org');
  await expect(page).toHaveURL(`${site.url}/console`);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(`${site.url}/`);
  await fill('second@example.org');
  await expect(refusal(page)).toContainText(
    /Too many accounts were created from your network\. Try again in \d+ minutes\./,
  );
  await expect(page.getByLabel('Email address')).toHaveValue('second@example.org');
  issuer.people.set('lovelace', { email: 'lovelace@id.example', email_verified: true, name: 'Lovelace' });
  await signIn(page, 'lovelace', '/console/account');
  await expect(page).toHaveURL(`${site.url}/console/account`);
});

test('cancelling at the issuer shows an error and leaves the visitor signed out', async ({ page }) => {
  await page.goto(`${site.url}/signin`);
  await page.getByRole('link', { name: 'Continue with Example ID' }).click();
  await page.waitForURL(`${issuer.url}/**`);
  await page.getByRole('link', { name: /Abort|Cancel/ }).click();
  await expect(page.getByText('Sign-in failed. Try again.')).toBeVisible();
  await page.goto(`${site.url}/console`);
  await expect(page).toHaveURL(/\/signin\?/);
});
