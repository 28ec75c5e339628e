// A registry's robots and their credentials.
import { expect, test } from '@playwright/test';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { createAwsClients } from '#lib/testing/aws/create-aws-clients.ts';
import { BASE_URL, withDatabase } from '../../fixtures.ts';
import { refusal, signInByCookie, signUp } from '../people.ts';

const logIn = async (token: string) =>
  (await fetch(`${BASE_URL}/v2/`, { headers: { authorization: `Basic ${btoa(`any:${token}`)}` } })).status;

for (const javaScriptEnabled of [true, false]) {
  test(`a robot gets credentials, is disabled and removed ${javaScriptEnabled ? 'with' : 'without'} scripts`, async ({
    browser,
  }) => {
    const { email } = await signUp(await browser.newPage());
    const page = await (await browser.newContext({ javaScriptEnabled })).newPage();
    await signInByCookie(page, email);
    await page.goto('/console/robots');
    await expect(page.getByText('No robots yet')).toBeVisible();
    await page.getByLabel('Name').fill('Not a name');
    await page.getByRole('button', { name: 'Create robot' }).click();
    await expect(page.getByText('Use lowercase letters and digits').first()).toBeVisible();
    await page.getByLabel('Name').fill('ci');
    await page.getByLabel('Role').selectOption('reader');
    await page.getByLabel('Description').fill('Builds of acme/web');
    await page.getByRole('button', { name: 'Create robot' }).click();
    await expect(page).toHaveURL(/\/console\/robots\/ci\?registry=\d{12}$/);

    await page.getByLabel('Role').selectOption('pusher');
    await page.getByRole('button', { name: 'Save robot' }).click();
    await expect(page.getByText('Saved.')).toBeVisible();
    await page.getByLabel('Name').fill('runner');
    await page.getByRole('button', { name: 'Create token' }).click();
    await expect(page.getByText('Copy it now, because it won’t be shown again.')).toBeVisible();
    const token = (await page.getByText(/^vtr_\w+$/).textContent()) ?? '';
    expect(await logIn(token)).toBe(200);
    // Reloading would create another token without scripts.
    await page.goto(page.url());
    await page.getByRole('button', { name: 'Create access key' }).click();
    const lines = (await page.getByText(/^export AWS_ACCESS_KEY_ID=/).textContent()) ?? '';
    const [, accessKeyId = '', secretAccessKey = ''] = /_ID=(\S+)\n.*_KEY='?([^\s']+)/.exec(lines) ?? [];
    const { sts } = createAwsClients(BASE_URL, { accessKeyId, secretAccessKey });
    const identify = () => sts.send(new GetCallerIdentityCommand({}));
    const { Arn = '' } = await identify();
    expect(Arn).toMatch(/^arn:aws:iam::\d{12}:user\/ci$/);

    await page.goto(page.url());
    await expect(page.getByText(Arn)).toBeVisible();
    await expect(page.getByText(secretAccessKey)).toHaveCount(0);
    await page.getByRole('button', { name: 'Disable robot' }).click();
    await expect(page.getByRole('heading', { name: 'ci Disabled' })).toBeVisible();
    expect(await logIn(token)).toBe(401);
    await expect(identify()).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
    await page.getByRole('button', { name: 'Enable robot' }).click();
    await expect(page.getByRole('button', { name: 'Disable robot' })).toBeVisible();
    expect(await logIn(token)).toBe(200);

    await page.getByRole('button', { name: `Disable ${accessKeyId}` }).click();
    await expect(page.getByText('Disabled', { exact: true })).toBeVisible();
    await expect(identify()).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
    await page.locator('summary').filter({ hasText: 'Revoke' }).click();
    await page.getByRole('button', { name: 'Revoke token' }).click();
    await expect(page.getByText('runner', { exact: true })).toHaveCount(0);
    expect(await logIn(token)).toBe(401);

    await page.getByRole('button', { name: 'Exclude pulls' }).click();
    await expect(page.getByText('Its pulls don’t change when an image was last pulled.')).toBeVisible();
    await page.goto('/console/robots');
    await expect(page.getByRole('listitem').filter({ hasText: 'Builds of acme/web' })).toContainText('Pulls excluded');
    await page.getByRole('link', { name: 'ci', exact: true }).click();
    await page.getByText('Remove … ci').click();
    await page.getByRole('button', { name: 'Remove robot ci' }).click();
    await expect(page.getByText('No robots yet')).toBeVisible();
    await expect(refusal(page)).toHaveCount(0);
  });
}

test('a reader sees a registry’s robots, but not their pages', async ({ browser }) => {
  const page = await browser.newPage();
  await signUp(page);
  await page.goto('/console/robots');
  await page.getByLabel('Name').fill('ci');
  await page.getByRole('button', { name: 'Create robot' }).click();
  await expect(page.getByRole('heading', { name: 'ci', exact: true })).toBeVisible();
  const { pathname, search, searchParams } = new URL(page.url());
  const reader = await browser.newPage();
  const { email } = await signUp(reader);
  await withDatabase((db) =>
    db.query(
      `INSERT INTO members (registry_id, user_id, role)
       SELECT g.id, u.id, 'reader' FROM registries g, users u WHERE g.registry_id = $1 AND u.email = $2`,
      [searchParams.get('registry'), email],
    ),
  );
  await reader.goto(`/console/robots${search}`);
  await expect(reader.getByText('ci', { exact: true })).toBeVisible();
  await expect(reader.getByRole('link', { name: 'ci', exact: true })).toHaveCount(0);
  await expect(reader.getByRole('button', { name: 'Create robot' })).toHaveCount(0);
  expect((await reader.goto(`${pathname}${search}`))?.status()).toBe(404);
  expect((await page.goto('/console/robots/another'))?.status()).toBe(404);
});
