// A visitor finds software, reads all about it, and compares.
import { expect } from '@playwright/test';
import { HOST } from '../../fixtures.ts';
import { walk } from './walk.ts';

walk('a visitor discovers, reads and compares images', async (walker) => {
  const { page } = walker;
  const main = page.getByRole('main');
  const tab = (name: string | RegExp) =>
    page.getByRole('navigation', { name: 'Repository' }).getByRole('link', { name }).click();

  await walker.open('/');
  await main.getByRole('link', { name: 'Helm charts', exact: true }).click();
  await expect(page).toHaveURL('/search?kind=chart');
  await walker.see();
  await walker.fromHeader('Explore');
  await expect(page).toHaveURL('/search');
  await walker.see();
  await page
    .getByRole('region', { name: 'Categories' })
    .getByRole('link', { name: /^Message queues/ })
    .click();
  await expect(main.getByRole('link', { name: 'tidepool/queue', exact: true })).toBeVisible();
  await walker.see();
  await walker.open('/search?q=qqxxyyzz&kind=chart');
  await page.getByRole('link', { name: 'Remove the filters' }).click();
  await expect(page).toHaveURL('/search?q=qqxxyyzz');

  const field = page.getByRole('search', { name: 'Gallery' }).getByRole(walker.hasScripts ? 'combobox' : 'searchbox');
  await field.fill('tidepol');
  await field.press('Enter');
  await main.getByRole('link', { name: 'tidepool', exact: true }).click();
  await expect(page).toHaveURL('/search?q=tidepool');
  await walker.see();
  await main.getByRole('link', { name: 'tidepool/queue', exact: true }).click();

  await expect(page.getByRole('heading', { level: 1 })).toHaveText('tidepool/queue');
  await main.getByText('Podman', { exact: true }).click();
  await expect(main.getByText(/^podman pull .*\/tidepool\/queue:latest$/)).toBeVisible();
  await walker.see();
  await tab('Usage');
  await expect(page).toHaveURL('/tidepool/queue/-/usage');
  await walker.see();
  await tab(/^Tags/);
  await expect(page).toHaveURL('/tidepool/queue/-/tags');
  await walker.see();
  await page.getByRole('navigation', { name: 'View' }).getByRole('link', { name: 'Platforms' }).click();
  await expect(page).toHaveURL(/view=platforms/);
  await walker.see();
  await walker.open('/tidepool/queue/-/tags?sort=name');
  await page.getByRole('checkbox', { name: 'Select 3.1.0' }).check();
  await page.getByRole('checkbox', { name: 'Select 3.0.0' }).check();
  await page.getByRole('button', { name: 'Compare tags' }).click();
  await expect(page).toHaveURL('/tidepool/queue/-/compare?from=3.0.0&to=3.1.0');
  await walker.see();
  await walker.open('/tidepool/queue/-/compare?from=3.0.0&to=3.1.0&files=1');

  await walker.open('/tidepool/queue/-/tags/3.0.0');
  const command = main.getByText(`${HOST}/tidepool/queue:3.0.0`).filter({ visible: true });
  await expect(command.first()).toBeVisible();
  await page.locator('#platforms th a').first().click();
  await expect(page).toHaveURL(/\/-\/digests\/sha256:/);
  await walker.see();
  await page.locator('#layers li:last-child a').first().click();
  await expect(page).toHaveURL(/\/-\/layers\/sha256:/);
  await walker.see();
  await walker.open('/lanternworks/web');
  await expect(main.getByText('Built on').first()).toBeVisible();
  await walker.open('/lanternworks/web/-/layers');
  await walker.open('/tidepool/queue/-/insights');
  await walker.open('/tidepool/queue?tag=3.0.2');
  await expect(main.getByText('No tag 3.0.2 here.')).toBeVisible();
});

walk('a visitor checks where an image comes from, reports one, and reads the docs', async (walker) => {
  const { page } = walker;
  const main = page.getByRole('main');
  await walker.open('/stonebridge/policy-agent/-/security');
  await expect(page.getByRole('region', { name: 'Signatures' })).toContainText('cosign signature');
  await page.getByRole('region', { name: 'Bills of materials (SBOM)' }).getByRole('link').first().click();
  await expect(page).not.toHaveURL(/\/-\/security$/);
  await walker.see();
  await walker.open('/quillbase/charts/editor');
  await expect(main.getByText(/^helm pull .*oci:\/\/.*\/quillbase\/charts\/editor --version \d/)).toBeVisible();
  await walker.open('/stonebridge/admission-rules');
  await expect(main.getByText(/^docker pull/)).toHaveCount(0);

  await walker.open('/tidepool');
  await main.getByRole('link', { name: /^Follow/ }).click();
  await expect(page).toHaveURL('/signin?callbackUrl=%2Ftidepool');
  await walker.see();
  await page.getByRole('link', { name: 'Forgot your password?' }).click();
  await expect(page).toHaveURL('/signin/forgot');
  await walker.see();

  await page.goto('/brasslab/scan');
  await walker.see();
  await main.getByRole('link', { name: 'Report this page' }).click();
  await expect(page.getByLabel('Page')).toHaveValue('brasslab/scan');
  await walker.see();
  await page.getByLabel('Reason').selectOption('malware');
  await page.getByLabel('Details').fill('It mines coins.');
  // It isn't sent, because all visitors of these tests share one address and its limit. The admin's walk sends one.
  await walker.see();

  await walker.fromHeader('Docs');
  await expect(page).toHaveURL('/docs');
  await walker.see();
  await page.getByRole('navigation', { name: 'Footer' }).getByRole('link', { name: 'Status' }).click();
  await expect(page).toHaveURL('/status');
  await walker.see();
  await walker.miss('/there-is-no-such-page');
  await walker.open('/api/card/tidepool/kv');
  await expect(page.getByText(`docker pull ${HOST}/tidepool/kv`)).toBeVisible();
});
