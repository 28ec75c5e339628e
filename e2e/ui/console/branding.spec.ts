// Publisher names and logos, which the gallery shows only for verified publishers.
import { expect, test, type Page } from '@playwright/test';
import { makeLogo } from '#lib/testing/images/sample-logo.ts';
import { findViolations } from '../find-violations.ts';
import { BASE_URL, vitrine } from '../../fixtures.ts';
import { makeRepository, readAlias, refusal, signUp } from '../people.ts';
import { createStaff, openAs } from '../staff.ts';

const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';

async function chooseLogo(page: Page, bytes: Buffer | string, name = 'logo.png'): Promise<void> {
  await page.getByLabel('Logo').setInputFiles({ name, mimeType: 'image/png', buffer: Buffer.from(bytes) });
  await page.getByRole('button', { name: /Set logo|Replace logo/ }).click();
}

async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await findViolations(page)).toEqual([]);
  }
}

test('a publisher sets and replaces a logo, the gallery shows it after verification, and an admin removes it', async ({
  page,
  browser,
}) => {
  test.slow();
  const person = await signUp(page);
  const alias = await readAlias(page);
  await page.goto('/console/profile');
  await expect(page.getByText('The gallery shows names of verified publishers')).toBeVisible();
  await chooseLogo(page, SVG);
  await expect(page.getByLabel('Logo')).toHaveAccessibleDescription(/SVG isn't supported/);
  await expectAccessible(page);
  await chooseLogo(page, Buffer.concat([await makeLogo(), Buffer.alloc(600_000)]));
  await expect(page.getByLabel('Logo')).toHaveJSProperty(
    'validationMessage',
    'The logo is larger than 500 KB. Choose a smaller file.',
  );
  await chooseLogo(page, await makeLogo());
  await expect(page.getByText('Logo saved.')).toBeVisible();
  const own = page.locator('main img');
  await expect(own).toHaveJSProperty('naturalWidth', 96);
  const src = (await own.getAttribute('src')) ?? '';
  await expectAccessible(page);

  const stranger = await (await browser.newContext()).newPage();
  await stranger.goto(`/${alias}`);
  await expect(stranger.getByRole('heading', { level: 1 })).toContainText(alias);
  await expect(stranger.locator('main img')).toHaveCount(0);
  await expect(stranger.getByText(person.displayName)).toHaveCount(0);

  const admin = await openAs(browser, await createStaff('admin'));
  await admin.goto(`/admin/registries?q=${alias}`);
  await admin.locator('summary', { hasText: 'Verify' }).click();
  await admin.getByLabel('Reason, shown on the badge').fill('We met them at their office.');
  await admin.getByRole('button', { name: 'Verify' }).click();
  await expect(admin.getByText('Verified', { exact: true })).toBeVisible();

  await stranger.goto(`/${alias}`);
  await expect(stranger.getByText(person.displayName)).toBeVisible();
  const badge = stranger.getByText('Verified', { exact: false }).first();
  await expect(badge).toContainText('We met them at their office.');
  const shown = stranger.locator('main img');
  await expect(shown).toHaveAttribute('src', src);
  await expect(shown).toHaveJSProperty('naturalWidth', 96);
  expect([await shown.getAttribute('width'), await shown.getAttribute('height')]).toEqual(['72', '72']);
  await expectAccessible(stranger);
  const { headers } = await fetch(BASE_URL + src).then((response) => ({ headers: response.headers }));
  expect(headers.get('content-type')).toBe('image/webp');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(headers.get('cache-control')).toBe('public, max-age=300, must-revalidate');

  await page.goto('/console/profile');
  await expect(page.getByText('Verified publishers can’t change this. Ask an admin')).toBeVisible();
  await chooseLogo(page, await makeLogo({ color: '#2980b9', format: 'jpeg' }), 'brand.jpg');
  await expect(page.getByText('Logo saved.')).toBeVisible();
  await expect.poll(async () => (await fetch(BASE_URL + src)).status).toBe(404);
  await admin.goto(`/admin/registries?q=${alias}`);
  await admin.getByRole('button', { name: 'Remove logo' }).click();
  await expect(admin.getByRole('button', { name: 'Remove logo' })).toHaveCount(0);
  await stranger.goto(`/${alias}`);
  await expect(stranger.locator('main img')).toHaveCount(0);
});

test('a repository has its own logo, and its edit page says that visitors don’t see it yet', async ({ page }) => {
  const { email } = await signUp(page);
  const alias = await readAlias(page);
  await makeRepository(page, 'painted');
  await page.getByRole('link', { name: 'Settings', exact: true }).click();
  await expect(page.getByText('Saved, but not shown yet')).toBeVisible();
  await chooseLogo(page, 'not a picture');
  await expect(refusal(page)).toContainText('Choose a PNG, JPEG or WebP image');
  await chooseLogo(page, await makeLogo({ color: '#27ae60', format: 'webp' }));
  await expect(page.getByText('Logo saved.')).toBeVisible();
  await expect(page.locator('main img')).toHaveJSProperty('naturalWidth', 96);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Remove logo' }).click();
  await expect(page.getByText('Logo removed.')).toBeVisible();
  await expect(page.locator('main img')).toHaveCount(0);

  await vitrine('user', 'vouch', '--email', email);
  const token = JSON.parse(
    await vitrine('token', 'create', '--email', email, '--scope', 'push', '--scope', 'api:write', '--json'),
  ) as {
    secret: string;
  };
  const response = await fetch(`${BASE_URL}/api/v1/repositories/${alias}%2Fpainted/logo`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token.secret}` },
    body: new Uint8Array(await makeLogo({ color: '#8e44ad' })),
  });
  expect(response.status).toBe(200);
  const { logoUrl } = (await response.json()) as { logoUrl: string };
  expect((await fetch(logoUrl)).headers.get('content-type')).toBe('image/webp');
  await page.reload();
  await expect(page.locator('main img')).toHaveJSProperty('naturalWidth', 96);
});
