import { expect, test } from '@playwright/test';
import { BASE_URL, vitrine } from '../../fixtures.ts';
import { fillSignIn, newPerson, refusal, signUp } from '../people.ts';

const WRONG = 'Incorrect email address or password.';

test('a wrong password and an unknown address show the same error', async ({ page, browser }) => {
  const person = await signUp(await (await browser.newContext()).newPage());
  await page.goto('/signin');
  await fillSignIn(page, person.email, 'not the password');
  await expect(refusal(page)).toContainText(WRONG);
  await expect(page.getByLabel('Email address')).toHaveValue(person.email);
  await expect(page.getByLabel('Password')).toHaveValue('');
  await page.goto('/signin');
  await fillSignIn(page, newPerson().email, person.password);
  await expect(refusal(page)).toContainText(WRONG);
});

test('a user signs in, returns to the requested page, and signs out', async ({ page, browser }) => {
  const person = await signUp(await (await browser.newContext()).newPage());
  await page.goto('/console/tokens');
  await expect(page).toHaveURL('/signin?callbackUrl=%2Fconsole%2Ftokens');
  await fillSignIn(page, person.email.toUpperCase(), person.password);
  await expect(page).toHaveURL('/console/tokens');
  await page.goto('/signin');
  await expect(page).toHaveURL('/console');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL('/');
  await page.goto('/console');
  await expect(page).toHaveURL(/\/signin/);
});

for (const target of ['https://evil.test/', '//evil.test/', '/\\evil.test', '/%09/evil.test', 'javascript:alert(1)']) {
  test(`sign-in never redirects to ${target}`, async ({ page, browser }) => {
    const person = await signUp(await (await browser.newContext()).newPage());
    await page.goto(`/signin?callbackUrl=${encodeURIComponent(target)}`);
    await fillSignIn(page, person.email, person.password);
    await page.waitForURL((url) => url.pathname !== '/signin');
    expect(new URL(page.url()).origin).toBe(BASE_URL);
  });
}

test('sign-up rejects a registered email address', async ({ page, browser }) => {
  const person = await signUp(await (await browser.newContext()).newPage());
  await page.goto('/signup');
  await page.getByLabel('Name').fill('Somebody else');
  await page.getByLabel('Email address').fill(person.email);
  await page.getByLabel('Password').fill('another password');
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page.getByLabel('Email address')).toHaveAttribute('aria-invalid', 'true');
});

test('a new password ends all sessions except the current one', async ({ page, browser }) => {
  const person = await signUp(page);
  const other = await (await browser.newContext()).newPage();
  await other.goto('/signin');
  await fillSignIn(other, person.email, person.password);
  await expect(other).toHaveURL('/console');

  await page.goto('/console/account');
  await page.getByLabel('Current password').fill('not it, surely');
  await page.getByLabel('New password').fill('a brand new password');
  await page.getByRole('button', { name: 'Set password' }).click();
  await expect(page.getByLabel('Current password')).toHaveAttribute('aria-invalid', 'true');
  await page.getByLabel('Current password').fill(person.password);
  await page.getByLabel('New password').fill('a brand new password');
  await page.getByRole('button', { name: 'Set password' }).click();
  await expect(page.getByText('Password saved.')).toBeVisible();
  await page.goto('/console');
  await expect(page).toHaveURL('/console');
  await other.goto('/console');
  await expect(other).toHaveURL(/\/signin/);
});

test('a sign-in link requires a click, and an invalid one shows an error', async ({ page }) => {
  await page.goto('/signin/link?secret=never-made');
  await expect(refusal(page)).toHaveCount(0);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(refusal(page)).toContainText('already used or has expired');
  await page.goto('/signin/link');
  await expect(page.getByText('This link is incomplete')).toBeVisible();
});

test('without mail, an admin creates a link that resets a password', async ({ page, browser }) => {
  const person = await signUp(await (await browser.newContext()).newPage());
  await page.goto('/signin');
  await page.getByRole('link', { name: 'Forgot your password?' }).click();
  await expect(page.getByText('Ask an admin for a reset link.')).toBeVisible();
  const printed = await vitrine('user', 'reset-link', '--email', person.email, '--json');
  const { url } = JSON.parse(printed) as { url: string };
  await page.goto(new URL(url).pathname + new URL(url).search);
  await page.getByLabel('New password').fill('a password after the reset');
  await page.getByRole('button', { name: 'Set password' }).click();
  await expect(page).toHaveURL('/console');
});

test('a user ends all other sessions', async ({ page, browser }) => {
  const person = await signUp(page);
  const other = await (await browser.newContext()).newPage();
  await other.goto('/signin');
  await fillSignIn(other, person.email, person.password);
  await expect(other).toHaveURL('/console');
  await page.goto('/console/account');
  await expect(page.getByText('This browser')).toHaveCount(1);
  await expect(page.getByText(/^Chrome \d+ on Linux$/)).toHaveCount(2);
  await page.getByText('End all others').click();
  await page.getByRole('button', { name: 'End all other sessions' }).click();
  await expect(page.getByText(/^Chrome \d+ on Linux$/)).toHaveCount(1);
  await other.goto('/console');
  await expect(other).toHaveURL(/\/signin/);
  await page.goto('/console');
  await expect(page).toHaveURL('/console');
});

test('the site rejects a forged session cookie', async ({ page, context }) => {
  await context.addCookies([{ name: 'next-auth.session-token', value: 'e30.e30.e30.e30.e30', url: BASE_URL }]);
  await page.goto('/console');
  await expect(page).toHaveURL(/\/signin/);
});
