import { expect, test } from '@playwright/test';

test('/ goes to the search field, but not out of another one', async ({ page }) => {
  await page.goto('/tidepool/kv');
  const field = page.getByRole('banner').getByRole('searchbox');
  // The page listens once its script has run.
  await expect(async () => {
    await page.keyboard.press('/');
    await expect(field).toBeFocused({ timeout: 500 });
  }).toPass();
  await page.keyboard.type('kv/x');
  await expect(field).toHaveValue('kv/x');
});

test('from search to a pull command with the keyboard alone', async ({ page }) => {
  await page.goto('/');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused();
  await page.keyboard.press('/');
  await page.keyboard.type('lantern hello');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/search/);
  const result = page.getByRole('link', { name: 'lanternworks/hello' });
  for (let i = 0; i < 40 && !(await result.evaluate((link) => link === document.activeElement)); i += 1)
    await page.keyboard.press('Tab');
  await expect(result).toBeFocused();
  await page.keyboard.press('Enter');
  await page.waitForURL('/lanternworks/hello');
  const docker = page.getByRole('radio', { name: 'Docker' });
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
