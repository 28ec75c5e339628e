import { expect, test } from '@playwright/test';
import { BASE_URL } from '../../fixtures.ts';

test('the / key focuses the search field but types a slash inside the field', async ({ page }) => {
  await page.goto('/tidepool/kv');
  const field = page.getByRole('banner').getByRole('combobox');
  // The shortcut works only after the page's script has run.
  await expect(async () => {
    await page.keyboard.press('/');
    await expect(field).toBeFocused({ timeout: 500 });
  }).toPass();
  await page.keyboard.type('kv/x');
  await expect(field).toHaveValue('kv/x');
});

test('a visitor gets from search to a pull command with the keyboard alone', async ({ page }) => {
  await page.goto('/');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
  await page.keyboard.press('/');
  await page.keyboard.type('lantern hello');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/search/);
  const result = page.getByRole('link', { name: 'lanternworks/hello' });
  for (let i = 0; i < 150 && !(await result.evaluate((link) => link === document.activeElement)); i += 1)
    await page.keyboard.press('Tab');
  await expect(result).toBeFocused();
  await page.keyboard.press('Enter');
  await page.waitForURL('/lanternworks/hello');
  const docker = page.getByRole('radio', { name: 'Docker', exact: true });
  for (let i = 0; i < 40 && !(await docker.evaluate((radio) => radio === document.activeElement)); i += 1)
    await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('radio', { name: 'Podman' })).toBeChecked();
  await expect(page.getByText(/^podman pull .*:latest$/)).toBeVisible();
});

test('the theme button keeps the focus', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('button', { name: 'Use the dark theme' }).press('Enter');
  await expect(page.getByRole('button', { name: 'Use the light theme' })).toBeFocused();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
});

test('j, k and the arrow keys move between results, and c copies the last client’s pull command', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await context.addCookies([{ name: 'pull-client', value: 'podman', url: BASE_URL }]);
  await page.goto('/search?q=lanternworks&sort=name');
  const results = page.getByRole('region', { name: 'Results' }).getByRole('heading').getByRole('link');
  await expect(async () => {
    await page.keyboard.press('j');
    await expect(results.first()).toBeFocused({ timeout: 500 });
  }).toPass();
  await page.keyboard.press('j');
  await page.keyboard.press('ArrowDown');
  await expect(results.nth(2)).toBeFocused();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('k');
  await page.keyboard.press('k');
  await expect(results.first()).toBeFocused();
  await page.keyboard.press('c');
  await expect(page.getByText(/^Copied: podman pull .*\/lanternworks\/certs:/)).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^podman pull .*\/lanternworks\/certs:/);
  await page.getByRole('combobox').fill('jkc');
  await expect(page.getByRole('combobox')).toBeFocused();
  await results.first().focus();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/lanternworks/certs');
});
