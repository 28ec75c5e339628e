// Renaming, transferring and deprecating a repository.
import { expect, test, type Page } from '@playwright/test';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { findViolations } from '../find-violations.ts';
import { buildSampleImage } from '../../clients/sample-image.ts';
import { BASE_URL, createPublisher } from '../../fixtures.ts';
import { openAs, signInAs } from '../staff.ts';

async function publish() {
  const publisher = await createPublisher('repository:*:pull,push,delete');
  const client = createDistributionClient(BASE_URL, publisher.secret);
  await client.push(`${publisher.alias}/tool`, await buildSampleImage(), ['1.0']);
  return { publisher, client, alias: publisher.alias };
}

test('a renamed repository redirects from its former name until that ends', async ({ page, request }) => {
  const { publisher, client, alias } = await publish();
  await signInAs(page, publisher);
  await page.goto(`/console/repositories/${alias}/tool/-/danger`);
  await page.getByText('Rename …').click();
  await page.getByLabel('New name').fill('Nope');
  await page.getByRole('button', { name: 'Rename repository' }).click();
  await expect(page.getByLabel('New name')).toHaveAttribute('aria-invalid', 'true');
  await expectSound(page);
  await page.getByLabel('New name').fill('box/tool');
  await page.getByRole('button', { name: 'Rename repository' }).click();
  await expect(page).toHaveURL(new RegExp(`/console/repositories/${alias}/box/tool$`));

  for (const path of ['', '?tag=1.0', '/-/tags', '/-/tags/1.0']) {
    const answer = await request.get(`/${alias}/tool${path}`, { maxRedirects: 0 });
    expect([answer.status(), answer.headers()['location']]).toEqual([308, `/${alias}/box/tool${path}`]);
  }
  const old = await request.get(`/console/repositories/${alias}/tool/-/images`, { maxRedirects: 0 });
  expect(old.status()).toBeGreaterThan(300);
  expect((await request.get(`/api/badge/tag/${alias}/tool.svg`)).status()).toBe(200);
  const api = await request.get(`/api/v1/repositories/${alias}%2Ftool`);
  expect(await api.json()).toMatchObject({ fullName: `${alias}/box/tool` });
  expect((await client.request('HEAD', `/v2/${alias}/tool/manifests/1.0`)).status).toBe(200);

  await page.goto('/console/transfers');
  await expect(page.getByText(`${alias}/box/tool`)).toBeVisible();
  await expectSound(page);
  await page.getByText('End redirect …').click();
  await page.getByRole('button', { name: `End redirect ${alias}/tool` }).click();
  await expect(page.getByText('No transfers or former names')).toBeVisible();
  expect((await request.get(`/${alias}/tool`)).status()).toBe(404);
});

test('a transfer is offered by one side and accepted by the other', async ({ page, browser, request }) => {
  const { publisher, alias } = await publish();
  const other = await createPublisher('repository:*:pull');
  await signInAs(page, publisher);
  await page.goto(`/console/repositories/${alias}/tool/-/danger`);
  await page.getByText('Transfer …').click();
  await page.getByLabel('Alias of the other registry').fill('nobody-at-all');
  await page.getByRole('button', { name: 'Offer transfer' }).click();
  await expect(page.getByText('No publisher has this alias. Check the spelling.').first()).toBeVisible();
  await page.getByLabel('Alias of the other registry').fill(other.alias);
  await page.getByRole('button', { name: 'Offer transfer' }).click();
  await expect(page.getByText('The offer expires in 7 days.')).toBeVisible();
  await expectSound(page);
  await page.goto('/console/transfers');
  await expect(page.getByRole('button', { name: `Withdraw offer ${alias}/tool` })).toBeVisible();

  const taker = await openAs(browser, other);
  await taker.goto('/console/notifications');
  await expect(taker.getByText(`${alias}/tool is offered to your registry`)).toBeVisible();
  await taker.goto('/console/transfers');
  await taker.setViewportSize({ width: 320, height: 700 });
  await expectSound(taker);
  await taker.getByLabel(`Name after ${other.alias}/`).fill('taken-over');
  await taker.getByRole('button', { name: 'Accept transfer' }).click();
  await expect(taker).toHaveURL(new RegExp(`/console/repositories/${other.alias}/taken-over$`));

  const answer = await request.get(`/${alias}/tool`, { maxRedirects: 0 });
  expect(answer.headers()['location']).toBe(`/${other.alias}/taken-over`);
  expect((await request.get(`/v2/${alias}/tool/manifests/1.0`)).status()).toBe(200);
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Former names' })).toBeVisible();
  expect((await page.goto(`/console/repositories/${other.alias}/taken-over`))?.status()).toBe(404);
});

test('a deprecation notice is on the page and in lists, without scripts too', async ({ page, browser }) => {
  const { publisher, client, alias } = await publish();
  await client.push(`${alias}/successor`, await buildSampleImage(), ['1.0']);
  await signInAs(page, publisher);
  await page.goto(`/console/repositories/${alias}/tool/-/settings`);
  await page.getByLabel('Notice').fill('No longer maintained.\n<b>Switch</b> soon.');
  await page.getByLabel('Successor').fill(`${alias}/nothing`);
  await page.getByRole('button', { name: 'Deprecate repository' }).click();
  await expect(page.getByText(`${alias}/nothing doesn't exist here. Check the name.`).first()).toBeVisible();
  await page.getByLabel('Successor').fill(`${alias}/successor`);
  await page.getByLabel('End of support').fill('2027-01-31');
  await page.getByRole('button', { name: 'Deprecate repository' }).click();
  await expect(page.getByText('Saved. The notice is on its page.')).toBeVisible();
  const feed = await (await page.request.get(`/api/feed/${alias}/tool.atom`)).text();
  expect(feed).toContain(`<title>${alias}/tool is deprecated</title>`);
  expect(feed).toContain('&lt;b&gt;Switch&lt;/b&gt; soon.');

  const visitor = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  await visitor.setViewportSize({ width: 320, height: 700 });
  await visitor.goto(`/${alias}/tool`);
  await expect(visitor.getByText('<b>Switch</b> soon.')).toBeVisible();
  await expect(visitor.getByText('Support ends on 31 January 2027.')).toBeVisible();
  await expectNoOverflow(visitor);
  await visitor
    .getByRole('status')
    .getByRole('link', { name: `${alias}/successor` })
    .click();
  await expect(visitor).toHaveURL(new RegExp(`/${alias}/successor$`));
  await expect(async () => {
    await visitor.goto(`/search?q=${alias}`);
    await expect(visitor.getByText('Deprecated', { exact: true })).toBeVisible({ timeout: 200 });
  }).toPass({ timeout: 10_000 });

  await page.getByText('Remove notice …').click();
  await page.getByRole('button', { name: 'Remove notice' }).click();
  await expect(page.getByRole('button', { name: 'Deprecate repository' })).toBeVisible();
});

async function expectSound(page: Page): Promise<void> {
  expect(await findViolations(page)).toEqual([]);
  await expectNoOverflow(page);
}

async function expectNoOverflow(page: Page): Promise<void> {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(overflow, page.url()).toBeLessThanOrEqual(0);
}
