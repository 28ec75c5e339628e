// What the search page makes of what people type. Suggestions and keys: suggestions.spec.ts, keyboard.spec.ts.
import { expect, test } from '@playwright/test';
import { HOST } from '../../fixtures.ts';

test('a pasted reference lands on its tag', async ({ page }) => {
  await page.goto('/');
  const field = page.getByRole('search', { name: 'Gallery' }).getByRole('combobox');
  await field.fill(`docker pull ${HOST}/tidepool/queue:3.0.0`);
  await field.press('Enter');
  await expect(page).toHaveURL('/tidepool/queue/-/tags/3.0.0');
});

test('a pasted digest lands on its manifest, by itself and behind a name', async ({ page }) => {
  await page.goto('/tidepool/queue');
  await page.getByText('Digest', { exact: true }).first().click();
  const command = await page.getByText(/^docker pull .*@sha256:[0-9a-f]{64}$/).textContent();
  const digest = command?.split('@')[1] ?? '';
  for (const query of [digest, `${HOST}/tidepool/queue@${digest}`]) {
    await page.goto(`/search?q=${encodeURIComponent(query)}`);
    await expect(page).toHaveURL(`/tidepool/queue/-/digests/${digest}`);
  }
});

test('a reference that is not here is a search for its name', async ({ page }) => {
  await page.goto('/search?q=tidepool/queue:no-such-tag');
  await expect(page.getByRole('link', { name: 'tidepool/queue', exact: true })).toBeVisible();
});

test('what was probably meant is offered, and found already', async ({ page }) => {
  await page.goto('/search?q=tidepol');
  await expect(page.getByRole('link', { name: 'tidepool/queue', exact: true })).toBeVisible();
  await page.getByRole('link', { name: 'tidepool', exact: true }).click();
  await expect(page).toHaveURL('/search?q=tidepool');
});

test('where nothing has all words, what has some is shown and called that', async ({ page }) => {
  await page.goto('/search?q=queue+qqxxyyzz');
  await expect(page.getByText('No repository matches all of these words.')).toBeVisible();
  await expect(page.getByRole('link', { name: 'tidepool/queue', exact: true })).toBeVisible();
  await page.goto('/search?q=qqxxyyzz');
  await expect(page.getByText('No repository matches all of these words.')).toHaveCount(0);
});

test('signatures and the last push are filters', async ({ page }) => {
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
