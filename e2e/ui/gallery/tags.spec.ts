// The tags page: sorting, filtering and large numbers of tags.
import { expect, test, type Page } from '@playwright/test';
import { addManyTags } from '#lib/testing/images/add-many-tags.ts';
import { buildImage } from '#lib/testing/images/build-image.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { BASE_URL, createPublisher, withDatabase } from '../../fixtures.ts';

const LONGEST = `edge-${'0123456789abcdef-'.repeat(8)}`.slice(0, 128);

function tagLinks(page: Page) {
  return page.getByRole('table').getByRole('rowheader').locator('a[href*="/-/tags/"]');
}

async function pushImage(tags: string[]): Promise<{ path: string; name: string }> {
  const { alias, secret } = await createPublisher();
  const image = await buildImage({
    platform: { os: 'linux', architecture: 'amd64' },
    created: '2026-03-04T05:06:07Z',
    layers: [],
  });
  await createDistributionClient(BASE_URL, secret).push(`${alias}/many`, image, tags);
  return { path: `/${alias}/many/-/tags`, name: `${alias}/many` };
}

test('the server filters tags and sorts them by version', async ({ page }) => {
  await page.goto('/tidepool/queue/-/tags');
  const ascending = ['latest', '3.0', '3.0.0', '3.0.1', '3.1', '3.1.0'];
  await page.getByRole('columnheader', { name: 'Tag' }).getByRole('link').click();
  await expect(page).toHaveURL(/sort=name$/);
  await expect(tagLinks(page)).toHaveText(ascending);
  await page.getByRole('navigation', { name: 'Sort' }).getByRole('link', { name: 'Newest version' }).click();
  await expect(page).toHaveURL(/sort=name&dir=desc$/);
  await expect(tagLinks(page)).toHaveText(ascending.toReversed());
  await page.getByRole('searchbox', { name: 'Filter tags' }).fill('3.0.');
  await page.getByRole('button', { name: 'Filter' }).click();
  await expect(page).toHaveURL(/q=3\.0\.&sort=name&dir=desc$/);
  await expect(tagLinks(page)).toHaveText(['3.0.1', '3.0.0']);
});

test('a filter without matches shows a message and a link to all tags', async ({ page }) => {
  await page.goto('/tidepool/queue/-/tags?q=_');
  await expect(page.getByText('No tag contains “_”')).toBeVisible();
  await page.getByRole('link', { name: 'Show all tags' }).click();
  await expect(page).toHaveURL('/tidepool/queue/-/tags');
  await page.goto('/tidepool/queue/-/tags?q=sha256:00');
  await expect(page.getByText('No tag points to “sha256:00”')).toBeVisible();
});

test('a tag links to its history, and a page number past the end redirects to the last page', async ({ page }) => {
  await page.goto('/tidepool/queue/-/tags?page=99&sort=name');
  await expect(page).toHaveURL('/tidepool/queue/-/tags?sort=name');
  await page.getByRole('link', { name: 'history of 3.0.1' }).click();
  await expect(page).toHaveURL('/tidepool/queue/-/tags/3.0.1#history');
  await expect(page.getByRole('region', { name: 'Tag history' })).toBeInViewport();
});

test('the platforms of tags are shown side by side, each with its size and a link to its image', async ({ page }) => {
  await page.goto('/tidepool/queue/-/tags?sort=name');
  await page.getByRole('navigation', { name: 'View' }).getByRole('link', { name: 'Platforms' }).click();
  await expect(page).toHaveURL('/tidepool/queue/-/tags?sort=name&view=platforms');
  const row = page.getByRole('row', { name: /^3\.1\.0 / });
  await expect(row.getByRole('link', { name: /for linux\/amd64$/ })).toBeVisible();
  await row.getByRole('link', { name: /for linux\/arm64$/ }).click();
  await expect(page).toHaveURL(/\/tidepool\/queue\/-\/digests\/sha256:/);
  await expect(page.getByText('linux/arm64').first()).toBeVisible();
});

test('two selected tags are compared, without scripts and with the older one first', async ({ browser }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${BASE_URL}/tidepool/queue/-/tags?sort=name`);
  await page.getByRole('checkbox', { name: 'Select 3.1.0' }).check();
  await page.getByRole('checkbox', { name: 'Select 3.0.0' }).check();
  await page.getByRole('button', { name: 'Compare tags' }).click();
  await expect(page).toHaveURL('/tidepool/queue/-/compare?from=3.0.0&to=3.1.0');
  await expect(page.getByRole('region', { name: 'Layers', exact: true })).toBeVisible();
  await page.getByRole('link', { name: 'Swap' }).click();
  await expect(page).toHaveURL(/from=3\.1\.0&to=3\.0\.0/);
  await page.goto(`${BASE_URL}/tidepool/queue/-/compare?tag=3.0.0`);
  await expect(page.getByText('Select exactly two tags to compare')).toBeVisible();
  await page.goto(`${BASE_URL}/tidepool/queue/-/compare?from=3.0.0&to=9`);
  await expect(page.getByRole('status')).toContainText('has no tag "9"');
  await context.close();
});

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with JavaScript' : 'without JavaScript', () => {
    test.use({ javaScriptEnabled });

    test('the page and the APIs sort, filter and paginate 10,000 tags', async ({ page, request }) => {
      const { path, name } = await pushImage(['1.0.0', 'latest']);
      await withDatabase(async (client) => {
        const { rows } = await client.query<{ id: string }>(
          `SELECT r.id FROM repositories r JOIN aliases a USING (registry_id) WHERE a.name || '/' || r.name = $1`,
          [name],
        );
        await addManyTags(client, { repositoryId: BigInt(rows[0]?.id ?? 0), versions: 2_500 });
      });
      await page.goto(path);
      await expect(page.getByRole('status').filter({ hasText: 'tags' })).toHaveText('10,001 tags');
      await page.getByRole('link', { name: 'Newest version' }).click();
      await expect(tagLinks(page)).toHaveCount(50);
      await expect(tagLinks(page).nth(0)).toHaveText('1.249.9-slim');
      await expect(tagLinks(page).nth(3)).toHaveText('1.249.9-rc1');
      await page.getByRole('link', { name: 'Next →' }).click();
      await expect(page).toHaveURL(/page=2/);
      await page.goto(`${path}?sort=name&dir=desc&page=201`);
      await expect(tagLinks(page)).toHaveText(['latest']);
      await page.goto(`${path}?q=1.9.&sort=name`);
      await expect(tagLinks(page).nth(0)).toHaveText('1.9.0-rc1');
      await expect(page.getByRole('rowheader').nth(0)).toContainText('same as 1.9.0-slim, 1.9.0-alpine, 1.9.0');

      const list = await request.get(`/v2/${name}/tags/list?n=3&last=1.10.0`);
      expect(await list.json()).toEqual({ name, tags: ['1.10.0-alpine', '1.10.0-rc1', '1.10.0-slim'] });
      const api = await request.get(`/api/v1/repositories/${encodeURIComponent(name)}/tags?sort=name&dir=desc&limit=1`);
      expect(await api.json()).toMatchObject({ total: 10_001, tags: [{ name: '1.249.9-slim', sameDigestCount: 3 }] });
    });
  });
}

test('a tag of 128 characters on a digest with many tags causes no horizontal overflow', async ({ page }) => {
  const { path } = await pushImage([LONGEST, ...Array.from({ length: 12 }, (_, i) => `1.${i}`)]);
  for (const width of [1280, 320]) {
    await page.setViewportSize({ width, height: 800 });
    await page.goto(path);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBeLessThanOrEqual(0);
  }
  await page.getByRole('link', { name: 'and 9 more' }).first().click();
  await expect(page).toHaveURL(/q=sha256%3A[0-9a-f]{64}&sort=name$/);
  await expect(tagLinks(page)).toHaveCount(13);
});
