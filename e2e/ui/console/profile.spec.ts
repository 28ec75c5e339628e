// A publisher's profile: the form in the console, and the page that visitors see.
import { expect, test, type Page } from '@playwright/test';
import { buildChart, buildImage } from '#lib/testing/images/build-image.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { findViolations } from '../find-violations.ts';
import { BASE_URL } from '../../fixtures.ts';
import { makeRepository, makeToken, readAlias, refusal, signUp } from '../people.ts';
import { createStaff, openAs } from '../staff.ts';

async function expectSound(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await findViolations(page)).toEqual([]);
  }
  for (const width of [390, 320]) {
    await page.setViewportSize({ width, height: 800 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}

/** Pushes two images and a chart, and waits until search lists them. */
async function publishAll(page: Page, alias: string): Promise<void> {
  const client = createDistributionClient(BASE_URL, await makeToken(page));
  const image = await buildImage({
    platform: { os: 'linux', architecture: 'amd64' },
    created: '2026-01-01T00:00:00Z',
    layers: [[{ path: 'alias', content: alias }]],
  });
  await client.push(`${alias}/app`, image, ['1.0']);
  await client.push(`${alias}/worker`, image, ['1.0']);
  const chart = await buildChart({ name: 'deploy', version: '1.0.0', description: 'A chart', files: [] });
  await client.push(`${alias}/charts/deploy`, chart, ['1.0.0']);
  await expect(async () => {
    await page.goto(`/${alias}`);
    await expect(page.getByRole('navigation', { name: 'Kinds' })).toContainText('All3', { timeout: 500 });
  }).toPass({ timeout: 30_000 });
}

test('an empty profile and page say so, and fit a phone', async ({ page }) => {
  await signUp(page);
  const alias = await readAlias(page);
  await page.goto(`/${alias}`);
  await expect(page.getByText('No public repositories yet')).toBeVisible();
  await expect(page.getByText('No pulls in 91 days.')).toBeVisible();
  await expect(page.getByText('Website')).toHaveCount(0);
  await expect(page.getByRole('navigation', { name: 'Kinds' })).toHaveCount(0);
  await expectSound(page);
});

test('a publisher describes itself, pins repositories, visitors see both, and an admin clears the profile', async ({
  page,
  browser,
}) => {
  test.slow();
  await signUp(page);
  const alias = await readAlias(page);
  await publishAll(page, alias);
  await makeRepository(page, 'hidden', { isPrivate: true });

  await page.goto('/console/profile');
  await page.getByLabel('Bio').fill('We keep tools small.\n<b>And sharp.</b>');
  await page.getByLabel('Website').fill('http://acme.example');
  await page.getByLabel('Contact').fill('hello@acme.example');
  await page.getByLabel('Violet').check();
  await page.getByLabel('Pin 1').fill('charts/deploy');
  await page.getByLabel('Pin 3').fill('app');
  await page.getByRole('button', { name: 'Save profile' }).click();
  await expect(page.getByLabel('Website')).toHaveAccessibleDescription('Enter an address such as https://example.org.');
  await expect(page.getByLabel('Website')).toBeFocused();
  await expect(page.getByLabel('Violet')).toBeChecked();
  await page.getByLabel('Website').fill('https://acme.example/tools');
  await page.getByLabel('Pin 2').fill('hidden');
  await page.getByRole('button', { name: 'Save profile' }).click();
  await expect(page.getByLabel('Pin 2')).toHaveAccessibleDescription(/no public repository "hidden"/);
  await expect(refusal(page)).toBeVisible();
  await page.getByLabel('Pin 2').fill('');
  await page.getByRole('button', { name: 'Save profile' }).click();
  await expect(page.getByText('Profile saved.')).toBeVisible();
  await expect(page.getByLabel('Pin 2')).toHaveValue('app');
  await expectSound(page);

  await page.getByLabel('Bio').fill('Not saved');
  let hasAsked = false;
  page.once('dialog', (dialog) => {
    hasAsked = dialog.type() === 'beforeunload';
    void dialog.accept();
  });
  await page.reload();
  expect(hasAsked).toBe(true);

  const visitor = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  await visitor.goto(`/${alias}`);
  const main = visitor.getByRole('main');
  await expect(main.getByText('We keep tools small.\n<b>And sharp.</b>')).toBeVisible();
  const website = main.getByRole('link', { name: 'acme.example/tools' });
  await expect(website).toHaveAttribute('href', 'https://acme.example/tools');
  await expect(website).toHaveAttribute('rel', 'nofollow ugc noopener noreferrer');
  await expect(main.getByRole('link', { name: 'hello@acme.example' })).toHaveAttribute(
    'href',
    'mailto:hello@acme.example',
  );
  await expect(main.getByRole('region', { name: 'Pinned' }).getByRole('link')).toHaveText([
    `${alias}/charts/deploy`,
    `${alias}/app`,
  ]);
  await main.getByRole('link', { name: /Helm charts/ }).click();
  await expect(visitor).toHaveURL(`/${alias}?kind=chart`);
  await expect(main.getByRole('heading', { level: 2, name: `${alias}/charts/deploy` })).toBeVisible();
  await expect(main.getByRole('heading', { level: 2, name: `${alias}/app` })).toHaveCount(0);
  await expect(main.getByRole('region', { name: 'Pinned' })).toHaveCount(0);

  await page.goto(`/${alias}`);
  await expectSound(page);

  const admin = await openAs(browser, await createStaff('admin'));
  await admin.goto(`/admin/registries?q=${alias}`);
  await admin.getByText('Clear profile').click();
  await admin.getByRole('button', { name: 'Remove bio, links and pins' }).click();
  await expect(admin.getByText('Clear profile')).toHaveCount(0);
  await visitor.goto(`/${alias}`);
  await expect(main.getByRole('heading', { level: 1 })).toContainText(alias);
  await expect(main.getByText('We keep tools small.')).toHaveCount(0);
  await expect(main.getByRole('region', { name: 'Pinned' })).toHaveCount(0);
});
