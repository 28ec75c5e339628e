// Who pulled an image, and what a machine pulled.
import { expect, test, type Page } from '@playwright/test';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { basic } from '#lib/testing/servers/raw-http.ts';
import { findViolations } from '../find-violations.ts';
import { buildSampleImage } from '../../clients/sample-image.ts';
import { BASE_URL, createPublisher, type Publisher } from '../../fixtures.ts';
import { signInAs } from '../staff.ts';

async function publishAndPull(): Promise<{ publisher: Publisher; name: string; at: string }> {
  const publisher = await createPublisher('repository:*:pull,push,delete');
  const name = `${publisher.alias}/tool`;
  await createDistributionClient(BASE_URL, publisher.secret).push(name, await buildSampleImage(), ['1.0', 'latest']);
  for (const [tag, userAgent] of [
    ['1.0', 'docker/27.0.1 linux'],
    ['latest', 'containerd/2.0'],
  ] as const) {
    const headers = { authorization: basic(publisher.secret), 'user-agent': userAgent };
    expect((await fetch(`${BASE_URL}/v2/${name}/manifests/${tag}`, { headers })).status).toBe(200);
  }
  return { publisher, name, at: `/console/repositories/${name}/-/pulls` };
}

/** Pulls are written each second. */
async function openWithRows(page: Page, path: string, rows: number): Promise<void> {
  await expect(async () => {
    await page.goto(path);
    await expect(page.getByRole('rowheader')).toHaveCount(rows, { timeout: 100 });
  }).toPass();
}

async function expectSound(page: Page): Promise<void> {
  expect(await findViolations(page)).toEqual([]);
}

for (const javaScriptEnabled of [true, false]) {
  test(`from an image to its machines and back ${javaScriptEnabled ? 'with' : 'without'} scripts`, async ({
    browser,
  }) => {
    const { publisher, name, at } = await publishAndPull();
    const context = await browser.newContext({ javaScriptEnabled });
    const page = await context.newPage();
    await signInAs(page, publisher);
    await openWithRows(page, at, 2);
    if (javaScriptEnabled) await expectSound(page);
    await page.getByLabel('Tag').fill('1.0');
    await page.getByRole('button', { name: 'Filter' }).click();
    await expect(page.getByRole('rowheader')).toHaveCount(1);
    const row = page.getByRole('row').filter({ hasText: `${name}:1.0` });
    await expect(row).toContainText(publisher.email);
    await expect(row).toContainText('Access token');
    const address = row.getByRole('link').first();
    const machine = (await address.textContent()) ?? '';
    await address.click();
    await expect(page.getByRole('heading', { name: 'What a machine pulled' })).toBeVisible();
    await expect(page.getByLabel('Address or access key')).toHaveValue(machine);
    await expect(page.getByRole('rowheader')).toHaveCount(2);
    if (javaScriptEnabled) await expectSound(page);
    await page.getByLabel('Address or access key').fill('AKIAABCDEFGHIJKLMNOP');
    await page.getByRole('button', { name: 'Show pulls' }).click();
    await expect(page.getByText('No pulls found')).toBeVisible();
    await page.getByLabel('Address or access key').fill('');
    await page.getByRole('button', { name: 'Show pulls' }).click();
    await expect(page.getByText('Choose a machine')).toBeVisible();
    await context.close();
  });
}

test('both pages fit the narrowest phone', async ({ page }) => {
  const { publisher, at } = await publishAndPull();
  await signInAs(page, publisher);
  await page.setViewportSize({ width: 320, height: 700 });
  await openWithRows(page, at, 2);
  const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(await overflow()).toBeLessThanOrEqual(0);
  await page.getByRole('row').getByRole('link').first().click();
  await expect(page.getByRole('rowheader')).toHaveCount(2);
  expect(await overflow()).toBeLessThanOrEqual(0);
  await page.goto(`${at}?tag=none`);
  await expect(page.getByText('No matching pulls')).toBeVisible();
});
