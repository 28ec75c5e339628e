// Lighthouse's judgement of the main pages. Its performance figure depends on the machine: `npm run bench:web` prints it.
import { expect, test } from '@playwright/test';
import { BASE_URL } from '../../fixtures.ts';
import { runLighthouse, startLighthouseBrowser, type LighthouseBrowser } from '../../run-lighthouse.ts';

const CATEGORIES = ['accessibility', 'best-practices', 'seo'];
const PAGES = [
  { name: 'home', path: '/' },
  // Pages of results are `noindex` on purpose, which this audit would mark down.
  { name: 'search', path: '/search?q=web', skipAudits: ['is-crawlable'] },
  { name: 'repository', path: '/tidepool/kv' },
  { name: 'tags', path: '/tidepool/kv/-/tags' },
  { name: 'publisher', path: '/tidepool' },
];
/** Milliseconds. Nothing is timed in the second theme. */
const NO_WAITING = {
  pauseAfterFcpMs: 100,
  pauseAfterLoadMs: 100,
  networkQuietThresholdMs: 100,
  cpuQuietThresholdMs: 100,
};

// One page after the other in one browser: Lighthouse does not work twice at a time in a process.
test.describe.configure({ mode: 'default' });

let browser: LighthouseBrowser;
test.beforeAll(async () => {
  browser = await startLighthouseBrowser();
});
test.afterAll(() => browser.close());

for (const { name, path, skipAudits } of PAGES) {
  test(`Lighthouse finds nothing to improve on the ${name} page, in either theme, and nothing moves`, async () => {
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
