// How the search page interprets queries. suggestions.spec.ts covers suggestions, and keyboard.spec.ts covers shortcuts.
import { expect, test } from '@playwright/test';
import { HOST } from '../../fixtures.ts';

test('a pasted reference opens its tag page', async ({ page }) => {
  await page.goto('/');
  const field = page.getByRole('search', { name: 'Gallery' }).getByRole('combobox');
  await field.fill(`docker pull ${HOST}/tidepool/queue:3.0.0`);
  await field.press('Enter');
  await expect(page).toHaveURL('/tidepool/queue/-/tags/3.0.0');
});

test('a pasted digest opens its manifest page, with or without a repository name', async ({ page }) => {
  await page.goto('/tidepool/queue');
  await page.getByText('Digest', { exact: true }).first().click();
  const command = await page.getByText(/^docker pull .*@sha256:[0-9a-f]{64}$/).textContent();
  const digest = command?.split('@')[1] ?? '';
  for (const query of [digest, `${HOST}/tidepool/queue@${digest}`]) {
    await page.goto(`/search?q=${encodeURIComponent(query)}`);
    await expect(page).toHaveURL(`/tidepool/queue/-/digests/${digest}`);
  }
});

test('an unknown reference searches for its repository name', async ({ page }) => {
  await page.goto('/search?q=tidepool/queue:no-such-tag');
  await expect(page.getByRole('link', { name: 'tidepool/queue', exact: true })).toBeVisible();
});

test('a misspelled query shows results for the suggested correction and a link to it', async ({ page }) => {
  await page.goto('/search?q=tidepol');
  await expect(page.getByRole('link', { name: 'tidepool/queue', exact: true })).toBeVisible();
  await page.getByRole('link', { name: 'tidepool', exact: true }).click();
  await expect(page).toHaveURL('/search?q=tidepool');
});

test('a query without full matches shows partial matches with a notice', async ({ page }) => {
  await page.goto('/search?q=queue+qqxxyyzz');
  await expect(page.getByText('No repository matches all of these words.')).toBeVisible();
  await expect(page.getByRole('link', { name: 'tidepool/queue', exact: true })).toBeVisible();
  await page.goto('/search?q=qqxxyyzz');
  await expect(page.getByText('No repository matches all of these words.')).toHaveCount(0);
});

test('search filters by signature and last push', async ({ page }) => {
  await page.goto('/search?q=tidepool');
  await page
    .getByRole('navigation', { name: 'Last push' })
    .getByRole('link', { name: /^Past week/ })
    .click();
  await expect(page).toHaveURL('/search?q=tidepool&pushed=week');
  await expect(page.getByRole('link', { name: 'tidepool/queue', exact: true })).toBeVisible();
  await page
    .getByRole('navigation', { name: 'Signature' })
    .getByRole('link', { name: /^Attached/ })
    .click();
  await expect(page).toHaveURL('/search?q=tidepool&signed=1&pushed=week');
  await expect(page.getByText('No results for “tidepool”')).toBeVisible();
  await page.getByRole('link', { name: 'Remove the filter Attached' }).click();
  await expect(page).toHaveURL('/search?q=tidepool&pushed=week');
});
