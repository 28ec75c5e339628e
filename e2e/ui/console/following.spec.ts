// Stars, follows, and the feed of what a user follows.
import { expect, test, type Page } from '@playwright/test';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { findViolations } from '../find-violations.ts';
import { buildSampleImage } from '../../clients/sample-image.ts';
import { BASE_URL, createPublisher, withDatabase, type Publisher } from '../../fixtures.ts';
import { fillSignIn, refusal } from '../people.ts';
import { signInAs } from '../staff.ts';

async function publish() {
  const publisher = await createPublisher('repository:*:pull,push,delete');
  const client = createDistributionClient(BASE_URL, publisher.secret);
  const push = async (name: string, ...tags: string[]) =>
    client.push(`${publisher.alias}/${name}`, await buildSampleImage(), tags);
  await push('tool', '1.0');
  return { alias: publisher.alias, push };
}

const makeOld = ({ email }: Publisher) =>
  withDatabase((client) =>
    client.query(`UPDATE users SET created_at = now() - interval '25 hours' WHERE email = $1`, [email]),
  );
const button = (page: Page, name: RegExp) => page.getByRole('button', { name });

/** Checks accessibility in both themes, and that the page fits a phone. */
async function expectSound(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    expect(await findViolations(page)).toEqual([]);
  }
  for (const width of [390, 320]) {
    await page.setViewportSize({ width, height: 800 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}

/** Creates the feed's URL, reads it as a feed reader would, without cookies, and revokes it. */
async function expectPrivateFeed(page: Page, alias: string): Promise<void> {
  await button(page, /^Create feed URL/).click();
  const url = (await page.getByText(/\/api\/following\/[\w-]+\.atom$/).textContent()) ?? '';
  await expectSound(page);
  const feed = await fetch(url);
  expect(feed.headers.get('content-type')).toBe('application/atom+xml; charset=utf-8');
  expect(feed.headers.get('cache-control')).toBe('private, no-cache');
  const text = await feed.text();
  expect(text).toContain(`<title>${alias}/tool: pushed latest, 1.1</title>`);
  expect(text).toContain(`<title>${alias}/other is new</title>`);
  expect((await fetch(url, { headers: { 'if-none-match': feed.headers.get('etag') ?? '' } })).status).toBe(304);
  await page.getByText('Revoke …').click();
  await button(page, /^Revoke URL/).click();
  await expect(button(page, /^Create feed URL/)).toBeVisible();
  const gone = await fetch(url);
  expect([gone.status, await gone.text()]).toEqual([404, "This feed doesn't exist, or its URL was revoked.\n"]);
}

test('a visitor signs in to follow, and sees pushes and new repositories in the feed', async ({ page }) => {
  const { alias, push } = await publish();
  const reader = await createPublisher();
  await page.goto(`/${alias}/tool`);
  await page.getByRole('link', { name: `Follow ${alias}/tool` }).click();
  await fillSignIn(page, reader.email, reader.password);
  await expect(page).toHaveURL(`/${alias}/tool`);
  // With scripts, the page isn't loaded again.
  await page.evaluate(() => (document.body.dataset['kept'] = 'yes'));
  await button(page, /^Follow/).click();
  await expect(button(page, /^Unfollow/)).toBeVisible();
  await expect(page.locator('body[data-kept=yes]')).toHaveCount(1);

  await page.goto(`/${alias}`);
  await button(page, /^Follow/).click();
  await expect(button(page, /^Unfollow/)).toBeVisible();
  await expectSound(page);
  await push('tool', '1.1', 'latest');
  await push('other', '0.1');

  await page.goto('/console/following');
  const items = page.getByRole('main').locator('ol > li');
  await expect(items).toHaveCount(3);
  await expect(items.nth(0)).toContainText(`${alias}/other`);
  await expect(items.nth(0)).toContainText('New repository');
  await expect(items.nth(1)).toContainText('pushed 3 tags');
  await expect(items.nth(2)).toContainText('New repository');
  await expect(page.getByText('Email digest')).toHaveCount(0);
  await expectSound(page);
  await expectPrivateFeed(page, alias);
  await items.nth(1).getByRole('link', { name: '1.1' }).click();
  await expect(page).toHaveURL(`/${alias}/tool/-/tags/1.1`);

  await page.goto('/console/following');
  await button(page, new RegExp(`^Unfollow ${alias}$`)).click();
  await expect(items).toHaveCount(1);
  await button(page, /^Unfollow/).click();
  await expect(page.getByText('You don’t follow anything yet')).toBeVisible();
  await expectSound(page);
});

test('a star needs an account older than a day, and counts for everyone', async ({ page, browser }) => {
  const { alias } = await publish();
  const reader = await createPublisher();
  await signInAs(page, reader);
  await page.goto(`/${alias}/tool`);
  await button(page, /^Star/).click();
  await expect(refusal(page)).toContainText('Your account must be a day old to star.');
  await expectSound(page);
  await makeOld(reader);
  await button(page, /^Star/).click();
  await expect(button(page, new RegExp(`^Unstar ${alias}/tool, 1 star$`))).toBeVisible();
  await expect(refusal(page)).toHaveCount(0);
  const visitor = await (await browser.newContext()).newPage();
  await visitor.goto(`/${alias}/tool`);
  await expect(visitor.getByRole('link', { name: `Star ${alias}/tool, 1 star` })).toBeVisible();
  await page.goto('/console/following');
  await expectSound(page);
  await button(page, /^Unstar/).click();
  await expect(page.getByText('You don’t follow anything yet')).toBeVisible();
  await page.goto(`/${alias}/tool`);
  await expect(button(page, /^Star .* 0 stars$/)).toBeVisible();
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('stars, follows and refusals work', async ({ page }) => {
    const { alias } = await publish();
    const reader = await createPublisher();
    await page.goto(`/${alias}/tool`);
    await page.getByRole('link', { name: `Star ${alias}/tool` }).click();
    await fillSignIn(page, reader.email, reader.password);
    await expect(page).toHaveURL(`/${alias}/tool`);
    await button(page, /^Star/).click();
    await expect(refusal(page)).toContainText('Your account must be a day old to star.');
    await makeOld(reader);
    await button(page, /^Star/).click();
    await button(page, /^Follow/).click();
    await page.goto(`/${alias}/tool`);
    await expect(button(page, /^Unstar/)).toBeVisible();
    await page.goto('/console/following');
    await button(page, /^Unfollow/).click();
    await page.goto(`/${alias}/tool`);
    await expect(button(page, /^Follow/)).toBeVisible();
  });
});
