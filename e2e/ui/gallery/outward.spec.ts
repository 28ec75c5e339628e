// Feeds, badges, previews, sitemaps, oEmbed and insights, including those of a hostile publisher.
import { expect, test, type APIRequestContext, type Page } from '@playwright/test';
import { buildImage } from '#lib/testing/images/build-image.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { findViolations } from '../find-violations.ts';
import { BASE_URL, createPublisher, type Publisher } from '../../fixtures.ts';
import { makeRepository } from '../people.ts';
import { signInAs } from '../staff.ts';

const MARKUP = `</script><script>document.title='hacked'</script> ]]> "'><img src=x onerror=alert(1)> <!-- & done`;
/** Adds a right-to-left override. The description form rejects it, but image metadata may contain it. */
const HOSTILE = `${MARKUP} \u202egnp.exe`;
const MEGABYTE = 'x'.repeat(1_000_000);
/** The server flushes pull counts every few seconds. */
const COUNTED_MS = 20_000;

async function publish(page: Page): Promise<Publisher> {
  const publisher = await createPublisher('push', 'api:read');
  const image = await buildImage({
    platform: { os: 'linux', architecture: 'amd64' },
    created: '2026-01-01T00:00:00Z',
    layers: [],
    config: { Labels: { hostile: HOSTILE, long: MEGABYTE } },
    annotations: { hostile: HOSTILE, long: MEGABYTE },
  });
  await createDistributionClient(BASE_URL, publisher.secret).push(`${publisher.alias}/tools/app`, image, [
    '1.0',
    'latest',
  ]);
  await signInAs(page, publisher);
  await page.goto(`/console/repositories/${publisher.alias}/tools/app/-/settings`);
  await page.getByLabel('Description').fill(HOSTILE);
  await page.getByRole('button', { name: 'Save changes', exact: true }).click();
  await expect(page.getByText('Use only visible characters on a single line.')).toBeVisible();
  await page.getByLabel('Description').fill(MARKUP);
  await page.getByRole('button', { name: 'Save changes', exact: true }).click();
  await expect(page.getByText('Saved.')).toBeVisible();
  return publisher;
}

/** Parses XML in the browser, which reports syntax errors as a `parsererror` element. */
function parseXml(page: Page, xml: string): Promise<{ problem: string | null; names: string[]; text: string }> {
  return page.evaluate((source) => {
    const document = new DOMParser().parseFromString(source, 'application/xml');
    const names = [...document.querySelectorAll('*')].map(({ localName }) => localName);
    const problem = document.querySelector('parsererror')?.textContent ?? null;
    return { problem, names: [...new Set(names)].sort(), text: document.documentElement.textContent ?? '' };
  }, xml);
}

async function read(request: APIRequestContext, path: string, mediaType: string): Promise<string> {
  const answer = await request.get(path);
  expect(answer.status(), path).toBe(200);
  expect(answer.headers()['content-type'], path).toContain(mediaType);
  expect(answer.headers()['x-content-type-options'], path).toBe('nosniff');
  expect(answer.headers()['etag'], path).toMatch(/^"/);
  const again = await request.get(path, { headers: { 'if-none-match': answer.headers()['etag'] ?? '' } });
  expect(again.status(), path).toBe(304);
  return answer.text();
}

test('feeds, badges, previews and pages escape a hostile description', async ({ page, request }) => {
  test.slow();
  const { alias } = await publish(page);
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  await page.goto(`/${alias}/tools/app`);
  expect(await page.title()).not.toContain('hacked');
  const data = JSON.parse((await page.locator('script[type="application/ld+json"]').textContent()) ?? '') as Record<
    string,
    string
  >;
  expect(data['@type']).toBe('SoftwareApplication');
  expect(data['description']).toContain(`</script><script>document.title='hacked'</script> ]]> "'>`);
  expect(await page.locator('meta[property="og:description"]').getAttribute('content')).toContain(']]>');
  expect(await page.locator('link[rel=canonical]').getAttribute('href')).toBe(`${BASE_URL}/${alias}/tools/app`);

  const feed = await parseXml(page, await read(request, `/api/feed/${alias}/tools/app.atom`, 'application/atom+xml'));
  expect(feed.problem).toBeNull();
  const all = await parseXml(page, await read(request, `/api/feed/${alias}.atom`, 'application/atom+xml'));
  expect(all).toMatchObject({ problem: null, names: feed.names });
  expect(all.text).toContain(']]>');
  expect(all.text).not.toContain('\u202e');
  const badge = await read(
    request,
    `/api/badge/tag/${alias}/tools/app.svg?label=${encodeURIComponent(HOSTILE)}`,
    'image/svg+xml',
  );
  const card = await read(request, `/api/card/${alias}/tools/app`, 'text/html');
  expect(card).toContain('&lt;/script&gt;&lt;script&gt;');
  expect(card).not.toContain('<script');
  expect(card).not.toContain('<img');
  expect(await parseXml(page, badge)).toMatchObject({
    problem: null,
    names: ['clipPath', 'g', 'rect', 'svg', 'text', 'title'],
  });
  expect(problems).toEqual([]);
});

test('the page and the API read manifests with a megabyte of annotations', async ({ page, request }) => {
  test.slow();
  const { alias } = await publish(page);
  expect((await page.goto(`/${alias}/tools/app/-/insights`))?.status()).toBe(200);
  const tag = (await (await request.get(`/api/v1/repositories/${alias}%2Ftools%2Fapp/tags/latest`)).json()) as {
    digest: string;
  };
  const answer = await request.get(`/api/v1/repositories/${alias}%2Ftools%2Fapp/manifests/${tag.digest}`);
  const manifest = (await answer.json()) as { annotations: Record<string, string>; rawUrl: string };
  expect(manifest.annotations['hostile']).toBe(HOSTILE);
  expect(answer.headers()['content-type']).toBe('application/json');
  expect((await request.get(manifest.rawUrl)).headers()['docker-content-digest']).toBe(tag.digest);
});

test('the page, pull box and badge show the featured tag', async ({ page, request }) => {
  test.slow();
  const { alias } = await publish(page);
  await page.goto(`/console/repositories/${alias}/tools/app/-/settings`);
  await page.getByLabel('Tag', { exact: true }).fill('nope');
  await page.getByRole('button', { name: 'Save tag', exact: true }).click();
  await expect(page.getByText(`${alias}/tools/app has no tag nope.`).first()).toBeVisible();
  await page.getByLabel('Tag', { exact: true }).fill('1.0');
  await page.getByRole('button', { name: 'Save tag', exact: true }).click();
  await expect(page.getByText('Saved.')).toBeVisible();
  await page.goto(`/${alias}/tools/app`);
  await expect(page.getByText(/^docker pull .*:1\.0$/)).toBeVisible();
  await expect(page.getByText('Featured tag')).toBeVisible();
  expect(await (await request.get(`/api/badge/tag/${alias}/tools/app.svg`)).text()).toContain('tag: 1.0');
});

test('repositories and publishers have a PNG preview image', async ({ page, request }) => {
  await page.goto('/tidepool/kv');
  for (const path of ['/tidepool/kv', '/tidepool']) {
    await page.goto(path);
    const address = (await page.locator('meta[property="og:image"]').getAttribute('content')) ?? '';
    const picture = await request.get(address);
    expect(picture.headers()['content-type']).toBe('image/png');
    const bytes = await picture.body();
    expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([1_200, 630]);
  }
});

test('a badge for an unknown target is a sandboxed SVG with status 404', async ({ request }) => {
  for (const path of ['tag/nobody/nothing.svg', 'bad/tidepool/kv.svg', 'tag/tidepool.svg', 'tag/..%2f..%2fx.svg']) {
    const answer = await request.get(`/api/badge/${path}`);
    expect(answer.status(), path).toBe(404);
    expect(answer.headers()['content-type'], path).toContain('image/svg+xml');
    expect(answer.headers()['content-security-policy'], path).toContain("default-src 'none'; sandbox");
  }
});

test('badges say the version, and whether an image is signed', async ({ request }) => {
  const badge = async (kind: string, name: string) => (await request.get(`/api/badge/${kind}/${name}.svg`)).text();
  expect(await badge('version', 'tidepool/kv')).toMatch(/<title>version: \d/);
  expect(await badge('signature', 'stonebridge/policy-agent')).toContain('<title>signature: signed<');
  expect(await badge('signature', 'tidepool/queue')).toContain('<title>signature: unsigned<');
});

test('other sites can frame a card, and nothing else', async ({ page, request }) => {
  const answer = await request.get('/api/card/tidepool/kv');
  expect(answer.headers()['content-security-policy']).toContain('frame-ancestors *');
  expect(answer.headers()).not.toHaveProperty('x-frame-options');
  expect(answer.headers()).not.toHaveProperty('set-cookie');
  for (const path of ['/', '/tidepool/kv', '/api/v1/search', '/api/card/tidepool/none', '/llms.txt']) {
    const { 'x-frame-options': frames, 'content-security-policy': policy = '' } = (await request.get(path)).headers();
    expect(frames === 'DENY' || policy.includes("frame-ancestors 'none'"), path).toBe(true);
  }
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const theme of ['', '?theme=light', '?theme=dark', '?theme="><script>']) {
      await page.goto(`/api/card/tidepool/kv${theme}`);
      await expect(page.getByText(/^docker pull .*\/tidepool\/kv:/)).toBeVisible();
      expect(
        await findViolations(page, ['color-contrast', 'scrollable-region-focusable']),
        `${colorScheme} ${theme}`,
      ).toEqual([]);
    }
  }
  for (const width of [320, 480]) {
    await page.setViewportSize({ width, height: 190 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  }
});

test('language models find the site’s introduction', async ({ request }) => {
  const text = await read(request, '/llms.txt', 'text/plain');
  expect(text).toMatch(/^# .+\n\n> .+\n/);
  for (const [, url = ''] of text.matchAll(/\]\(([^)]+)\)/g)) {
    expect(url).toMatch(new RegExp(`^${BASE_URL}/`));
    expect([200, 401, 405], url).toContain((await request.get(url)).status());
  }
});

test('a private repository has no badge, feed, preview, oEmbed or sitemap entry', async ({ page, request }) => {
  test.slow();
  const publisher = await createPublisher('push', 'api:read');
  await signInAs(page, publisher);
  // Create the repository first, because a push would create a public one.
  await makeRepository(page, 'secret', { isPrivate: true });
  const image = await buildImage({
    platform: { os: 'linux', architecture: 'amd64' },
    created: '2026-01-01T00:00:00Z',
    layers: [],
  });
  await createDistributionClient(BASE_URL, publisher.secret).push(`${publisher.alias}/secret`, image, ['latest']);
  const name = `${publisher.alias}/secret`;
  const paths = [`/api/badge/pulls/${name}.svg`, `/api/feed/${name}.atom`, `/api/og/${name}.png`, `/api/card/${name}`];
  for (const path of [...paths, `/api/oembed?url=${encodeURIComponent(`${BASE_URL}/${name}`)}`]) {
    // Members get 404 too, because caches store these responses.
    expect((await page.request.get(path)).status(), path).toBe(404);
    expect((await request.get(path)).status(), path).toBe(404);
  }
  expect(await (await request.get('/sitemap.xml?page=1')).text()).not.toContain(name);
  expect(await (await request.get(`/api/feed/${publisher.alias}.atom`)).text()).not.toContain('secret');
  expect((await page.goto(`/${name}`))?.status()).toBe(200);
  expect(
    await page.locator('script[type="application/ld+json"], meta[property="og:image"], link[rel=alternate]').count(),
  ).toBe(0);
  await expect(page.locator('meta[name=robots]')).toHaveAttribute('content', /noindex/);
});

test('crawlers find public repositories in the sitemap, and browsers find the search description', async ({
  page,
  request,
}) => {
  await page.goto('/tidepool/kv');
  const robots = await (await request.get('/robots.txt')).text();
  expect(robots).toContain(`Sitemap: ${BASE_URL}/sitemap.xml`);
  const index = await read(request, '/sitemap.xml', 'application/xml');
  expect((await parseXml(page, index)).names).toEqual(['loc', 'sitemap', 'sitemapindex']);
  const sitemap = await parseXml(page, await read(request, '/sitemap.xml?page=1', 'application/xml'));
  expect(sitemap).toMatchObject({ problem: null, names: ['lastmod', 'loc', 'url', 'urlset'] });
  expect(sitemap.text).toContain(`${BASE_URL}/tidepool/kv`);
  for (const bad of ['0', '2', '-1', 'x', '99999999999']) {
    expect((await request.get(`/sitemap.xml?page=${bad}`)).status(), bad).toBe(404);
  }
  expect(await page.locator('head link[rel=search]').getAttribute('href')).toBe('/opensearch.xml');
  const { problem, names } = await parseXml(
    page,
    await read(request, '/opensearch.xml', 'application/opensearchdescription+xml'),
  );
  expect(problem).toBeNull();
  expect(names).toContain('Url');
});

test('oEmbed supports only repository pages of this site', async ({ page, request }) => {
  await page.goto('/tidepool/kv');
  const address = await page.locator('link[type="application/json+oembed"]').getAttribute('href');
  const found = (await (await request.get(address ?? '')).json()) as Record<string, unknown>;
  expect(found).toMatchObject({
    version: '1.0',
    type: 'rich',
    title: 'tidepool/kv',
    width: 480,
    thumbnail_width: 1_200,
  });
  expect(found['html']).toContain(`<iframe src="${BASE_URL}/api/card/tidepool/kv" title="tidepool/kv" width="480"`);
  const ask = (url: string, more = '') => request.get(`/api/oembed?url=${encodeURIComponent(url)}${more}`);
  for (const url of [
    'https://example.org/tidepool/kv',
    `${BASE_URL}/docs`,
    `${BASE_URL}/nobody/x`,
    'javascript:alert(1)',
    '',
    '//',
  ]) {
    expect((await ask(url)).status(), url).toBe(404);
  }
  expect((await ask(`${BASE_URL}/tidepool/kv`, '&format=xml')).status()).toBe(501);
  const narrow = (await (await ask(`${BASE_URL}/tidepool/kv`, '&maxwidth=300')).json()) as Record<string, unknown>;
  expect(narrow).toMatchObject({ type: 'rich', width: 300 });
  expect(narrow).not.toHaveProperty('thumbnail_url');
  expect(await (await ask(`${BASE_URL}/tidepool/kv`, '&maxheight=100')).json()).toMatchObject({ type: 'link' });
});

test('the insights page shows pulls as a chart and as a table without JavaScript', async ({ browser, request }) => {
  test.slow();
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await request.get('/v2/lanternworks/hello/manifests/latest');
  await expect(async () => {
    await page.goto('/lanternworks/hello/-/insights');
    await expect(page.getByRole('img', { name: /^Pulls per day from .*: [1-9][\d,]* in all/ })).toBeVisible({
      timeout: 500,
    });
    await expect(page.getByRole('rowheader', { name: 'latest' })).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: COUNTED_MS });
  await page.getByText('Show as a table').click();
  const table = page.getByRole('region', { name: 'Pulls as a table' });
  await expect(table.getByRole('row')).toHaveCount(31);
  await page.getByRole('navigation', { name: 'Period' }).getByRole('link', { name: 'A year' }).click();
  await expect(page).toHaveURL(/\/-\/insights\?days=365$/);
  await expect(page.getByRole('img', { name: /^Pulls per week/ })).toBeVisible();
  for (const days of ['0', '31', 'x', '-1']) {
    expect((await page.goto(`/lanternworks/hello/-/insights?days=${days}`))?.status()).toBe(200);
  }
  await context.close();
});
