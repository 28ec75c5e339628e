// A page that nobody expected to fail, on a site of its own whose database lost a table.
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { createApp } from '#lib/create-app.ts';
import { readConfig } from '#lib/config.ts';
import { createLog } from '#lib/platform/log.ts';
import { startTestServer, type TestServer } from '#scripts/test-server.ts';

let site: TestServer;
test.beforeAll(async () => {
  site = await startTestServer({ DEMO: '0', LOG_LEVEL: 'silent' });
  const app = await createApp(readConfig({ DATA_DIR: site.dataDir }), createLog('silent', false));
  await app.pool.query('ALTER TABLE registries RENAME TO registries_lost');
  await app.close();
});
test.afterAll(() => site.stop());

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with a script' : 'without a script', () => {
    test.use({ javaScriptEnabled });
    test('says so, with a number for the operator and a way on', async ({ page }) => {
      const response = await page.goto(`${site.url}/somebody`);
      expect(response?.status()).toBe(500);
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('Something went wrong on our side');
      await expect(page.locator('code')).toHaveText(response?.headers()['x-request-id'] ?? 'no number');
      // Its style is let through by the policy.
      await expect(page.locator('main')).toHaveCSS('max-width', '504px');
      await page.getByRole('link', { name: 'To the home page' }).click();
      await expect(page).toHaveURL(`${site.url}/`);
    });
  });
}

test('is readable in both themes, and others work on', async ({ page, request }) => {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.goto(`${site.url}/somebody`);
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  }
  expect((await page.goto(`${site.url}/docs`))?.status()).toBe(200);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  // An alias that nobody has is not there, whatever else is lost.
  expect((await page.goto(`${site.url}/there/is-no-such/page`))?.status()).toBe(404);
  const plain = await request.get(`${site.url}/somebody`, { headers: { 'accept-encoding': 'identity' } });
  expect(plain.headers()['content-encoding']).toBeUndefined();
  expect(await plain.text()).toContain('Something went wrong on our side');
  expect((await request.head(`${site.url}/somebody`)).status()).toBe(500);
});
