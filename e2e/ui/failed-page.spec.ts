// The error page. The tests start their own site and break its database by renaming a table.
import { expect, test } from '@playwright/test';
import { createApp } from '#lib/create-app.ts';
import { readConfig } from '#lib/config.ts';
import { createLog } from '#lib/platform/log.ts';
import { startTestServer, type TestServer } from '#scripts/test-server.ts';
import { findViolations } from './find-violations.ts';

let site: TestServer;
test.beforeAll(async () => {
  site = await startTestServer({ DEMO: '0', LOG_LEVEL: 'silent' });
  const app = await createApp(readConfig({ DATA_DIR: site.dataDir }), createLog('silent', false));
  await app.pool.query('ALTER TABLE registries RENAME TO registries_lost');
  await app.close();
});
test.afterAll(() => site.stop());

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with JavaScript' : 'without JavaScript', () => {
    test.use({ javaScriptEnabled });
    test('the error page shows the request ID and a link to the home page', async ({ page }) => {
      const response = await page.goto(`${site.url}/somebody`);
      expect(response?.status()).toBe(500);
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('Something went wrong on our side');
      await expect(page.locator('code')).toHaveText(response?.headers()['x-request-id'] ?? 'no number');
      // The content security policy allows the page's styles.
      await expect(page.locator('main')).toHaveCSS('max-width', '504px');
      await page.getByRole('link', { name: 'To the home page' }).click();
      await expect(page).toHaveURL(`${site.url}/`);
    });
  });
}

test('the error page is accessible in both themes, and other pages still work', async ({ page, request }) => {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.goto(`${site.url}/somebody`);
    expect(await findViolations(page)).toEqual([]);
  }
  expect((await page.goto(`${site.url}/docs`))?.status()).toBe(200);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  // An unknown alias still returns 404 rather than 500.
  expect((await page.goto(`${site.url}/there/is-no-such/page`))?.status()).toBe(404);
  const plain = await request.get(`${site.url}/somebody`, { headers: { 'accept-encoding': 'identity' } });
  expect(plain.headers()['content-encoding']).toBeUndefined();
  expect(await plain.text()).toContain('Something went wrong on our side');
  expect((await request.head(`${site.url}/somebody`)).status()).toBe(500);
});
