// Deleted content, which publishers and admins can restore.
import { expect, test, type Page } from '@playwright/test';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { findViolations } from '../find-violations.ts';
import { buildSampleImage } from '../../clients/sample-image.ts';
import { BASE_URL, createPublisher } from '../../fixtures.ts';
import { createStaff, openAs, signInAs } from '../staff.ts';

test('a publisher restores a deleted tag and image, and an admin restores a deleted repository', async ({
  page,
  browser,
}) => {
  const publisher = await createPublisher('repository:*:pull,push,delete');
  const name = `${publisher.alias}/tool`;
  const client = createDistributionClient(BASE_URL, publisher.secret);
  const [kept, gone] = [await buildSampleImage(), await buildSampleImage()];
  await client.push(name, kept, ['1.0', 'latest']);
  await client.push(name, gone, ['0.9', 'old']);
  await client.request('DELETE', `/v2/${name}/manifests/latest`);
  await client.request('DELETE', `/v2/${name}/manifests/${gone.digest}`);
  await client.push(name, kept, ['old']);

  await signInAs(page, publisher);
  await page.goto('/console/deleted');
  const row = (text: string) => page.getByRole('row').filter({ hasText: text });
  await expect(row('Tags: 0.9, old')).toContainText('in 7 days');
  await expect(row(`${name}:latest`)).toContainText(publisher.email);
  await expectAccessible(page);
  await page.getByRole('button', { name: `Restore ${name}:latest` }).click();
  await expect(page.getByText(`${name}:latest is restored.`)).toBeVisible();
  await expect(row(`${name}:latest`)).toHaveCount(0);
  await page.getByRole('button', { name: `Restore ${name}@${gone.digest}` }).click();
  await expect(page.getByText('These tags were recreated and stay as they are: old.')).toBeVisible();
  expect((await client.request('HEAD', `/v2/${name}/manifests/0.9`)).status).toBe(200);
  await page.reload();
  await expect(page.getByText('No deleted content')).toBeVisible();

  await page.goto(`/console/repositories/${name}/-/settings`);
  await page.getByLabel('Days until deletion').fill('30');
  await page.getByRole('button', { name: 'Save rule' }).click();
  await expect(page.getByText('Saved.')).toBeVisible();
  await page.goto(`/console/repositories/${name}/-/danger`);
  await page.getByText('Delete …').click();
  await page.getByRole('button', { name: 'Delete repository' }).click();
  await expect(page).toHaveURL(/\/console\/deleted$/);
  expect((await page.request.get(`/${name}`)).status()).toBe(404);

  // A push recreates the repository, so the restore fails instead of overwriting it.
  await client.push(name, kept, ['new']);
  await page.getByRole('button', { name: `Restore ${name}` }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'exists again' })).toBeVisible();
  await page.goto(`/console/repositories/${name}/-/danger`);
  await page.getByText('Delete …').click();
  await page.getByRole('button', { name: 'Delete repository' }).click();
  await expect(page).toHaveURL(/\/console\/deleted$/);

  const admin = await openAs(browser, await createStaff('admin'));
  await admin.goto('/admin/deleted');
  await expectAccessible(admin);
  const older = admin.getByRole('row').filter({ hasText: name }).nth(1);
  await older.getByRole('button', { name: 'Restore' }).click();
  await expect(admin.getByText(`${name} is restored.`)).toBeVisible();
  expect((await client.request('HEAD', `/v2/${name}/manifests/0.9`)).status).toBe(200);
});

async function expectAccessible(page: Page): Promise<void> {
  expect(await findViolations(page)).toEqual([]);
}
