// The home page, the header's menus and the footer, with and without JavaScript.
import { expect, test, type Page } from '@playwright/test';
import { createStaff, signInAs } from '../staff.ts';

const site = (page: Page) => page.getByRole('navigation', { name: 'Site' });

test('the home page says what the site is, and leads to repositories, kinds, categories and publishers', async ({
  page,
}) => {
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Find, share and pull public container images');
  await expect(page.getByRole('main').getByRole('link', { name: /^Explore [\d,+]+ repositories$/ })).toBeVisible();
  const updated = page.getByRole('region', { name: 'Recently updated' }).getByRole('listitem');
  const publishers = await updated.locator('a > span:first-child').allTextContents();
  expect(publishers.length).toBeGreaterThan(1);
  expect(new Set(publishers).size).toBe(publishers.length);
  await expect(updated.first()).toContainText('pushed');
  await page.getByRole('main').getByRole('link', { name: 'Helm charts', exact: true }).click();
  await expect(page).toHaveURL('/search?kind=chart');
  await site(page).getByRole('link', { name: 'Explore' }).click();
  await expect(page).toHaveURL('/search');
});

test('the footer links docs, the API and the public status', async ({ page }) => {
  await page.goto('/');
  const footer = page.getByRole('navigation', { name: 'Footer' });
  await expect(footer.getByRole('link', { name: 'API' })).toHaveAttribute('href', '/docs#api');
  await footer.getByRole('link', { name: 'Status' }).click();
  await expect(page.locator('dt:has-text("Pulls") + dd')).toHaveText('Working');
});

test('the account menu shows who is signed in, and closes with Escape or a click elsewhere', async ({ page }) => {
  const staff = await createStaff('admin');
  await signInAs(page, staff);
  await page.goto('/');
  const menu = page.locator('details[data-menu]');
  const summary = menu.locator('summary');
  await summary.click();
  await expect(menu.getByText(staff.email)).toBeVisible();
  await expect(menu.getByRole('link')).toHaveText([
    'Registries',
    'Following',
    'Notifications',
    'Access tokens',
    'Account settings',
    'Review',
    'Admin',
  ]);
  await page.keyboard.press('Escape');
  await expect(menu.getByText(staff.email)).toBeHidden();
  await expect(summary).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(menu.getByText(staff.email)).toBeVisible();
  await page.getByRole('heading', { level: 1 }).click();
  await expect(menu.getByText(staff.email)).toBeHidden();
  await summary.click();
  await menu.getByRole('button', { name: 'Sign out' }).click();
  await expect(site(page).getByRole('link', { name: 'Sign in' })).toBeVisible();
});

test.describe('on a phone without JavaScript', () => {
  test.use({ javaScriptEnabled: false, viewport: { width: 360, height: 780 } });

  test('the menu opens, leads on and switches the theme', async ({ page }) => {
    await page.goto('/');
    await page.locator('details[data-menu] summary').click();
    await page.getByRole('button', { name: 'Use the dark theme' }).click();
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
    await page.locator('details[data-menu] summary').click();
    await site(page).getByRole('link', { name: 'Explore' }).click();
    await expect(page).toHaveURL('/search');
  });
});
