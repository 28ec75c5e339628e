// What visitors and admins see of the demo gallery.
import { expect, test, type Page } from '@playwright/test';
import { BASE_URL } from '../../fixtures.ts';
import { signInByCookie } from '../people.ts';

/** Collects requests to other sites. */
function watchRequests(page: Page): string[] {
  const elsewhere: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(BASE_URL) && !request.url().startsWith('data:')) elsewhere.push(request.url());
  });
  return elsewhere;
}

test('demo pages are marked, show badges of this site, and load nothing from elsewhere', async ({ page }) => {
  const elsewhere = watchRequests(page);
  for (const path of ['/lanternworks/web', '/tidepool/kv', '/stonebridge/policy-agent', '/fernwood/base']) {
    await page.goto(path);
    await expect(page.getByText('Demo', { exact: true }).first()).toBeVisible();
    await expect(page.getByText('npm run demo:remove')).toBeVisible();
    const badge = page.getByRole('img', { name: 'Newest version' });
    await badge.scrollIntoViewIfNeeded();
    await expect.poll(() => badge.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(20);
  }
  await page.goto('/fernwood');
  await expect(page.getByText('Demo', { exact: true }).first()).toBeVisible();
  expect(elsewhere).toEqual([]);
});

test('a signed image lists its signature, bills of materials and provenance', async ({ page }) => {
  await page.goto('/stonebridge/policy-agent/-/security');
  for (const [name, text] of [
    ['Signatures', 'cosign signature'],
    ['Bills of materials (SBOM)', 'CycloneDX'],
    ['Provenance', 'SLSA v1'],
  ] as const) {
    await expect(page.getByRole('region', { name })).toContainText(text);
  }
});

test('a deprecated repository names its successor', async ({ page }) => {
  await page.goto('/quillbase/wiki');
  await page.getByRole('main').getByRole('link', { name: 'quillbase/editor', exact: true }).first().click();
  await expect(page).toHaveURL('/quillbase/editor');
});

test('hides the private and the quarantined repository from visitors, but not from the admin', async ({ page }) => {
  for (const path of ['/lanternworks/staging', '/brasslab/nightly']) {
    expect((await page.goto(path))?.status(), path).toBe(404);
  }
  await signInByCookie(page, process.env['E2E_ADMIN_EMAIL'] ?? '');
  for (const path of ['/lanternworks/staging', '/brasslab/nightly']) {
    expect((await page.goto(path))?.status(), path).toBe(200);
  }
  await page.goto('/admin/quarantine');
  await expect(page.getByRole('main')).toContainText('brasslab/nightly');
});
