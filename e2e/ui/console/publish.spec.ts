import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { writeOciLayout } from '#lib/testing/images/write-oci-layout.ts';
import { HOST, missing, withFolder } from '../../fixtures.ts';
import { run } from '../../run-program.ts';
import { buildSampleImage } from '../../clients/sample-image.ts';
import { makeRepository, makeToken, readAlias, signUp } from '../people.ts';

const absent = missing('skopeo');
const SEARCH_DEADLINE_MS = 5_000;

test('a publisher signs up, creates a repository and pushes, and search lists it within 5 seconds', async ({
  page,
  browser,
}) => {
  test.skip(absent !== null, absent ?? '');
  await signUp(page);
  const alias = await readAlias(page);
  const name = `tool${Date.now()}`;
  await makeRepository(page, name);
  await page.getByRole('link', { name: 'Settings', exact: true }).click();
  await page.getByLabel('Description').fill('Something to test with');
  await page.getByRole('button', { name: 'Save changes', exact: true }).click();
  await expect(page.getByText('Saved.')).toBeVisible();
  await page.getByRole('link', { name: 'View page' }).click();
  await expect(page.getByText('No images yet')).toBeVisible();
  await expect(page.getByText(`docker push ${HOST}/${alias}/${name}:latest`)).toBeVisible();

  const visitor = await (await browser.newContext()).newPage();
  expect((await visitor.goto(`/${alias}/${name}`))?.status()).toBe(404);

  const secret = await makeToken(page);
  await push(`${HOST}/${alias}/${name}:1.0`, secret);
  const pushedAt = Date.now();
  await expect(async () => {
    await visitor.goto(`/search?q=${name}`);
    await expect(visitor.getByRole('link', { name: `${alias}/${name}` })).toBeVisible({ timeout: 200 });
  }).toPass({ timeout: SEARCH_DEADLINE_MS });
  expect(Date.now() - pushedAt).toBeLessThan(SEARCH_DEADLINE_MS);

  await visitor.getByRole('link', { name: `${alias}/${name}` }).click();
  await expect(visitor.getByText('Something to test with')).toBeVisible();
  await expect(visitor.getByText(`docker pull ${HOST}/${alias}/${name}:1.0`)).toBeVisible();
  await expect(visitor.getByText('linux/amd64')).toBeVisible();
  await visitor.goto(`/${alias}/${name}/-/tags`);
  await expect(visitor.getByRole('table').getByRole('link', { name: '1.0', exact: true })).toBeVisible();
});

test('a push creates a missing repository, and the registry rejects a revoked token', async ({ page }) => {
  test.skip(absent !== null, absent ?? '');
  await signUp(page);
  const alias = await readAlias(page);
  const secret = await makeToken(page, 'short-lived');
  await push(`${HOST}/${alias}/deep/name:v1`, secret);
  await page.goto('/console');
  await expect(page.getByRole('rowheader', { name: 'deep/name' })).toBeVisible();
  await revoke(page, 'short-lived');
  await expect(push(`${HOST}/${alias}/deep/name:v2`, secret)).rejects.toThrow(/unauthorized|denied/i);
});

test('only members see a private repository', async ({ page, browser }) => {
  test.skip(absent !== null, absent ?? '');
  await signUp(page);
  const alias = await readAlias(page);
  await makeRepository(page, 'secret-sauce', { isPrivate: true });
  await push(`${HOST}/${alias}/secret-sauce:v1`, await makeToken(page));
  await page.goto(`/${alias}/secret-sauce`);
  await expect(page.getByText('Private', { exact: true })).toBeVisible();

  const visitor = await (await browser.newContext()).newPage();
  for (const path of ['', '/-/tags', '?tag=v1', '/-/tags/v1', '/-/layers', '/-/security'])
    expect((await visitor.goto(`/${alias}/secret-sauce${path}`))?.status()).toBe(404);
  await visitor.goto(`/${alias}`);
  await expect(visitor.getByText('No public repositories yet')).toBeVisible();
  const other = await (await browser.newContext()).newPage();
  await signUp(other);
  expect((await other.goto(`/${alias}/secret-sauce`))?.status()).toBe(404);
  expect((await other.goto(`/console/repositories/${alias}/secret-sauce`))?.status()).toBe(404);
});

test('the preview matches the page, and both strip hostile markup', async ({ page }) => {
  await signUp(page);
  const alias = await readAlias(page);
  await makeRepository(page, 'readme');
  await page.getByRole('link', { name: 'Settings', exact: true }).click();
  const dialogs: string[] = [];
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  const text =
    '# Title\n\n**bold** <img src=x onerror="alert(1)">\n\n<script>alert(2)</script>\n\n[x](javascript:alert(3))';
  await page.getByRole('textbox', { name: 'About' }).fill(text);
  const preview = page.getByRole('region', { name: 'Preview of About' });
  await expect(preview.getByRole('heading', { name: 'Title', level: 3 })).toBeVisible();
  const previewed = await preview.locator('.markdown').innerHTML();
  await page.getByLabel('linux').check();
  await page.getByRole('button', { name: 'Save changes', exact: true }).click();
  await expect(page.getByText('Saved.')).toBeVisible();
  await page.reload();
  await expect(page.getByRole('textbox', { name: 'About' })).toHaveValue(text);
  await expect(page.getByLabel('linux')).toBeChecked();
  await page.goto(`/${alias}/readme`);
  expect(await page.locator('.markdown').innerHTML()).toBe(previewed);
  expect(previewed).not.toMatch(/script|onerror|javascript/);
  expect(dialogs).toEqual([]);
});

test('the preview shows what was written before the scripts loaded', async ({ page }) => {
  await signUp(page);
  const alias = await readAlias(page);
  await makeRepository(page, 'early');
  const { promise: written, resolve: loadScripts } = Promise.withResolvers<void>();
  await page.route('**/*.js*', async (route) => {
    await written;
    await route.continue();
  });
  await page.goto(`/console/repositories/${alias}/early/-/settings`, { waitUntil: 'domcontentloaded' });
  await page.getByRole('textbox', { name: 'About' }).fill('# Early');
  loadScripts();
  const preview = page.getByRole('region', { name: 'Preview of About' });
  await expect(preview.getByRole('heading', { name: 'Early' })).toBeVisible();
});

test('the form rejects invalid and duplicate repository names', async ({ page }) => {
  await signUp(page);
  for (const name of ['Upper', 'a', 'under___score', '-dash', 'a//b', '../up']) {
    await page.goto('/console/new');
    await page.getByLabel('Name').fill(name);
    await page.getByRole('button', { name: 'Create repository' }).click();
    await expect(page.getByLabel('Name')).toHaveAttribute('aria-invalid', 'true');
    await expect(page.getByLabel('Name')).toBeFocused();
    await expect(page.getByLabel('Name')).toHaveValue(name);
  }
  await makeRepository(page, 'twice');
  await page.goto('/console/new');
  await page.getByLabel('Name').fill('twice');
  await page.getByRole('button', { name: 'Create repository' }).click();
  await expect(page.getByLabel('Name')).toHaveAccessibleDescription(/already exists/);
  await page.goto('/console');
  await expect(page.getByRole('rowheader')).toHaveCount(1);
});

test('the checklist detects the first push without a reload', async ({ page }) => {
  test.skip(absent !== null, absent ?? '');
  await signUp(page);
  const alias = await readAlias(page);
  const secret = await makeToken(page);
  await makeRepository(page, 'watched');
  await expect(page.getByText('This page updates after your first push.')).toBeVisible();
  await push(`${HOST}/${alias}/watched:v1`, secret);
  await expect(page.getByRole('link', { name: 'See it in the gallery' })).toBeVisible({ timeout: 15_000 });
});

async function push(target: string, secret: string): Promise<void> {
  await withFolder(async (folder) => {
    await writeOciLayout(join(folder, 'image'), await buildSampleImage(), 'v1');
    const options = ['--dest-tls-verify=false', `--dest-creds=token:${secret}`];
    await run('skopeo', ['copy', ...options, `oci:${folder}/image:v1`, `docker://${target}`]);
  });
}

async function revoke(page: Page, name: string): Promise<void> {
  await page.goto('/console/tokens');
  await page.getByText(`Revoke ${name}`).click();
  await page.getByRole('button', { name: 'Revoke token' }).click();
  await expect(page.getByText('No access tokens yet.')).toBeVisible();
}
