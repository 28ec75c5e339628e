// A registry's webhooks.
import { expect, test } from '@playwright/test';
import { createPublisher } from '../../fixtures.ts';
import { signInByCookie } from '../people.ts';
import { walk } from '../walks/walk.ts';

walk('an owner creates a webhook, tests it, rotates its secret and removes it', async (walker) => {
  const { page } = walker;
  const { email } = await createPublisher();
  await page.goto('/');
  await walker.see();
  await signInByCookie(page, email);
  await walker.open('/console/webhooks');
  await expect(page.getByText('No webhooks yet')).toBeVisible();
  await page.getByLabel('Name', { exact: true }).fill('deploy');
  await page.getByLabel('URL', { exact: true }).fill('ftp://example.org');
  await page.getByRole('button', { name: 'Create webhook' }).click();
  await expect(page.getByText('Enter a URL such as').first()).toBeVisible();
  await walker.see();
  // Nothing there answers, and the site may not reach it.
  await page.getByLabel('URL', { exact: true }).fill('https://127.0.0.1:9/hooks/deploy');
  await page.getByRole('button', { name: 'Create webhook' }).click();
  await expect(page.getByText(/^whsec_/)).toBeVisible();
  await walker.see();
  await walker.open('/console/webhooks');
  await expect(page.getByText('127.0.0.1:9', { exact: true })).toBeVisible();
  await page.getByRole('link', { name: 'deploy' }).click();
  await expect(page.getByText('No deliveries yet.')).toBeVisible();
  await page.getByRole('button', { name: 'Send a test event' }).click();
  await expect(page.getByText('Queued.')).toBeVisible();
  await expect(async () => {
    // Without scripts, reloading would send another one.
    await page.goto(page.url());
    await expect(page.getByText("The receiver can't be reached.")).toBeVisible();
  }).toPass();
  await walker.see();
  await page.getByLabel('Format').selectOption('quay');
  await page.getByRole('button', { name: 'Save webhook' }).click();
  await expect(page.getByText('The format Quay has no').first()).toBeVisible();
  for (const type of ['image.deleted', 'tag.moved', 'tag.deleted'])
    await page.getByLabel(type, { exact: true }).uncheck();
  await page.getByRole('button', { name: 'Save webhook' }).click();
  await expect(page.getByText('Saved.')).toBeVisible();
  await page.getByRole('button', { name: 'Rotate secret' }).click();
  await expect(page.getByText(/^whsec_/)).toBeVisible();
  await walker.see();
  await page.getByRole('button', { name: 'Disable webhook' }).click();
  await expect(page.getByText('Disabled', { exact: true })).toBeVisible();
  await page.getByText('Remove …').click();
  await page.getByRole('button', { name: 'Remove webhook' }).click();
  await expect(page.getByText('No webhooks yet')).toBeVisible();
  await walker.see();
});

test('a webhook of another registry isn’t found', async ({ page }) => {
  const { email } = await createPublisher();
  await page.goto('/');
  await signInByCookie(page, email);
  const answer = await page.goto('/console/webhooks/other');
  expect(answer?.status()).toBe(404);
});
