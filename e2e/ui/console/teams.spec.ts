// A registry's teams.
import { expect, test } from '@playwright/test';
import { createPublisher, vitrine, withDatabase } from '../../fixtures.ts';
import { signInByCookie } from '../people.ts';
import { walk } from '../walks/walk.ts';

walk('an owner creates a team, fills it and removes it', async (walker) => {
  const { page } = walker;
  const { email, alias } = await createPublisher();
  const { registryId } = JSON.parse(await vitrine('registry', 'show', '--alias', alias, '--json')) as {
    registryId: string;
  };
  await vitrine('robot', 'create', '--name', 'ci', '--role', 'pusher', '--registry', registryId, '--json');
  await page.goto('/');
  await walker.see();
  await signInByCookie(page, email);
  await walker.open('/console/teams');
  await expect(page.getByText('No teams yet')).toBeVisible();
  await page.getByLabel('Name').fill('Not a name');
  await page.getByRole('button', { name: 'Create team' }).click();
  await expect(page.getByText('Use lowercase letters and digits').first()).toBeVisible();
  await walker.see();
  await page.getByLabel('Name').fill('release');
  await page.getByLabel('Description').fill('Publishes acme/web');
  await page.getByRole('button', { name: 'Create team' }).click();
  await expect(page).toHaveURL(/\/console\/teams\/release\?registry=\d{12}$/);
  await expect(page.getByText('No members yet.')).toBeVisible();
  await walker.see();

  await page.getByLabel('Member', { exact: true }).fill('nobody@example.org');
  await page.getByRole('button', { name: 'Add member' }).click();
  await expect(page.getByText('No person or robot of this registry').first()).toBeVisible();
  await walker.see();
  for (const member of ['ci', email]) {
    await page.getByLabel('Member', { exact: true }).fill(member);
    await page.getByRole('button', { name: 'Add member' }).click();
    await expect(page.getByRole('button', { name: `Remove ${member}` })).toBeVisible();
  }
  await walker.see();
  await page.getByRole('button', { name: 'Remove ci' }).click();
  await expect(page.getByRole('button', { name: 'Remove ci' })).toHaveCount(0);
  // Groups belong to the site.
  await expect(page.getByLabel('Groups')).toHaveCount(0);
  await page.getByLabel('Description').fill('Publishes everything');
  await page.getByLabel('Role in the registry').selectOption('none');
  await page.getByRole('button', { name: 'Save team' }).click();
  await expect(page.getByText('Saved.')).toBeVisible();
  await page.goto(page.url());
  await expect(page.getByLabel('Role in the registry')).toHaveValue('none');
  await walker.see();

  await walker.open('/console/teams');
  const listed = page.getByRole('listitem').filter({ hasText: 'Publishes everything' });
  await expect(listed).toContainText('1 member');
  await page.getByRole('link', { name: 'release', exact: true }).click();
  await page.getByText('Remove … release').click();
  await page.getByRole('button', { name: 'Remove team release' }).click();
  await expect(page.getByText('No teams yet')).toBeVisible();
  await walker.see();
});

test('an admin maps groups of the identity provider to a team', async ({ page }) => {
  const { email, alias } = await createPublisher();
  const { registryId } = JSON.parse(await vitrine('registry', 'show', '--alias', alias, '--json')) as {
    registryId: string;
  };
  await vitrine('team', 'create', '--name', 'release', '--registry', registryId, '--json');
  await withDatabase((db) => db.query(`UPDATE users SET role = 'admin' WHERE email = $1`, [email]));
  await page.goto('/');
  await signInByCookie(page, email);
  await page.goto(`/console/teams/release?registry=${registryId}`);
  await page.getByRole('textbox', { name: 'Groups' }).fill('/engineering/release\n\n/engineering/core');
  await page.getByRole('button', { name: 'Save groups' }).click();
  await expect(page.getByText('Saved.')).toBeVisible();
  await page.goto('/console/teams');
  await expect(page.getByRole('listitem').filter({ hasText: 'release' })).toContainText('2 groups');
});
