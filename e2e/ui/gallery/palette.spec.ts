// The command palette (Ctrl+K) for search and navigation.
import { expect, test, type Page } from '@playwright/test';
import { gzipSync } from 'node:zlib';
import { findViolations } from '../find-violations.ts';
import { signUp } from '../people.ts';

async function openPalette(page: Page) {
  const palette = page.getByRole('dialog', { name: 'Search, or go to' });
  // The shortcut works only after the page's script has run.
  await expect(async () => {
    await page.keyboard.press('Control+k');
    await expect(palette).toBeVisible({ timeout: 2_000 });
  }).toPass();
  await expect(palette.getByRole('combobox')).toBeFocused();
  return palette;
}

test('the palette opens pages and search results with the keyboard alone', async ({ page }) => {
  await page.goto('/lanternworks/web');
  let palette = await openPalette(page);
  await expect(palette.getByRole('option')).toHaveText(['Home', 'Search', 'Docs', 'Sign in', 'Use the dark theme']);
  await page.keyboard.type('docs');
  await expect(palette.getByRole('option')).toHaveText(['Search for “docs”', 'Docs']);
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/docs');
  palette = await openPalette(page);
  await page.keyboard.type('message queue');
  await expect(palette.getByRole('option', { name: /^tidepool\/queue/ })).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/tidepool/queue');
  await openPalette(page);
  await page.keyboard.type('proxy');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/search?q=proxy');
});

test('the palette restores the focus after each way of closing it', async ({ page }) => {
  await page.goto('/lanternworks/web');
  const before = page.getByRole('navigation', { name: 'Site' }).getByRole('link', { name: 'Docs' });
  await before.focus();
  for (const close of [
    () => page.keyboard.press('Escape'),
    () => page.keyboard.press('Control+k'),
    () => page.getByRole('button', { name: /^Esc/ }).click(),
    () => page.mouse.click(5, 5),
  ]) {
    const palette = await openPalette(page);
    await page.keyboard.type('web');
    await close();
    await expect(palette).toBeHidden();
    await expect(before).toBeFocused();
  }
});

test('the palette switches the theme', async ({ page }) => {
  await page.goto('/');
  const palette = await openPalette(page);
  await page.keyboard.type('theme');
  await palette.getByRole('option', { name: 'Use the dark theme' }).click();
  await expect(palette).toBeHidden();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
});

test('the palette offers the console to signed-in users', async ({ page }) => {
  await signUp(page);
  const palette = await openPalette(page);
  await expect(palette.getByRole('option', { name: 'Console' })).toBeVisible();
  await expect(palette.getByRole('option', { name: 'Sign in' })).toHaveCount(0);
});

for (const [colorScheme, width] of [
  ['light', 1280],
  ['dark', 1280],
  ['light', 320],
] as const) {
  test.describe(`${colorScheme} theme, ${width} pixels wide`, () => {
    test.use({ colorScheme, viewport: { width, height: 640 }, contextOptions: { reducedMotion: 'reduce' } });
    test('the palette is accessible and fits the viewport', async ({ page }) => {
      await page.goto('/');
      const palette = await openPalette(page);
      await page.keyboard.type('web');
      await expect(palette.getByRole('option', { name: /^lanternworks\/web/ })).toBeVisible();
      await page.keyboard.press('ArrowDown');
      expect(await findViolations(page)).toEqual([]);
      const box = await palette.boundingBox();
      expect(box?.x).toBeGreaterThanOrEqual(0);
      expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(width);
    });
  });
}

test('pages load the palette script only when the user opens the palette', async ({ page }) => {
  const scripts = new Map<string, string>();
  page.on('response', async (response) => {
    if (response.request().resourceType() === 'script') scripts.set(response.url(), await response.text());
  });
  for (const path of ['/', '/search?q=web', '/lanternworks/web', '/tidepool']) {
    scripts.clear();
    await page.goto(path, { waitUntil: 'networkidle' });
    const bytes = [...scripts.values()].reduce((sum, text) => sum + gzipSync(text).length, 0);
    expect(scripts.size, path).toBeGreaterThan(0);
    expect(bytes, path).toBeLessThan(170_000);
    expect([...scripts.values()].join(''), path).not.toContain('Search, or go to');
  }
  await openPalette(page);
  await expect.poll(() => [...scripts.values()].join('')).toContain('Search, or go to');
});
