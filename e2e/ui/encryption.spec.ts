// Chooses the key of a new repository, on a site of its own with AWS KMS (local-kms).
import { ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import { expect, test } from '@playwright/test';
import { findKmsServer, startKms } from '#lib/testing/keys/start-kms.ts';
import { findFreePort } from '#lib/testing/servers/find-free-port.ts';
import { cleanUp, newSiteFolder, start } from '../start/site-process.ts';
import { makeRepository, refusal, signUpByForm } from './people.ts';

const others: (() => unknown)[] = [];
test.afterEach(() => cleanUp(others));

test('a publisher chooses a KMS key for a repository, and reads why a key can’t be used', async ({ browser }) => {
  const { absent } = await findKmsServer();
  test.skip(absent !== null, absent ?? '');
  const kms = await startKms();
  others.push(() => kms.stop());
  const [siteKey, ownKey] = [await kms.createKey(), await kms.createKey()];
  const port = String(await findFreePort());
  const keys = { ...kms.settings, KMS_KEY_ID: siteKey, KMS_CACHE_SECONDS: '1' };
  const site = start({ ...keys, DATA_DIR: newSiteFolder(), PORT: port, SEALED_STORAGE: '1' });
  await site.ready;
  const context = await browser.newContext({ baseURL: `http://127.0.0.1:${port}` });
  const page = await context.newPage();
  await signUpByForm(page);

  await makeRepository(page, 'plain');
  await page.getByRole('link', { name: 'Settings', exact: true }).click();
  await expect(page.getByText('New layers are encrypted with the key of this site (AES256).')).toBeVisible();

  await page.goto('/console/new');
  await page.getByLabel('Name').fill('secret');
  await page.getByLabel('KMS key', { exact: true }).fill('alias/nobody-has-it');
  await page.getByRole('button', { name: 'Create repository' }).click();
  await expect(refusal(page)).toContainText('Choose the encryption “KMS key”, or leave this empty.');
  await page.getByLabel('Encryption').selectOption('KMS key');
  await page.getByRole('button', { name: 'Create repository' }).click();
  await expect(refusal(page)).toContainText('alias/nobody-has-it');
  await page.getByLabel('KMS key', { exact: true }).fill(ownKey);
  await page.getByRole('button', { name: 'Create repository' }).click();
  await expect(page).toHaveURL(/\/console\/repositories\/[a-z0-9]+\/secret$/);

  await page.getByRole('link', { name: 'Settings', exact: true }).click();
  await expect(page.getByText(`Layers are encrypted with the KMS key ${ownKey}`)).toBeVisible();
  await kms.client.send(new ScheduleKeyDeletionCommand({ KeyId: ownKey }));
  const problem = page.getByRole('main').getByRole('status');
  await expect(async () => {
    await page.reload();
    await expect(problem).toContainText("The KMS key of this repository can't be used", { timeout: 500 });
  }).toPass({ timeout: 10_000 });
  await context.close();
});
