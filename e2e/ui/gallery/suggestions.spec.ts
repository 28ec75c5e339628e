// Search suggestions by keyboard, mouse and touch, with late, invalid or hostile API responses.
import { expect, test, type Page, type Route } from '@playwright/test';
import { findViolations } from '../find-violations.ts';

const SUGGESTIONS = '**/api/v1/suggestions?*';

async function openField(page: Page, path = '/lanternworks/web') {
  await page.goto(path);
  const field = page.getByRole('combobox', { name: 'Search images, charts and artifacts' });
  // The field becomes a combobox once the page's script has run.
  await expect(field).toBeVisible();
  return field;
}

function option(page: Page, name: string | RegExp) {
  return page.getByRole('listbox', { name: 'Suggestions' }).getByRole('option', { name });
}

function answer(route: Route, ...names: string[]): Promise<void> {
  const repositories = names.map((fullName) => ({
    fullName,
    description: '',
    kind: 'image',
    isVerified: false,
    logoUrl: null,
    pullCount: 0,
  }));
  return route.fulfill({ json: { repositories, publishers: [] } });
}

function queryOf(route: Route): string | null {
  return new URL(route.request().url()).searchParams.get('q');
}

test('arrow keys cycle through the suggestions, and Enter opens the selected one', async ({ page }) => {
  const field = await openField(page);
  await field.pressSequentially('queue');
  await expect(page.getByRole('group', { name: 'Repositories' }).getByRole('option')).toHaveCount(1);
  await expect(field).toHaveAttribute('aria-expanded', 'true');
  await expect(field).not.toHaveAttribute('aria-activedescendant');
  await page.keyboard.press('ArrowDown');
  const first = option(page, /^tidepool\/queue/);
  await expect(first).toHaveAttribute('aria-selected', 'true');
  await expect(field).toHaveAttribute('aria-activedescendant', (await first.getAttribute('id')) ?? '');
  await page.keyboard.press('ArrowUp');
  await expect(option(page, 'Search for “queue”')).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('ArrowDown');
  await expect(first).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Home');
  await expect(first).toHaveAttribute('aria-selected', 'false');
  await page.keyboard.type('x ');
  await expect(field).toHaveValue('x queue');
  await field.fill('queue');
  await expect(first).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/tidepool/queue');
});

test('Escape closes the list and then clears the field, arrow keys reopen the list, and Tab closes it', async ({
  page,
}) => {
  const field = await openField(page);
  const list = page.getByRole('listbox');
  await field.fill('web');
  await expect(list).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(list).toBeHidden();
  await expect(field).toHaveValue('web');
  await page.keyboard.press('Alt+ArrowDown');
  await expect(list).toBeVisible();
  await expect(field).not.toHaveAttribute('aria-activedescendant');
  await page.keyboard.press('Alt+ArrowUp');
  await expect(list).toBeHidden();
  await page.keyboard.press('ArrowDown');
  await expect(list).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(list).toBeHidden();
  await expect(field).not.toBeFocused();
  await field.focus();
  await page.keyboard.press('Escape');
  await expect(field).toHaveValue('');
});

test('Enter searches for the typed text and keeps the filters', async ({ page }) => {
  const field = await openField(page, '/search?kind=chart');
  await field.fill('editor');
  await expect(option(page, 'Search for “editor”')).toHaveAttribute('href', '/search?q=editor&kind=chart');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/search?q=editor&kind=chart');
});

test('a click on a heading keeps the focus, a click on a suggestion opens it, and a live region announces the count', async ({
  page,
}) => {
  const field = await openField(page);
  await field.fill('tidepool');
  await expect(option(page, /^tidepool/).first()).toBeVisible();
  await expect(page.locator('[aria-live]').filter({ hasText: /^\d+ suggestions$/ })).toBeAttached();
  await page.getByRole('group', { name: 'Publishers' }).getByText('Publishers').click();
  await expect(field).toBeFocused();
  await page.getByRole('group', { name: 'Publishers' }).getByRole('option').click();
  await expect(page).toHaveURL('/tidepool');
});

test('suggestions stay visible until new ones arrive, and further input aborts the pending request', async ({
  page,
}) => {
  const held: Route[] = [];
  await page.route(SUGGESTIONS, async (route) => {
    if (queryOf(route) === 'aa') held.push(route);
    else await answer(route, `acme/${queryOf(route)}`);
  });
  const ended: string[] = [];
  page.on('requestfailed', (request) => ended.push(request.url()));
  const field = await openField(page);
  await field.fill('a');
  await expect(option(page, 'acme/a')).toBeVisible();
  await field.fill('aa');
  await expect.poll(() => held.length).toBe(1);
  await expect(option(page, 'acme/a')).toBeVisible();
  await expect(page.getByRole('listbox')).toHaveAttribute('aria-busy', 'true');
  await field.fill('aaa');
  await expect(option(page, 'acme/aaa')).toBeVisible();
  expect(ended.map((url) => new URL(url).search)).toEqual(['?q=aa']);
  for (const route of held) await answer(route, 'acme/late').catch(() => undefined);
  await expect(option(page, 'acme/late')).toHaveCount(0);
});

test('fast typing sends one request', async ({ page }) => {
  const asked: (string | null)[] = [];
  await page.route(SUGGESTIONS, (route) => {
    asked.push(queryOf(route));
    return answer(route, 'acme/web');
  });
  const field = await openField(page);
  await page.evaluate(() => {
    const input = document.querySelector<HTMLInputElement>('[role=combobox]');
    for (const value of ['w', 'we', 'web']) {
      if (!input) return;
      input.value = value;
      input.dispatchEvent(new InputEvent('input', { bubbles: true }));
    }
  });
  await field.focus();
  await expect(option(page, 'acme/web')).toBeVisible();
  expect(asked).toEqual(['web']);
});

for (const [what, fail] of [
  ['an error', (route: Route) => route.fulfill({ status: 500, body: 'no' })],
  ['nonsense', (route: Route) => route.fulfill({ body: '<html>' })],
  ['nothing', (route: Route) => route.abort()],
] as const) {
  test(`the field shows a notice and still searches when the API returns ${what}`, async ({ page }) => {
    await page.route(SUGGESTIONS, fail);
    const field = await openField(page);
    await field.fill('queue');
    await expect(page.getByRole('paragraph').filter({ hasText: 'Suggestions are unavailable' })).toBeVisible();
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL('/search?q=queue');
  });
}

test('the field ignores keys and text during input method composition', async ({ page, context }) => {
  const asked: (string | null)[] = [];
  await page.route(SUGGESTIONS, (route) => {
    asked.push(queryOf(route));
    return answer(route, 'acme/web');
  });
  const field = await openField(page);
  await field.focus();
  const client = await context.newCDPSession(page);
  await client.send('Input.imeSetComposition', { text: 'うぇ', selectionStart: 2, selectionEnd: 2 });
  await expect(field).toHaveValue('うぇ');
  await field.dispatchEvent('keydown', { key: 'Enter', isComposing: true });
  await page.waitForTimeout(200);
  expect(asked).toEqual([]);
  await client.send('Input.insertText', { text: 'ウェブ' });
  await expect(option(page, 'acme/web')).toBeVisible();
  expect(asked).toEqual(['ウェブ']);
});

test('the list shows hostile markup as text', async ({ page }) => {
  const harm = '<img src=x onerror=alert(1)><script>alert(1)</script>\u202egpj.exe';
  const alerts: string[] = [];
  page.on('dialog', (dialog) => {
    alerts.push(dialog.message());
    void dialog.dismiss();
  });
  const rest = { kind: 'image', isVerified: true, logoUrl: 'javascript:alert(1)', pullCount: 0, repositoryCount: 1 };
  await page.route(SUGGESTIONS, (route) =>
    route.fulfill({
      json: {
        repositories: [{ ...rest, fullName: `acme/${'x'.repeat(300)}`, description: harm.repeat(20) }],
        publishers: [{ ...rest, alias: 'acme', displayName: harm }],
      },
    }),
  );
  for (const width of [1280, 320]) {
    await page.setViewportSize({ width, height: 640 });
    const field = await openField(page);
    await field.fill(harm.slice(0, 40));
    await expect(page.getByRole('group', { name: 'Publishers' })).toContainText('<script>alert(1)</script>');
    await expect(page.getByRole('listbox').locator('script, img[onerror]')).toHaveCount(0);
    await expect(page.getByRole('listbox').locator('bdi').filter({ hasText: '<script>' })).toHaveCount(3);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBeLessThanOrEqual(0);
  }
  expect(alerts).toEqual([]);
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 664 }, hasTouch: true });
  test('the list is as wide as the field, and a tap opens a suggestion', async ({ page }) => {
    const field = await openField(page, '/');
    await field.tap();
    await field.fill('web');
    const [list, input] = [await page.getByRole('listbox').boundingBox(), await field.boundingBox()];
    expect(Math.abs((list?.width ?? 0) - (input?.width ?? 0))).toBeLessThanOrEqual(2);
    for (const row of await page.getByRole('option').all())
      expect((await row.boundingBox())?.height).toBeGreaterThanOrEqual(44);
    await option(page, /^lanternworks\/web/).tap();
    await expect(page).toHaveURL('/lanternworks/web');
  });
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`${colorScheme} theme`, () => {
    test.use({ colorScheme });
    test('the open list is accessible and causes no layout shift', async ({ page }) => {
      const field = await openField(page);
      await page.evaluate(() => {
        new PerformanceObserver((list) => {
          document.body.dataset['shifts'] = String(list.getEntries().length);
        }).observe({ type: 'layout-shift' });
      });
      await field.fill('tidepool');
      await expect(option(page, /^tidepool/).first()).toBeVisible();
      await page.keyboard.press('ArrowDown');
      expect(await findViolations(page)).toEqual([]);
      await expect(page.locator('body')).not.toHaveAttribute('data-shifts');
    });
  });
}

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });
  test('the field is a plain search input that submits the form', async ({ page }) => {
    await page.goto('/lanternworks/web');
    const field = page.getByRole('searchbox', { name: 'Search images, charts and artifacts' });
    await expect(field).not.toHaveAttribute('aria-expanded');
    await field.fill('queue');
    await field.press('Enter');
    await expect(page).toHaveURL('/search?q=queue');
  });
});
