// Creation templates, and what a push to a missing repository does.
import { expect, test, type Page } from '@playwright/test';
import { findViolations } from '../find-violations.ts';
import { readAlias, refusal, signUp } from '../people.ts';

async function expectUsable(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await findViolations(page)).toEqual([]);
  }
  await page.setViewportSize({ width: 320, height: 800 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  await page.setViewportSize({ width: 1280, height: 800 });
}

test('a publisher creates, changes and deletes a template', async ({ page }) => {
  await signUp(page);
  const alias = await readAlias(page);
  await page.goto('/console/templates');
  await expect(page.getByText('No templates yet')).toBeVisible();
  const created = page.locator('form', { has: page.getByLabel('Name prefix') });
  await created.getByLabel('Name prefix').fill('team/');
  await created.getByLabel('Tag mutability').selectOption('immutable');
  await created.getByLabel('Lifecycle policy').fill('{"rules":[]}');
  await created.getByRole('button', { name: 'Create template' }).click();
  await expect(refusal(page)).toBeVisible();
  await expect(created.getByText('A policy needs at least one rule.').first()).toBeVisible();
  await created.getByLabel('Lifecycle policy').fill('');
  await created.getByLabel('Resource tags').fill('team=web\ncost=12');
  await created.getByRole('button', { name: 'Create template' }).click();
  const card = page.getByRole('listitem').filter({ hasText: `${alias}/team/*` });
  await expect(card.getByText('2 resource tags')).toBeVisible();
  await expect(card.getByText('Immutable tags', { exact: true }).first()).toBeVisible();

  await card.getByText('Edit', { exact: true }).click();
  await expect(card.getByLabel('Resource tags')).toHaveValue('cost=12\nteam=web');
  await card.getByLabel('Description').fill('For the team');
  await card.getByRole('button', { name: 'Save template' }).click();
  await expect(card.getByText('Template saved.')).toBeVisible();
  await expect(card.getByText('For the team')).toBeVisible();
  await expectUsable(page);

  await page.reload();
  await card.getByText('Delete', { exact: false }).first().click();
  await card.getByRole('button', { name: 'Delete template' }).click();
  await expect(page.getByText('No templates yet')).toBeVisible();
});

test('a publisher decides which pushes create repositories', async ({ page }) => {
  await signUp(page);
  await page.goto('/console/registries');
  await page.getByLabel('A push to a missing repository').selectOption('never');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Saved.')).toBeVisible();
  await page.reload();
  await expect(page.getByLabel('A push to a missing repository')).toHaveValue('never');
  await expectUsable(page);
});
