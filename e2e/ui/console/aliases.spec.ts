// Alias requests: live checks, the request page and domain verification.
import { expect, test } from '@playwright/test';
import { findViolations } from '../find-violations.ts';
import { refusal, signUp } from '../people.ts';

test('the form checks the alias while the publisher types', async ({ page }) => {
  await signUp(page);
  await page.goto('/console/aliases/new');
  const name = page.getByLabel('Alias', { exact: true });
  for (const [text, sentence] of [
    ['search', '/search is a page of this site.'],
    ['A', 'at least 2 characters'],
    ['lanternworks', 'is taken'],
    ['lanternw0rks', 'The similar name lanternworks is taken'],
    ['kubernetes', 'The name of a well-known project or company.'],
    ['kubernetess', 'Could be mistaken for kubernetes'],
  ] as const) {
    await name.fill(text);
    await expect(page.getByText(sentence)).toBeVisible();
  }
});

test('a publisher requests an alias, messages the reviewers, withdraws, and requests the alias again', async ({
  page,
}) => {
  await signUp(page);
  const name = `tern-${Date.now().toString(36)}`;
  for (let round = 0; round < 2; round += 1) {
    await page.goto('/console/aliases');
    await page.getByRole('link', { name: 'Request an alias' }).click();
    await page.getByLabel('Alias', { exact: true }).fill(name);
    await page.getByLabel('Purpose').fill('The name of our project.');
    await page.getByLabel('Links').fill('https://example.org/about');
    await page.getByRole('button', { name: 'Request alias' }).click();
    await expect(page.getByRole('heading', { name })).toBeVisible();
    await expect(page.getByText('Waiting for review')).toBeVisible();
    await page.getByLabel('Message').fill('Is there anything you need?');
    await page.getByRole('button', { name: 'Send message' }).click();
    await expect(page.getByRole('article').getByText('Is there anything you need?')).toBeVisible();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await findViolations(page)).toEqual([]);
    }
    await page.getByText('Withdraw request …').click();
    await page.getByRole('button', { name: 'Withdraw request' }).click();
    await expect(page.getByText('Withdrawn', { exact: true })).toBeVisible();
  }
});

test('the form rejects a reserved path, and a publisher saves a draft and submits it later', async ({ page }) => {
  await signUp(page);
  await page.goto('/console/aliases/new');
  await page.getByLabel('Alias', { exact: true }).fill('signin');
  await page.getByLabel('Purpose').fill('Mine.');
  await page.getByRole('button', { name: 'Request alias' }).click();
  await expect(refusal(page)).toContainText('/signin is a page of this site.');
  await page.getByLabel('Alias', { exact: true }).fill(`wren-${Date.now().toString(36)}`);
  await page.getByRole('button', { name: 'Save draft' }).click();
  await expect(page.getByText('Draft', { exact: true })).toBeVisible();
  await page.getByLabel('Purpose').fill('Mine, and better said.');
  await page.getByRole('button', { name: 'Save draft' }).click();
  await expect(page.getByText('Draft saved.')).toBeVisible();
  await page.reload();
  await expect(page.getByLabel('Purpose')).toHaveValue('Mine, and better said.');
  await page.getByRole('button', { name: 'Submit request' }).click();
  await expect(page.getByText('Waiting for review')).toBeVisible();
});

test('a publisher gets a DNS challenge for a domain, and a failed check shows the reason', async ({ page }) => {
  await signUp(page);
  await page.goto('/console/aliases');
  await page.getByLabel('Domain').fill('not a domain');
  await page.getByRole('button', { name: 'Get challenge' }).click();
  await expect(page.getByLabel('Domain')).toHaveAccessibleDescription(/Enter a domain such as example.org./);
  await page.getByLabel('Domain').fill('vitrine.invalid');
  await page.getByRole('button', { name: 'Get challenge' }).click();
  await expect(page.getByText('_vitrine-challenge.vitrine.invalid')).toBeVisible();
  await expect(page.getByText(/^vitrine-[0-9a-f]{32}$/)).toBeVisible();
  await page.getByRole('button', { name: 'Check now' }).click();
  await expect(page.getByText(/has no TXT record|Couldn't look up/)).toBeVisible({ timeout: 20_000 });
  expect(await findViolations(page)).toEqual([]);
});
