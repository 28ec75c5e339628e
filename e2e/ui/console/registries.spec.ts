// A person's registries, their repositories and their access keys.
import { expect, test, type Page } from '@playwright/test';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { createAwsClients } from '#lib/testing/aws/create-aws-clients.ts';
import { BASE_URL, HOST } from '../../fixtures.ts';
import { makeRepository, readAlias, refusal, signInByCookie, signUp } from '../people.ts';

for (const javaScriptEnabled of [true, false]) {
  test(`access keys are created, disabled and deleted ${javaScriptEnabled ? 'with' : 'without'} scripts`, async ({
    browser,
  }) => {
    const signingUp = await browser.newPage();
    const { email } = await signUp(signingUp);
    const page = await (await browser.newContext({ javaScriptEnabled })).newPage();
    await signInByCookie(page, email);
    const key = await createKey(page);
    await expect(page.getByText(`| docker login -u AWS --password-stdin ${HOST}`)).toBeVisible();
    const identify = () => createAwsClients(BASE_URL, key).sts.send(new GetCallerIdentityCommand({}));
    const { Account: registryId } = await identify();
    await page.goto('/console/access-keys');
    await expect(page.getByText(`account ID is ${registryId}`)).toBeVisible();
    await expect(page.getByText(/Last used .* for STS from/)).toBeVisible();
    await expect(page.getByText(key.secretAccessKey)).toHaveCount(0);

    await page.getByRole('button', { name: `Disable ${key.accessKeyId}` }).click();
    await expect(page.getByText('Disabled', { exact: true })).toBeVisible();
    await expect(identify()).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
    await page.getByRole('button', { name: `Enable ${key.accessKeyId}` }).click();
    await expect(page.getByText('Enabled', { exact: true })).toBeVisible();
    await identify();

    await createKey(page);
    await page.goto('/console/access-keys');
    await expect(page.getByText('You have 2 access keys, which is the limit.')).toBeVisible();
    const item = page.getByRole('listitem').filter({ hasText: key.accessKeyId });
    await item.getByText('Delete …').click();
    await expect(item.getByText('Clients that use it stop working immediately.')).toBeVisible();
    await page.getByRole('button', { name: `Delete access key ${key.accessKeyId}` }).click();
    await expect(page.getByText(key.accessKeyId)).toHaveCount(0);
    await expect(page.getByRole('button', { name: 'Create access key' })).toBeVisible();
    await expect(identify()).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
  });
}

async function createKey(page: Page): Promise<{ accessKeyId: string; secretAccessKey: string }> {
  await page.goto('/console/access-keys');
  await page.getByRole('button', { name: 'Create access key' }).click();
  const lines = (await page.getByText(/^export AWS_ACCESS_KEY_ID=/).textContent()) ?? '';
  const [, accessKeyId = '', secretAccessKey = ''] = /_ID=(\S+)\n.*_KEY='?([^\s']+)/.exec(lines) ?? [];
  expect(lines).toContain(`AWS_ENDPOINT_URL_STS=${BASE_URL}`);
  return { accessKeyId, secretAccessKey };
}

test('a second registry is created, switched to and made the default, and pushes there create private repositories', async ({
  page,
}) => {
  await signUp(page);
  const first = await readAlias(page);
  await makeRepository(page, 'tool-one');
  await makeRepository(page, 'tool-two', { isPrivate: true });

  await page.goto('/console?sort=name');
  await expect(page.getByRole('rowheader')).toHaveText([/^tool-one/, /^tool-two/]);
  await page.getByLabel('Part of the name').fill('two');
  await page.getByRole('button', { name: 'Filter' }).click();
  await expect(page.getByRole('rowheader')).toHaveText([/^tool-two/]);
  await page.getByLabel('Visibility').selectOption('public');
  await page.getByRole('button', { name: 'Filter' }).click();
  await expect(page.getByText('No matching repositories')).toBeVisible();
  await page.getByRole('link', { name: 'Clear filters' }).click();
  await expect(page.getByRole('rowheader')).toHaveCount(2);
  await page.getByLabel('Tag mutability').selectOption('immutable_with_exclusion');
  await page.getByRole('button', { name: 'Filter' }).click();
  await expect(page.getByText('No matching repositories')).toBeVisible();
  await page.goto('/console/new');
  await page.getByLabel('Name', { exact: true }).fill('tool-three');
  await page.getByLabel('Tag mutability').selectOption('immutable');
  await page.getByRole('button', { name: 'Create repository' }).click();
  await expect(page.getByText('Immutable tags')).toBeVisible();
  await page.goto('/console?mutability=immutable');
  await expect(page.getByRole('rowheader')).toHaveText([/^tool-three/]);
  await page.getByLabel('Tag mutability').selectOption('mutable');
  await page.getByRole('button', { name: 'Filter' }).click();
  await expect(page.getByRole('rowheader')).toHaveCount(2);

  await page.goto('/console/registries');
  await page.getByLabel('Display name').fill('Second team');
  await page.getByRole('button', { name: 'Create registry' }).click();
  await expect(page.getByText('Registry created.')).toBeVisible();
  const card = page.getByRole('listitem').filter({ hasText: 'Second team' });
  await card.getByLabel('Visibility of repositories created by a push').selectOption('private');
  await card.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(card.getByText('Saved.')).toBeVisible();
  await card.getByLabel('Blob mounting').selectOption('disabled');
  await card.getByRole('button', { name: 'Save blob mounting' }).click();
  await expect(card.getByText('Saved.')).toHaveCount(2);
  await page.reload();
  await expect(card.getByLabel('Blob mounting')).toHaveValue('disabled');
  await expect(card.getByLabel('Visibility of repositories created by a push')).toHaveValue('private');

  await card.getByRole('link', { name: 'Second team' }).click();
  await expect(page.getByText('No repositories yet')).toBeVisible();
  await page.goto('/console/registries');
  await card.getByRole('button', { name: 'Make default' }).click();
  await expect(card.getByText('Default', { exact: true })).toBeVisible();
  const second = await readAlias(page);
  expect(second).not.toBe(first);
  await page.getByRole('navigation', { name: 'Registries' }).getByRole('link', { name: first }).click();
  await expect(page.getByRole('rowheader')).toHaveCount(3);
  await expect(refusal(page)).toHaveCount(0);
});
