// Transfer size budgets of public pages.
import { expect, test, type Page } from '@playwright/test';
import { buildImage, buildIndex } from '#lib/testing/images/build-image.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { BASE_URL, createPublisher } from '../../fixtures.ts';
import { measureTransfer } from '../../measure-transfer.ts';

const KB = 1_000;
const SCRIPT_BUDGET = 160 * KB;
const OWN_SCRIPT_BUDGET = 25 * KB;
const HTML_BUDGET = 30 * KB;

const PAGES = [
  '/',
  '/search?q=web',
  '/tidepool',
  '/tidepool/kv',
  '/tidepool/kv/-/tags',
  '/tidepool/kv/-/tags/latest',
  '/tidepool/kv/-/layers',
  '/tidepool/kv/-/insights',
  '/brasslab/scan/-/security',
  '/docs',
  '/status',
  '/there-is-no-such-page',
];

for (const path of PAGES) {
  test(`${path} stays within the JavaScript budget`, async ({ page }) => {
    await expectWithinBudget(page, path);
  });
}

test('a layer page stays within the JavaScript budget', async ({ page, request }) => {
  // Fetch this outside the browser, which would cache the scripts.
  const html = await (await request.get('/tidepool/kv/-/layers')).text();
  const [layer = ''] = /\/tidepool\/kv\/-\/layers\/sha256:[0-9a-f]{64}/.exec(html) ?? [];
  await expectWithinBudget(page, layer);
});

test('a page of 50 tags with four platforms each stays within the HTML budget', async ({ page }) => {
  const { alias, secret } = await createPublisher();
  const client = createDistributionClient(BASE_URL, secret);
  for (let minor = 0; minor < 10; minor += 1) {
    const platforms = ['amd64', 'arm64', 'ppc64le', 's390x'].map((architecture) => ({ os: 'linux', architecture }));
    const images = platforms.map(async (platform) => {
      const layers = [[{ path: 'version', content: `${minor} for ${platform.architecture}` }]];
      return { platform, image: await buildImage({ platform, layers, created: '2026-01-02T03:04:05Z' }) };
    });
    const tags = ['', '-slim', '-alpine', '.0', '.0-slim'].map((suffix) => `1.${minor}${suffix}`);
    await client.push(`${alias}/tool`, buildIndex(await Promise.all(images)), tags);
  }
  const { html } = await measureTransfer(page, `/${alias}/tool/-/tags`);
  expect(await page.locator('main a[href*="/-/tags/1."]').count()).toBeGreaterThanOrEqual(50);
  expect(html).toBeLessThan(HTML_BUDGET);
});

async function expectWithinBudget(page: Page, path: string): Promise<void> {
  const { script, ownScript } = await measureTransfer(page, path);
  // A smaller size means that the measurement failed.
  expect(script).toBeGreaterThan(50 * KB);
  expect(script).toBeLessThan(SCRIPT_BUDGET);
  expect(ownScript).toBeLessThan(OWN_SCRIPT_BUDGET);
}
