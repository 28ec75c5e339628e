// Compares the main pages with the images in screenshots/. `npm run screenshots:renew` regenerates them. The tests start their
// own site with only the demo gallery and replace values that differ between runs.
import { expect, test, type Page } from '@playwright/test';
import { PUBLIC_DEMO_REPOSITORIES } from '../../prisma/seed/demo-content.ts';
import { startTestServer, type TestServer } from '../../scripts/test-server.ts';

const MAIN_PAGES = [
  { name: 'home', path: '/' },
  { name: 'publisher', path: '/lanternworks' },
  { name: 'repository', path: '/lanternworks/web' },
  { name: 'search', path: '/search?q=tidepool' },
  { name: 'tags', path: '/lanternworks/web/-/tags' },
];
const DETAIL_PAGES = [
  { name: 'tag', path: '/lanternworks/web/-/tags/2.4.0' },
  { name: 'compare', path: '/tidepool/queue/-/compare?from=3.0.0&to=3.1.0' },
  { name: 'security', path: '/brasslab/scan/-/security' },
  { name: 'not-found', path: '/there-is-no-such-page' },
];
const OTHER_PAGES = [
  { name: 'explore', path: '/search' },
  { name: 'publisher-charts', path: '/lanternworks?kind=chart' },
  { name: 'search-filtered', path: '/search?kind=chart' },
  { name: 'search-nothing', path: '/search?q=qqxxyyzz' },
  { name: 'platforms', path: '/tidepool/queue/-/tags?view=platforms' },
  { name: 'layers', path: '/lanternworks/web/-/layers' },
  { name: 'unknown-tag', path: '/lanternworks/web?tag=latst' },
  { name: 'chart', path: '/quillbase/charts/editor' },
  { name: 'artifact', path: '/stonebridge/admission-rules' },
  { name: 'docs', path: '/docs' },
  { name: 'sign-in', path: '/signin' },
  { name: 'sign-up', path: '/signup' },
  { name: 'forgot-password', path: '/signin/forgot' },
  { name: 'report', path: '/report?target=lanternworks/web' },
];
const SCREEN = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };
const LOOKS = [
  { look: 'light', colorScheme: 'light', viewport: SCREEN, pages: [...MAIN_PAGES, ...DETAIL_PAGES, ...OTHER_PAGES] },
  { look: 'dark', colorScheme: 'dark', viewport: SCREEN, pages: [...MAIN_PAGES, ...DETAIL_PAGES] },
  { look: 'phone', colorScheme: 'light', viewport: PHONE, pages: [...MAIN_PAGES, ...DETAIL_PAGES] },
] as const;

// Run all tests in one worker, so that they share the site.
test.describe.configure({ mode: 'default' });

let site: TestServer;
test.beforeAll(async () => {
  test.setTimeout(180_000);
  site = await startTestServer();
  await waitForSearch(site.url);
  await waitForLineage(site.url);
});
test.afterAll(() => site.stop());

for (const { look, pages, ...use } of LOOKS) {
  test.describe(look, () => {
    test.use({ ...use, deviceScaleFactor: 1, contextOptions: { reducedMotion: 'reduce' } });
    for (const { name, path } of pages) {
      test(`the ${name} page matches its reference image (${look})`, async ({ page }) => {
        await waitForTypefaces(page);
        await page.goto(site.url + path, { waitUntil: 'networkidle' });
        await page.evaluate(() => document.fonts.ready);
        await makeTimeless(page);
        await expect(page).toHaveScreenshot(`${name}-${look}.png`);
      });
    }
  });
}

/** Waits until search and the home page list every demo repository. */
async function waitForSearch(url: string): Promise<void> {
  const wanted = PUBLIC_DEMO_REPOSITORIES.length;
  const count = async () => ((await (await fetch(`${url}/api/v1/search`)).json()) as { total: number }).total;
  await expect.poll(count, { timeout: 60_000 }).toBe(wanted);
  const categories = PUBLIC_DEMO_REPOSITORIES.flatMap((repository) => repository.categories);
  await expect
    .poll(async () => countCategorized(await (await fetch(url)).text()), { timeout: 60_000 })
    .toBe(categories.length);
}

/** Waits until the compared pages name the images that theirs are built on. */
async function waitForLineage(url: string): Promise<void> {
  for (const name of ['lanternworks/web', 'tidepool/queue', 'brasslab/scan']) {
    const read = async () => (await fetch(`${url}/${name}`)).text();
    await expect.poll(read, { timeout: 60_000 }).toContain('Built on');
  }
}

/** Adds up the counts beside the home page's categories. */
function countCategorized(html: string): number {
  const counts = [...html.matchAll(/category=[a-z-]+">[^<]*<span[^>]*>(\d+)</g)].map(([, count]) => Number(count));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Disables `font-display: optional`, with which the browser skips a web font that loads late. */
async function waitForTypefaces(page: Page): Promise<void> {
  await page.route('**/*.css', async (route) => {
    const response = await route.fetch();
    const css = (await response.text()).replaceAll('font-display:optional', 'font-display:block');
    await route.fulfill({ response, body: css });
  });
}

/**
 * Replaces relative times, recent pulls, the site's host and random aliases with fixed text. Hides charts, and the rows
 * of trending repositories, which depend on the weekday and the hour.
 */
function makeTimeless(page: Page): Promise<void> {
  return page.evaluate((host) => {
    for (const time of document.querySelectorAll('time')) time.textContent = 'a while ago';
    for (const chart of document.querySelectorAll<HTMLElement>('figure, svg[preserveAspectRatio="none"]')) {
      chart.style.visibility = 'hidden';
    }
    const trending = [...document.querySelectorAll('h2')].find((heading) => heading.textContent === 'Trending');
    for (const row of trending?.closest('section')?.querySelectorAll('li') ?? []) row.style.visibility = 'hidden';
    // React splits a sentence with a number into several texts.
    document.body.normalize();
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode())
      text.nodeValue = (text.nodeValue ?? '')
        .replaceAll(host, 'gallery.example.org')
        .replace(/[\d,]+(?=( pulls)? (this week|in \d+ days))/, '1,234')
        .replace(/\b(?:[a-z]\d){4}\b/g, 'a1b2c3d4');
  }, new URL(site.url).host);
}
