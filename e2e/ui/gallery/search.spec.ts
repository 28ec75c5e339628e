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
  // Nothing is signed, so that the filter is no link.
  const signed = page.getByRole('navigation', { name: 'Signature' }).getByRole('link', { name: /^Attached/ });
  await expect(signed).toHaveAttribute('aria-disabled', 'true');
  await expect(signed).not.toHaveAttribute('href');
  await page.goto('/search?q=tidepool&signed=1&pushed=week');
  await expect(page.getByText('No results for “tidepool”')).toBeVisible();
  await page.getByRole('link', { name: 'Remove the filter Attached' }).click();
  await expect(page).toHaveURL('/search?q=tidepool&pushed=week');
});

test('Explore lists categories and shows their repositories', async ({ page }) => {
  await page.goto('/search');
  await expect(page.getByRole('heading', { name: 'Explore', level: 1 })).toBeVisible();
  await page
    .getByRole('region', { name: 'Categories' })
    .getByRole('link', { name: /^Message queues/ })
    .click();
  await expect(page).toHaveURL('/search?category=messaging');
  await expect(page.getByRole('link', { name: 'tidepool/queue', exact: true })).toBeVisible();
  await page.getByRole('link', { name: 'Remove the filter Message queues and streaming' }).click();
  await expect(page).toHaveURL('/search');
});

test('a tag is found across repositories', async ({ page }) => {
  await page.goto('/search?q=tag:3.0.1');
  await expect(page.getByRole('link', { name: 'tidepool/queue', exact: true })).toBeVisible();
  await expect(page.getByRole('status').first()).toContainText('1 repository');
});

test('platforms are named as in images, and older links still work', async ({ page }) => {
  await page.goto('/search?q=tidepool&os=Linux&arch=ARM+64');
  await expect(page.getByRole('link', { name: 'Remove the filter linux/arm64' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'tidepool/queue', exact: true })).toBeVisible();
});

test('the order chosen last is remembered', async ({ page }) => {
  await page.goto('/search?q=lantern');
  const sorts = page.getByRole('navigation', { name: 'Sort' });
  await sorts.getByRole('link', { name: 'Name' }).click();
  await expect(page).toHaveURL('/search?q=lantern&sort=name');
  await page.goto('/search?q=tidepool');
  await expect(sorts.getByRole('link', { name: 'Name' })).toHaveAttribute('aria-current', 'true');
  await sorts.getByRole('link', { name: 'Best match' }).click();
  await page.goto('/search?q=tidepool');
  await expect(sorts.getByRole('link', { name: 'Best match' })).toHaveAttribute('aria-current', 'true');
});
