// Lighthouse audits of the main pages. `npm run bench:web` prints the performance score, which depends on the machine.
import { expect, test } from '@playwright/test';
import { BASE_URL } from '../../fixtures.ts';
import { runLighthouse, startLighthouseBrowser, type LighthouseBrowser } from '../../run-lighthouse.ts';

const CATEGORIES = ['accessibility', 'best-practices', 'seo'];
const PAGES = [
  { name: 'home', path: '/' },
  // Search results are `noindex` on purpose, which this audit penalizes.
  { name: 'search', path: '/search?q=web', skipAudits: ['is-crawlable'] },
  { name: 'repository', path: '/tidepool/kv' },
  { name: 'tags', path: '/tidepool/kv/-/tags' },
  { name: 'publisher', path: '/tidepool' },
];
/** Milliseconds. The dark theme run measures no timing, so it needs no long waits. */
const NO_WAITING = {
  pauseAfterFcpMs: 100,
  pauseAfterLoadMs: 100,
  networkQuietThresholdMs: 100,
  cpuQuietThresholdMs: 100,
};

// Run the tests serially, because Lighthouse supports only one run at a time per process.
test.describe.configure({ mode: 'default' });

let browser: LighthouseBrowser;
test.beforeAll(async () => {
  browser = await startLighthouseBrowser();
});
test.afterAll(() => browser.close());

for (const { name, path, skipAudits } of PAGES) {
  test(`the ${name} page passes Lighthouse in both themes without layout shifts`, async () => {
    await loadTextImages(path);
    const light = await runLighthouse(browser, BASE_URL + path, {
      theme: 'light',
      onlyCategories: CATEGORIES,
      onlyAudits: ['cumulative-layout-shift'],
      skipAudits,
    });
    expect(light.findings).toEqual([]);
    expect(light.scores).toEqual({ accessibility: 100, 'best-practices': 100, seo: 100 });
    expect(light.layoutShift).toBe(0);
    const dark = await runLighthouse(browser, BASE_URL + path, {
      ...NO_WAITING,
      theme: 'dark',
      onlyCategories: ['accessibility'],
    });
    expect(dark.findings).toEqual([]);
    expect(dark.scores).toEqual({ accessibility: 100 });
  });
}

/** Loads the images of a README once. From then on, the page knows their sizes. */
async function loadTextImages(path: string): Promise<void> {
  const html = await (await fetch(BASE_URL + path)).text();
  const images = [...html.matchAll(/<img [^>]*src="(\/api\/(?:badge|images)\/[^"]+)"/g)];
  for (const [, src = ''] of images) expect((await fetch(BASE_URL + src)).ok).toBe(true);
}
