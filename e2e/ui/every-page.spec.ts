// Checks what walks leave out: pages that none visits, contrast in the dark on wide screens, and security headers.
import { expect, test, type Page } from '@playwright/test';
import { findViolations } from './find-violations.ts';
import { makeRepository, makeToken, readAlias, signUp } from './people.ts';
import { askForAlias, createStaff, signInAs } from './staff.ts';

/** Pages that no walk visits. */
const OTHER_PAGES = [
  '/tidepool?kind=chart',
  '/brasslab',
  '/tidepool/kv/-/insights?days=365',
  '/tidepool/queue/-/compare',
  '/brasslab/scan/-/security',
  '/quillbase/charts/editor/-/tags/1.2.0',
  '/signup',
  '/signup/sent',
  '/signup/finish?secret=x',
  '/signin/link?secret=x',
  '/signin/forgot/sent',
  '/signin/reset?secret=x',
];
/** The walks check these in the dark on phones only, which show other elements. */
const WALKED_PAGES = [
  '/',
  '/search?q=web',
  '/search?q=qqxxyyzz&kind=chart',
  '/tidepool',
  '/tidepool/kv',
  '/tidepool/kv?tag=latst',
  '/tidepool/kv/-/usage',
  '/tidepool/kv/-/tags',
  '/tidepool/kv/-/insights',
  '/tidepool/kv/-/tags/latest',
  '/tidepool/kv/-/layers',
  '/tidepool/queue/-/compare?from=3.0.0&to=3.1.0&files=1',
  '/quillbase/charts/editor',
  '/stonebridge/admission-rules',
  '/docs',
  '/status',
  '/report?target=tidepool/kv',
  '/signin',
  '/signin/forgot',
  '/there-is-no-such-page',
];
const PHONES = [390, 320];
/** The axe rules about color. Results of all other rules are the same in both themes. */
const COLOR_RULES = ['color-contrast', 'link-in-text-block'];

for (const path of OTHER_PAGES) {
  test(`${path} is accessible in both themes and fits a phone`, async ({ page }) => {
    const problems = watchConsole(page);
    await page.goto(path);
    await expectSound(page, path);
    expect(problems).toEqual([]);
  });
}

test('public pages have enough contrast in the dark on wide screens', async ({ page }) => {
  await expectDarkContrast(page, WALKED_PAGES);
});

test('digest pages are accessible and fit a phone', async ({ page }) => {
  const problems = watchConsole(page);
  for (const path of await digestPages(page)) {
    await page.goto(path);
    await unfoldAll(page);
    await expectNarrow(page, path);
    await expectAccessible(page, path);
  }
  expect(problems).toEqual([]);
});

test('console pages are accessible, and those that no walk visits fit a phone', async ({ page }) => {
  test.slow();
  const problems = watchConsole(page);
  const { walked, others } = await consolePages(page);
  for (const path of others) {
    await page.goto(path);
    await expectSound(page, path);
  }
  await expectDarkContrast(page, walked);
  await makeToken(page);
  expect(await findViolations(page, COLOR_RULES), 'a new token').toEqual([]);
  expect(problems).toEqual([]);
});

test('review and admin pages have enough contrast in the dark on wide screens', async ({ page }) => {
  test.slow();
  const problems = watchConsole(page);
  await expectDarkContrast(page, await staffPages(page));
  await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
  expect(await findViolations(page, COLOR_RULES), 'the list of keys').toEqual([]);
  expect(problems).toEqual([]);
});

test('pages send security headers with a new CSP nonce per response', async ({ request }) => {
  const nonces = new Set<string>();
  for (const path of ['/', '/tidepool/kv', '/there-is-no-such-page']) {
    const headers = (await request.get(path)).headers();
    const policy = headers['content-security-policy'] ?? '';
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    nonces.add(/'nonce-([0-9a-f]{32})'/.exec(policy)?.[1] ?? '');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['referrer-policy']).toBe('strict-origin-when-cross-origin');
    expect(headers).not.toHaveProperty('x-powered-by');
  }
  expect(nonces.size).toBe(3);
});

test('the component page returns 404 in production', async ({ request }) => {
  expect((await request.get('/dev/components')).status()).toBe(404);
});

test('the chosen theme overrides the system theme from the first paint', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('button', { name: 'Use the dark theme' }).click();
  await page.reload({ waitUntil: 'commit' });
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  const background = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  expect(background).toBe('rgb(14, 15, 18)');
});

/** Lists the pages of a manifest, its layer, a folder in that layer, and a layer that isn't an archive. */
async function digestPages(page: Page): Promise<string[]> {
  const follow = async (path: string, links: string): Promise<string> => {
    await page.goto(path);
    return (await page.locator(links).first().getAttribute('href')) ?? '';
  };
  const manifest = await follow('/tidepool/kv/-/tags/latest', '#platforms th a');
  const layer = await follow(manifest, '#layers li:last-child a');
  const blob = await follow('/stonebridge/admission-rules/-/tags/1.0.0', 'a[href*="/-/layers/sha256:"]');
  return [manifest, layer, `${layer}?path=etc`, blob, '/brasslab/scan/-/security'];
}

/** Creates a member with an empty repository, and lists the pages of both. */
async function consolePages(page: Page): Promise<{ walked: string[]; others: string[] }> {
  await signUp(page);
  const alias = await readAlias(page);
  await makeRepository(page, 'some-tool');
  const repository = `${alias}/some-tool`;
  const at = `/console/repositories/${repository}`;
  const names = [
    'new',
    'tokens',
    'access-keys',
    'aliases',
    'aliases/new',
    'mirrors',
    'templates',
    'webhooks',
    'replication',
    'deleted',
    'transfers',
    'profile',
    'registries',
    'members',
    'teams',
    'policies?start=push',
    'robots',
    'roles?sample=github',
    'identity-providers',
    'policy?start=create',
    'activity',
    'following',
    'notifications',
    'account',
    'account/security',
    'account/security/authenticator',
  ];
  const tabs = ['', '/-/settings', '/-/access', '/-/activity', '/-/danger'];
  return {
    walked: [
      '/console',
      ...names.map((name) => `/console/${name}`),
      ...tabs.map((tab) => `${at}${tab}`),
      `/${repository}`,
      `/${alias}`,
    ],
    others: [
      '/console/activity/machines',
      '/console/activity/machines?machine=203.0.113.5',
      '/console/account/confirm?secret=x',
      `${at}/-/images`,
      `${at}/-/pulls`,
    ],
  };
}

/** Signs in as an admin, creates an unclaimed and a claimed alias request, and lists the staff pages. */
async function staffPages(page: Page): Promise<string[]> {
  const free = await askForAlias();
  const claimed = await askForAlias();
  await signInAs(page, await createStaff('admin'));
  await page.goto('/review/replies');
  await page.getByLabel('Title').fill(claimed.name);
  await page.getByLabel('Message').fill('Please show us that the name is yours.');
  await page.getByRole('button', { name: 'Add reply' }).click();
  await expect(page.getByText('Saved.')).toBeVisible();
  const reply = await page.getByRole('link', { name: `Edit ${claimed.name}` }).getAttribute('href');
  await page.goto(`/review/${claimed.id}`);
  await page.getByRole('button', { name: 'Claim request' }).click();
  await expect(page.getByText('Request claimed.')).toBeVisible();
  const lists = [
    'settings',
    'reports',
    'quarantine',
    'deleted',
    'users',
    'registries',
    'mirrors',
    'audit',
    'health',
  ].map((name) => `/admin/${name}`);
  const admin = ['/admin', ...lists, '/admin/reserved-names?test=grafana-official', '/admin/reserved-names/import'];
  const review = ['/review', '/review?view=mine', '/review?q=qqxxyyzz', '/review/replies', `/review/${free.id}`];
  return [...admin, ...review, reply ?? '', `/review/${claimed.id}`];
}

async function unfoldAll(page: Page): Promise<void> {
  await page.locator('main details').evaluateAll((all: HTMLDetailsElement[]) => {
    for (const details of all.slice(0, 4)) details.open = true;
  });
}

async function expectSound(page: Page, path: string): Promise<void> {
  await expectAccessible(page, path);
  await expectNarrow(page, path);
  await unfoldAll(page);
  await expectNarrow(page, `${path}, unfolded`);
  expect(await findSpills(page), `${path}, unfolded`).toEqual([]);
}

/** Runs all axe rules in the light theme and the color rules in the dark theme. */
async function expectAccessible(page: Page, path: string): Promise<void> {
  expect(await findViolations(page), `${path}, light`).toEqual([]);
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  expect(await findViolations(page, COLOR_RULES), `${path}, dark`).toEqual([]);
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: null });
}

async function expectDarkContrast(page: Page, paths: string[]): Promise<void> {
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  for (const path of paths) {
    await page.goto(path);
    await unfoldAll(page);
    expect(await findViolations(page, COLOR_RULES), path).toEqual([]);
  }
}

/** Expects no horizontal overflow at phone widths. */
async function expectNarrow(page: Page, path: string): Promise<void> {
  const size = page.viewportSize() ?? { width: 1280, height: 800 };
  for (const width of PHONES) {
    await page.setViewportSize({ width, height: 800 });
    expect(await overflowPixels(page), `${path}, ${width} pixels wide`).toBeLessThanOrEqual(0);
  }
  await page.setViewportSize(size);
}

/** Collects page and console errors. Ignores status 404, because one of the pages returns it on purpose. */
function watchConsole(page: Page): string[] {
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('status of 404')) problems.push(message.text());
  });
  return problems;
}

/** Lists elements that reach from the content of a page into the column of facts beside it. */
function findSpills(page: Page): Promise<string[]> {
  return page.getByRole('complementary', { name: 'Facts' }).evaluateAll((rails) =>
    rails.flatMap((rail) => {
      const column = rail.previousElementSibling;
      const right = (column?.getBoundingClientRect().right ?? 0) + 1;
      const isCut = (element: Element) => {
        const scroller = [...(column?.querySelectorAll('*') ?? [])].find(
          (around) =>
            around.contains(element) && around !== element && getComputedStyle(around).overflowX !== 'visible',
        );
        return scroller !== undefined;
      };
      return [...(column?.querySelectorAll('*') ?? [])]
        .filter((element) => element.getBoundingClientRect().right > right && !isCut(element))
        .map((element) => element.outerHTML.slice(0, 120));
    }),
  );
}

function overflowPixels(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
