import { expect, test } from '@playwright/test';
import { HOST } from '../../fixtures.ts';
import { fillSignIn, makeRepository, refusal, signUpByForm } from '../people.ts';

test.use({ javaScriptEnabled: false });

test('search, navigation and filters work without JavaScript', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('searchbox').fill('queue');
  await page.getByRole('searchbox').press('Enter');
  await page.getByRole('link', { name: 'tidepool/queue' }).click();
  await page.getByRole('navigation', { name: 'Repository' }).getByRole('link', { name: 'Usage' }).click();
  await expect(page).toHaveURL('/tidepool/queue/-/usage');
  await page.getByRole('navigation', { name: 'Repository' }).getByRole('link', { name: /Tags/ }).click();
  await page.getByRole('searchbox', { name: 'Filter tags' }).fill('3.1');
  await page.getByRole('button', { name: 'Filter' }).click();
  await expect(page.getByRole('link', { name: '3.1.0', exact: true })).toBeVisible();
});

test('the pull box switches clients and hides the copy button without JavaScript', async ({ page }) => {
  await page.goto('/lanternworks/web');
  await expect(page.getByText(`docker pull ${HOST}/lanternworks/web:latest`)).toBeVisible();
  await page.getByText('nerdctl', { exact: true }).click();
  await expect(page.getByText(/^nerdctl .*pull .*\/lanternworks\/web:latest$/)).toBeVisible();
  await expect(page.getByText(`docker pull ${HOST}/lanternworks/web:latest`)).toBeHidden();
  await expect(page.getByRole('button', { name: 'Copy pull command' })).toHaveCount(0);
});

test('the site switches and remembers the theme without JavaScript', async ({ page }) => {
  await page.goto('/search?q=web');
  await page.getByRole('button', { name: 'Use the dark theme' }).click();
  await expect(page).toHaveURL('/search?q=web');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.goto('/docs');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
});

test('sign-up, sign-in and repository creation work without JavaScript', async ({ page, browser }) => {
  const person = await signUpByForm(page);
  await makeRepository(page, 'plain-html');
  const again = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  await again.goto('/signin');
  await fillSignIn(again, person.email, 'not the password');
  await expect(refusal(again)).toContainText('Incorrect email address or password');
  await expect(again.getByLabel('Email address')).toHaveValue(person.email);
  await fillSignIn(again, person.email, person.password);
  await expect(again).toHaveURL('/console');
  await expect(again.getByRole('rowheader', { name: 'plain-html' })).toBeVisible();
});
