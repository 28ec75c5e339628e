// Registry members (invitations, roles, removal) and a user's sessions.
import { expect, test, type Browser, type Page } from '@playwright/test';
import { findViolations } from '../find-violations.ts';
import { fillSignIn, readAlias, signUp } from '../people.ts';

async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await findViolations(page)).toEqual([]);
  }
}

async function newBrowserPage(browser: Browser): Promise<Page> {
  return (await browser.newContext()).newPage();
}

test('an owner invites a member with a single-use link, changes their role, and removes them', async ({
  page,
  browser,
}) => {
  await signUp(page);
  const alias = await readAlias(page);
  await page.goto('/console/members');
  await page.getByLabel('Email address').fill('friend@example.org');
  await page.getByLabel('Role', { exact: true }).selectOption('maintainer');
  await page.getByRole('button', { name: 'Send invitation' }).click();
  await expect(page.getByText('No email was sent, so give this link to friend@example.org.')).toBeVisible();
  const link = (await page.getByText(/\/console\/invitation\?secret=\w+/).textContent()) ?? '';
  await expectAccessible(page);

  const friend = await newBrowserPage(browser);
  const person = await signUp(friend);
  await friend.goto(link.trim());
  await expect(friend.getByText(`(${alias}) as maintainer`)).toBeVisible();
  await expectAccessible(friend);
  await friend.getByRole('button', { name: 'Accept invitation' }).click();
  await expect(friend.getByRole('heading', { name: alias })).toBeVisible();
  await friend.goto(link.trim());
  await expect(friend.getByText('This invitation was used, revoked or has expired')).toBeVisible();

  await page.goto('/console/members');
  const role = page.getByLabel(`Role of ${person.displayName}`);
  await expect(role).toHaveValue('maintainer');
  await role.selectOption('reader');
  await page.getByRole('button', { name: 'Change role' }).click();
  await expect(page.getByLabel(`Role of ${person.displayName}`)).toHaveValue('reader');
  await friend.goto('/console/notifications');
  await expectAccessible(friend);
  await page.getByRole('button', { name: `Exclude pulls of ${person.displayName}` }).click();
  await expect(page.getByText('Pulls excluded')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: `Include pulls of ${person.displayName}` }).click();
  await expect(page.getByText('Pulls excluded')).toHaveCount(0);
  await page.getByText('Remove …').click();
  await page.getByRole('button', { name: `Remove ${person.displayName}` }).click();
  await expect(page.getByText(person.email)).toHaveCount(0);
  await friend.goto('/console/members');
  await expect(friend.getByRole('heading', { name: alias })).toHaveCount(0);
});

test('a member without a role sees nobody else, and can leave', async ({ page, browser }) => {
  const owner = await signUp(page);
  const alias = await readAlias(page);
  await page.goto('/console/members');
  await page.getByLabel('Email address').fill('friend@example.org');
  await page.getByLabel('Role', { exact: true }).selectOption('No role: only what policies allow');
  await page.getByRole('button', { name: 'Send invitation' }).click();
  const link = (await page.getByText(/\/console\/invitation\?secret=\w+/).textContent()) ?? '';

  const friend = await newBrowserPage(browser);
  await signUp(friend);
  await friend.goto(link.trim());
  await expect(friend.getByText(`(${alias}) as a member without a role`)).toBeVisible();
  await friend.getByRole('button', { name: 'Accept invitation' }).click();
  const registry = friend.getByRole('region', { name: alias });
  await expect(registry.getByText('no role, you')).toBeVisible();
  await expect(friend.getByText(owner.email)).toHaveCount(0);
  for (const path of ['', '/robots', '/teams', '/profile', '/aliases', '/transfers']) {
    await friend.goto(`/console${path}`);
    await expect(friend.getByText(alias)).toHaveCount(0);
  }
  await friend.goto('/console/members');
  await registry.getByText('Leave …').click();
  await registry.getByRole('button', { name: 'Leave registry' }).click();
  await expect(registry).toHaveCount(0);
});

test('the last owner sees an error when they try to leave the registry', async ({ page }) => {
  await signUp(page);
  await page.goto('/console/members');
  await page.getByText('Leave …').click();
  await page.getByRole('button', { name: 'Leave registry' }).click();
  await expect(page.getByText('A registry needs at least one owner')).toBeVisible();
});

test('a user signs out another browser', async ({ page, browser }) => {
  const { email, password } = await signUp(page);
  const other = await newBrowserPage(browser);
  await other.goto('/signin');
  await fillSignIn(other, email, password);
  await expect(other).toHaveURL(/\/console$/);
  await page.goto('/console/account');
  await expect(page.getByText('This browser')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'End session in' }).click();
  await expect(page.getByRole('button', { name: 'End session in' })).toHaveCount(0);
  await other.goto('/console');
  await expect(other).toHaveURL(/\/signin/);
});
