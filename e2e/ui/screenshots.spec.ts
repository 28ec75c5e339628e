// How the main pages look, compared with the pictures in screenshots/: `npm run screenshots:renew` makes them anew. The site is
// one of their own with nothing but the demo gallery in it, and what differs from run to run is made the same.
import { expect, test, type Page } from '@playwright/test';
import { DEMO_PUBLISHERS } from '../../prisma/seed/demo-content.ts';
import { startTestServer, type TestServer } from '../../scripts/test-server.ts';

const PAGES = [
  { name: 'home', path: '/' },
  { name: 'publisher', path: '/lanternworks' },
  { name: 'repository', path: '/lanternworks/web' },
  { name: 'search', path: '/search?q=tidepool' },
  { name: 'tags', path: '/lanternworks/web/-/tags' },
  { name: 'tag', path: '/lanternworks/web/-/tags/2.4.0' },
  { name: 'not-found', path: '/there-is-no-such-page' },
];
const LOOKS = [
  { look: 'light', colorScheme: 'light', viewport: { width: 1280, height: 900 }, pages: PAGES },
  { look: 'dark', colorScheme: 'dark', viewport: { width: 1280, height: 900 }, pages: PAGES },
  { look: 'phone', colorScheme: 'light', viewport: { width: 390, height: 844 }, pages: PAGES.slice(0, 5) },
] as const;

// One site for all of them.
test.describe.configure({ mode: 'default' });

let site: TestServer;
test.beforeAll(async () => {
  test.setTimeout(180_000);
  site = await startTestServer();
  await waitForSearch(site.url);
});
test.afterAll(() => site.stop());

for (const { look, pages, ...use } of LOOKS) {
  test.describe(look, () => {
    test.use({ ...use, deviceScaleFactor: 1, contextOptions: { reducedMotion: 'reduce' } });
    for (const { name, path } of pages) {
      test(`the ${name} page looks as it did (${look})`, async ({ page }) => {
        await waitForTypefaces(page);
        await page.goto(site.url + path, { waitUntil: 'networkidle' });
        await page.evaluate(() => document.fonts.ready);
        await makeTimeless(page);
        await expect(page).toHaveScreenshot(`${name}-${look}.png`);
      });
    }
  });
}

/** Search follows a push by a moment: until then the home page is not complete. */
async function waitForSearch(url: string): Promise<void> {
  const wanted = DEMO_PUBLISHERS.reduce((sum, { repositories }) => sum + repositories.length, 0);
  const count = async () => ((await (await fetch(`${url}/api/v1/search`)).json()) as { total: number }).total;
  await expect.poll(count, { timeout: 60_000 }).toBe(wanted);
}

/** A typeface that is late is for the next page; here it is waited for. */
async function waitForTypefaces(page: Page): Promise<void> {
  await page.route('**/*.css', async (route) => {
    const response = await route.fetch();
    const css = (await response.text()).replaceAll('font-display:optional', 'font-display:block');
    await route.fulfill({ response, body: css });
  });
}

/** Times, the port that the site happens to listen on, and aliases that were made at random. */
function makeTimeless(page: Page): Promise<void> {
  return page.evaluate((host) => {
    for (const time of document.querySelectorAll('time')) time.textContent = 'a while ago';
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode())
      text.nodeValue = (text.nodeValue ?? '')
        .replaceAll(host, 'gallery.example.org')
        .replace(/\b(?:[a-z]\d){4}\b/g, 'a1b2c3d4');
  }, new URL(site.url).host);
}
