// The site's settings and their effect on every page. One test, because the settings are those of the whole test server.
import { expect, test, type Page } from '@playwright/test';
import { findViolations } from '../find-violations.ts';
import { createStaff, signInAs } from '../staff.ts';
import { refusal } from '../people.ts';

test('an admin changes how the site presents itself, and takes it back', async ({ page, browser }) => {
  test.slow();
  await signInAs(page, await createStaff('admin'));
  await page.goto('/admin/settings');
  try {
    await page.getByLabel('Contact').fill('nonsense');
    await page.getByRole('button', { name: 'Save settings' }).click();
    await expect(refusal(page).first()).toBeVisible();
    await expect(page.getByLabel('Contact')).toHaveValue('nonsense');
    await page.getByLabel('Contact').fill('images@example.org');
    await page.getByLabel('Terms of use').fill('https://example.org/terms');
    await page.getByLabel('Accent colour').fill('#8a1c7c');
    await page.getByLabel('Text').fill('Read-only on Sunday');
    await page.getByLabel('Level').selectOption('warning');
    const preview = page.getByRole('region', { name: 'Preview' });
    await expect(preview.getByText('Read-only on Sunday')).toHaveCount(2);
    await expect(preview.locator('[data-theme=light] .button')).toHaveCSS('background-color', 'rgb(138, 28, 124)');
    await page.getByRole('button', { name: 'Save settings' }).click();
    await expect(page.getByText('Settings saved.')).toBeVisible();
    await expectAccessible(page);

    const visitor = await (await browser.newContext()).newPage();
    await visitor.goto('/docs');
    await expect(visitor.getByRole('complementary', { name: 'Announcement' })).toHaveText('Read-only on Sunday');
    const footer = visitor.getByRole('navigation', { name: 'Footer' });
    await expect(footer.getByRole('link', { name: 'Contact' })).toHaveAttribute('href', 'mailto:images@example.org');
    await expect(footer.getByRole('link', { name: 'Terms' })).toHaveAttribute('href', 'https://example.org/terms');
    await expect(visitor.getByRole('article').getByRole('link').first()).toHaveCSS('color', 'rgb(138, 28, 124)');
    await expectAccessible(visitor);
    await visitor.context().close();
  } finally {
    await clear(page);
  }
});

test('an admin picks repositories for the home page', async ({ page }) => {
  await signInAs(page, await createStaff('admin'));
  await page.goto('/admin/settings');
  await page.getByLabel('Repositories').fill('no-such/thing');
  await page.getByRole('button', { name: 'Save picks' }).click();
  await expect(page.getByText('No public repository is called no-such/thing.').first()).toBeVisible();
  await page.getByLabel('Repositories').fill('tidepool/kv\nlanternworks/web');
  await page.getByRole('button', { name: 'Save picks' }).click();
  await expect(page.getByText('Picks saved.')).toBeVisible();
  await page.goto('/');
  const picks = page.getByRole('region', { name: 'Picked by this site' });
  await expect(picks.getByRole('link')).toHaveText(['tidepool/kv', 'lanternworks/web']);
  await page.goto('/admin/settings');
  await page.getByLabel('Repositories').fill('');
  await page.getByRole('button', { name: 'Save picks' }).click();
  await expect(page.getByText('Picks saved.')).toBeVisible();
});

/** Other tests compare pages with pictures. */
async function clear(page: Page): Promise<void> {
  await page.goto('/admin/settings');
  for (const label of ['Contact', 'Terms of use', 'Accent colour', 'Text']) await page.getByLabel(label).fill('');
  await page.getByLabel('Level').selectOption('info');
  await page.getByRole('button', { name: 'Save settings' }).click();
  await expect(page.getByText('Settings saved.')).toBeVisible();
}

async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await findViolations(page)).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: 'light' });
}
