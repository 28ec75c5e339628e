// User input while a form submission is pending.
import { expect, test, type Page } from '@playwright/test';
import { refusal, signUp } from '../people.ts';

/** Delays form submissions until the caller invokes the returned function. */
async function holdAnswers(page: Page): Promise<() => Promise<void>> {
  const gate = Promise.withResolvers<void>();
  await page.route('**/*', async (route) => {
    if (route.request().method() === 'POST') await gate.promise;
    await route.continue();
  });
  return async () => {
    gate.resolve();
    await page.unrouteAll({ behavior: 'wait' });
  };
}

test('the form keeps a message typed during a submission and clears a sent one', async ({ page }) => {
  await signUp(page);
  await page.goto('/console/aliases/new');
  await page.getByLabel('Alias', { exact: true }).fill(`lark-${Date.now().toString(36)}`);
  await page.getByLabel('Purpose').fill('The name of our project.');
  await page.getByRole('button', { name: 'Request alias' }).click();
  await expect(page.getByText('Waiting for review')).toBeVisible();
  const message = page.getByLabel('Message');
  await message.fill('The first letter.');
  const release = await holdAnswers(page);
  await page.getByRole('button', { name: 'Send message' }).click();
  await expect(page.getByRole('button', { name: 'Send message' })).toBeDisabled();
  await message.fill('And the sec');
  await release();
  await expect(page.getByRole('article').getByText('The first letter.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Send message' })).toBeEnabled();
  await expect(message).toHaveValue('And the sec');
  await message.fill('And the second.');
  await page.getByRole('button', { name: 'Send message' }).click();
  await expect(page.getByRole('article').getByText('And the second.')).toBeVisible();
  await expect(message).toHaveValue('');
});

test('a rejected form keeps submitted values and later edits', async ({ page }) => {
  await signUp(page);
  await page.goto('/report?target=no-such-publisher/thing');
  const [words, email] = [page.getByLabel('Details'), page.getByLabel('Your email address')];
  await page.getByLabel('Reason').selectOption('spam');
  await words.fill('There is');
  await email.fill('a@example.org');
  const release = await holdAnswers(page);
  await page.getByRole('button', { name: 'Send report' }).click();
  await expect(page.getByRole('button', { name: 'Send report' })).toBeDisabled();
  await words.fill('There is nothing.');
  await page.getByLabel('Reason').selectOption('other');
  await release();
  await expect(refusal(page)).toBeVisible();
  await expect(words).toHaveValue('There is nothing.');
  await expect(page.getByLabel('Reason')).toHaveValue('other');
  await expect(email).toHaveValue('a@example.org');
  await expect(page.getByLabel('Page')).toHaveValue('no-such-publisher/thing');
});
