// How much a public page may weigh on its way to a browser.
import { expect, test, type Page } from '@playwright/test';
import { buildImage, buildIndex } from '#lib/testing/images/build-image.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { BASE_URL, createPublisher } from '../../fixtures.ts';
import { measureTransfer } from '../../measure-transfer.ts';

const KB = 1_000;
const SCRIPT_BUDGET = 170 * KB;
const OWN_SCRIPT_BUDGET = 30 * KB;
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
  '/there-is-no-such-page',
];

for (const path of PAGES) {
  test(`${path} loads little JavaScript`, async ({ page }) => {
    await expectWithinBudget(page, path);
  });
}

test('the page of a layer loads little JavaScript', async ({ page, request }) => {
  // Not by the browser, which would have the scripts from then on.
  const html = await (await request.get('/tidepool/kv/-/layers')).text();
  const [layer = ''] = /\/tidepool\/kv\/-\/layers\/sha256:[0-9a-f]{64}/.exec(html) ?? [];
  await expectWithinBudget(page, layer);
});

test('a page of 50 tags with all their platforms is small', async ({ page }) => {
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
  // Nothing at all would mean that nothing was measured.
  expect(script).toBeGreaterThan(50 * KB);
  expect(script).toBeLessThan(SCRIPT_BUDGET);
  expect(ownScript).toBeLessThan(OWN_SCRIPT_BUDGET);
}
