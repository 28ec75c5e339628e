import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { HOST, missing, withFolder } from '../../fixtures.ts';
import { run } from '../../run-program.ts';

const absent = missing('skopeo');

test('a visitor searches, opens a repository, and pulls with the copied skopeo command', async ({ page, context }) => {
  test.skip(absent !== null, absent ?? '');
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto('/');
  await page.getByRole('combobox').fill('key-value snapshots');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/search\?q=key-value\+snapshots/);
  await page.getByRole('link', { name: 'tidepool/kv' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('tidepool/kv');

  await page.getByText('skopeo', { exact: true }).click();
  await page.getByRole('button', { name: 'Copy pull command' }).click();
  const command = await page.evaluate(() => navigator.clipboard.readText());
  expect(command).toContain(`docker://${HOST}/tidepool/kv:latest`);

  await withFolder(async (folder) => {
    await run('sh', ['-c', `cd "$1" && ${command}`, 'sh', folder]);
    expect(readdirSync(join(folder, 'kv', 'blobs', 'sha256')).length).toBeGreaterThan(1);
  });
});

test('the pull box remembers the chosen client and offers the digest instead of the tag', async ({ page }) => {
  await page.goto('/lanternworks/web');
  await expect(page.getByText(`docker pull ${HOST}/lanternworks/web:latest`)).toBeVisible();
  await page.getByText('Podman', { exact: true }).click();
  await expect(page.getByText(/^podman pull .*\/lanternworks\/web:latest$/)).toBeVisible();
  await page.goto('/lanternworks/proxy');
  await expect(page.getByText(/^podman pull .*\/lanternworks\/proxy:latest$/)).toBeVisible();
  await page.getByText('Digest', { exact: true }).first().click();
  await expect(page.getByText(/^podman pull .*\/lanternworks\/proxy@sha256:[0-9a-f]{64}$/)).toBeVisible();
});

test('a chart page shows a helm pull command', async ({ page }) => {
  await page.goto('/search?kind=chart');
  await page.getByRole('link', { name: 'quillbase/charts/editor', exact: true }).click();
  await expect(page.getByText(/^helm pull .*oci:\/\/.*\/quillbase\/charts\/editor --version \d/)).toBeVisible();
});

test('search matches publishers, names and descriptions, and ranks an exact name first', async ({ page }) => {
  const results = page.getByRole('region', { name: 'Results' }).getByRole('listitem').getByRole('heading');
  await page.goto('/search?q=tidepool');
  await expect(results.first()).toContainText('tidepool/');
  await page.goto('/search?q=web');
  await expect(results.first()).toHaveText(/^lanternworks\/web/);
  await page.goto('/search?q=message+queue');
  await expect(results.first()).toHaveText(/^tidepool\/queue/);
});

test('the URL stores filters and sort order, and each filter has a remove link', async ({ page }) => {
  await page.goto('/search');
  await page.getByRole('navigation', { name: 'Kind' }).getByRole('link', { name: 'Helm charts' }).click();
  await expect(page).toHaveURL('/search?kind=chart');
  await page.getByRole('navigation', { name: 'Sort' }).getByRole('link', { name: 'Name' }).click();
  await expect(page).toHaveURL('/search?kind=chart&sort=name');
  await page.getByRole('link', { name: 'Remove the filter Helm charts' }).click();
  await expect(page).toHaveURL('/search?sort=name');
  await page.goBack();
  await expect(page).toHaveURL('/search?kind=chart&sort=name');
});

test('filters show their result counts, and choosing one keeps the other counts in its group', async ({ page }) => {
  await page.goto('/search');
  const charts = page.getByRole('navigation', { name: 'Kind' }).getByRole('link', { name: /^Helm charts/ });
  const images = page.getByRole('navigation', { name: 'Kind' }).getByRole('link', { name: /^Images/ });
  const [chartText, imageText] = [await charts.textContent(), await images.textContent()];
  const found = /[\d,]+$/.exec(chartText ?? '')?.[0];
  await charts.click();
  await expect(page.getByRole('region', { name: 'Results' }).getByRole('status')).toHaveText(
    new RegExp(`^${found} repositor`),
  );
  await expect(images).toHaveText(imageText ?? '');
  await page.goto('/search?q=qqxxyyzz');
  await expect(charts).toHaveText(/0$/);
});

test('a search without results offers to remove the filters', async ({ page }) => {
  await page.goto('/search?q=qqxxyyzz&kind=chart');
  await expect(page.getByText('No results for “qqxxyyzz”')).toBeVisible();
  await page.getByRole('link', { name: 'Remove the filters' }).click();
  await expect(page).toHaveURL('/search?q=qqxxyyzz');
});

test('a tag page shows the pull command for that tag', async ({ page }) => {
  await page.goto('/tidepool/queue/-/tags');
  await page.getByRole('link', { name: '3.0.0', exact: true }).click();
  await expect(page).toHaveURL('/tidepool/queue/-/tags/3.0.0');
  await expect(page.getByText(`docker pull ${HOST}/tidepool/queue:3.0.0`)).toBeVisible();
});

test('a secondary alias redirects to the canonical URL', async ({ page }) => {
  await page.goto('/tidepool');
  const other = await page.locator('dt:text("also") + dd').textContent();
  expect(other).toMatch(/^[a-z]\d[a-z]\d[a-z]\d[a-z]\d$/);
  await page.goto(`/${other}/kv/-/tags?sort=name`);
  await expect(page).toHaveURL('/tidepool/kv/-/tags?sort=name');
  await page.goto(`/${other}?q=kv`);
  await expect(page).toHaveURL(/^[^?]*\/tidepool\?q=kv/);
});

test('search within a publisher returns only their repositories', async ({ page }) => {
  await page.goto('/tidepool');
  await page.getByPlaceholder('Search in tidepool').fill('web');
  await page.getByRole('button', { name: 'Search' }).click();
  const rows = page.getByRole('main').getByRole('listitem');
  for (const name of await rows.getByRole('heading', { level: 2 }).allTextContents())
    expect(name).toMatch(/^tidepool\//);
});

for (const path of [
  '/nobody',
  '/tidepool/nothing',
  '/tidepool/kv/-/nope',
  '/tidepool/kv/-/layers/nope',
  `/tidepool/kv/-/digests/sha256:${'0'.repeat(64)}`,
  `/tidepool/kv/-/layers/sha256:${'0'.repeat(64)}`,
  '/dev/components',
  '/Tidepool/kv',
]) {
  test(`${path} returns 404 with the “Page not found” heading`, async ({ page }) => {
    const response = await page.goto(path);
    expect(response?.status()).toBe(404);
    await expect(page.getByRole('heading', { name: 'Page not found' })).toBeVisible();
    await expect(page).toHaveTitle(/^Not found · /);
  });
}

test('the rail describes the selected tag or digest', async ({ page }) => {
  const rail = page.getByRole('complementary', { name: 'Facts' });
  await page.goto('/tidepool/queue');
  const latest = await rail.locator('dt:text-is("Digest") + dd code').getAttribute('title');
  await page.goto('/tidepool/queue?tag=3.0.0');
  await expect(rail.locator('dt:text-is("Selected tag") + dd')).toHaveText('3.0.0');
  const digest = (await rail.locator('dt:text-is("Digest") + dd code').getAttribute('title')) ?? '';
  expect(digest).not.toBe(latest);
  await page.getByRole('navigation', { name: 'Repository' }).getByRole('link', { name: 'Security' }).click();
  await expect(page).toHaveURL('/tidepool/queue/-/security?tag=3.0.0');
  await page.goto(`/tidepool/queue?digest=${digest}`);
  await expect(rail.locator('dt:text-is("Digest") + dd code')).toHaveAttribute('title', digest);
  await expect(page.getByText(`docker pull ${HOST}/tidepool/queue@${digest}`)).toBeVisible();
});

test('an unknown tag keeps the page and suggests similar tags', async ({ page }) => {
  const response = await page.goto('/tidepool/queue?tag=3.0.2');
  expect(response?.status()).toBe(200);
  const notice = page.getByRole('main').getByRole('status').filter({ hasText: 'No tag 3.0.2 here.' });
  await expect(notice).toContainText('This page shows latest instead.');
  await notice.getByRole('link', { name: '3.0.1', exact: true }).click();
  await expect(page).toHaveURL('/tidepool/queue?tag=3.0.1');
  await page.goto('/tidepool/queue?tag=%3Cscript%3E');
  await expect(page.getByText('No tag <script> here.')).toBeVisible();
});

test('the page of an unknown tag suggests the pages of similar tags', async ({ page }) => {
  const response = await page.goto('/tidepool/queue/-/tags/3.0.2');
  expect(response?.status()).toBe(200);
  await expect(page.locator('meta[name=robots]')).toHaveAttribute('content', /noindex/);
  const notice = page.getByRole('main').getByRole('status').filter({ hasText: 'No tag 3.0.2 here.' });
  await notice.getByRole('link', { name: '3.0.1', exact: true }).click();
  await expect(page).toHaveURL('/tidepool/queue/-/tags/3.0.1');
});

test('a URL with a NUL byte returns 400', async ({ request }) => {
  for (const path of ['/a%00b', '/search?q=%00']) expect((await request.get(path)).status(), path).toBe(400);
});

for (const query of [
  'page=0',
  'page=-1',
  'page=99999999999',
  'page=x',
  'sort=bad',
  'kind=bad',
  `q=${'a'.repeat(3_000)}`,
]) {
  test(`/search?${query.slice(0, 20)} returns 200`, async ({ page }) => {
    const response = await page.goto(`/search?${query}`);
    expect(response?.status()).toBe(200);
  });
}
