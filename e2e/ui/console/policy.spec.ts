// The policies of repositories and registries in the console: from a sample to a saved policy, and back to an earlier one.
import { expect, test } from '@playwright/test';
import { BASE_URL, createPublisher } from '../../fixtures.ts';
import { signInByCookie } from '../people.ts';

async function readRegistryId(secret: string): Promise<string> {
  const me = await fetch(`${BASE_URL}/api/v1/me`, { headers: { authorization: `Bearer ${secret}` } });
  const { registries } = (await me.json()) as { registries: { registryId: string }[] };
  return registries[0]?.registryId ?? '';
}

for (const javaScriptEnabled of [true, false]) {
  test(`a policy is written from a sample, reviewed, saved and restored ${javaScriptEnabled ? 'with' : 'without'} scripts`, async ({
    browser,
  }) => {
    const { email, secret, alias } = await createPublisher('push', 'api:write');
    const otherId = await readRegistryId((await createPublisher('api:read')).secret);
    const created = await fetch(`${BASE_URL}/api/v1/repositories`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}` },
      body: JSON.stringify({ fullName: `${alias}/team/app`, visibility: 'private' }),
    });
    expect(created.status).toBe(201);
    const page = await (await browser.newContext({ javaScriptEnabled })).newPage();
    await signInByCookie(page, email);
    const editor = page.getByRole('textbox', { name: 'Policy' });
    const review = page.getByRole('button', { name: 'Review changes' });
    const save = page.getByRole('button', { name: 'Save policy' });

    await page.goto(`/console/repositories/${alias}/team/app/-/access`);
    await page.getByRole('link', { name: 'Pull for another registry' }).click();
    await expect(editor).toHaveValue(/"AWS": "111122223333"/);
    await review.click();
    await expect(page.getByText("111122223333 doesn't exist on this site.")).toBeVisible();
    await expect(save).toHaveCount(0);

    const shared = (await editor.inputValue()).replace('111122223333', otherId);
    await editor.fill(shared);
    await review.click();
    await expect(page.getByRole('region', { name: 'Changes' })).toContainText(`"AWS": "${otherId}"`);
    await save.click();
    await expect(page.getByText('Policy saved.')).toBeVisible();
    await expect(editor).toHaveValue(shared);
    await expect(page.getByText('Policies decide with roles')).toBeVisible();

    await editor.fill('{"Statement": {"Effect": "Deny", "Principal": "*", "Action": "ecr:*"}}');
    await review.click();
    const force = page.getByRole('checkbox', { name: 'Save it although I couldn’t change it again' });
    await expect(force).toBeVisible();
    await save.click();
    await expect(page.getByText('This policy would prevent you from changing it again.').first()).toBeVisible();
    await expect(editor).toHaveValue(/"Deny"/);

    await editor.fill('{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "ecr:ListImages"}}');
    await review.click();
    await save.click();
    await expect(page.getByText('Policy saved.')).toBeVisible();
    await page.getByRole('link', { name: 'Restore policy #1' }).click();
    await expect(editor).toHaveValue(shared);
    await review.click();
    await save.click();
    await expect(page.getByText('#3')).toBeVisible();
    await expect(editor).toHaveValue(shared);

    await page.getByRole('button', { name: 'Remove policy' }).click();
    await expect(page.getByText(/^Removed by/)).toBeVisible();
    await expect(editor).toHaveValue('');
  });
}

test('a policy is written by its form, which follows the JSON', async ({ page }) => {
  const { email, secret, alias } = await createPublisher('push', 'api:write');
  const otherId = await readRegistryId((await createPublisher('api:read')).secret);
  await fetch(`${BASE_URL}/api/v1/repositories`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}` },
    body: JSON.stringify({ fullName: `${alias}/form`, visibility: 'private' }),
  });
  await signInByCookie(page, email);
  await page.goto(`/console/repositories/${alias}/form/-/access`);
  const [json, form] = ['JSON', 'Form'].map((name) => page.getByRole('button', { name, exact: true }));
  const editor = page.getByRole('textbox', { name: 'Policy' });
  const first = page.getByRole('group', { name: 'Statement 1' });
  const second = page.getByRole('group', { name: 'Statement 2' });
  const add = page.getByRole('button', { name: 'Add statement' });

  await form?.click();
  await add.click();
  await first.getByLabel('Name (Sid)').fill('Share');
  await first.getByLabel('Principal').fill(otherId);
  await first.getByLabel('Action').fill('ecr:BatchGetImage\necr:GetDownloadUrlForLayer\n');
  await add.click();
  await second.getByLabel('Effect').selectOption('Deny');
  await second.getByLabel('Principal').fill('*');
  await second.getByLabel('All except these').last().check();
  await second.getByLabel('Every action except').fill('ecr:GetRepositoryPolicy');
  await second.getByRole('button', { name: 'Add condition' }).click();
  await second.getByLabel('Operator').selectOption('NotIpAddress');
  await second.getByLabel('Key').fill('aws:SourceIp');
  await second.getByLabel('Values, one per line').fill('203.0.113.0/24');
  await page.getByText('For the AWS CLI and Terraform').click();
  await expect(page.getByText(/aws ecr set-repository-policy --repository-name form /)).toContainText('NotIpAddress');
  await json?.click();
  const share = {
    Sid: 'Share',
    Effect: 'Allow',
    Principal: { AWS: otherId },
    Action: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
  };
  const office = { NotIpAddress: { 'aws:SourceIp': '203.0.113.0/24' } };
  expect(JSON.parse(await editor.inputValue())).toEqual({
    Version: '2012-10-17',
    Statement: [share, { Effect: 'Deny', Principal: '*', NotAction: 'ecr:GetRepositoryPolicy', Condition: office }],
  });

  await editor.fill((await editor.inputValue()).replace('"Share"', '"Pull"'));
  await form?.click();
  await expect(first.getByLabel('Name (Sid)')).toHaveValue('Pull');
  await second.getByRole('button', { name: 'Remove statement' }).click();
  await page.getByRole('button', { name: 'Review changes' }).click();
  await expect(page.getByRole('region', { name: 'Changes' })).toContainText('"Sid": "Pull"');
  await expect(first.getByLabel('Principal')).toHaveValue(otherId);
  await page.getByRole('button', { name: 'Save policy' }).click();
  await expect(page.getByText('Policy saved.')).toBeVisible();
  expect(JSON.parse(await editor.inputValue())).toMatchObject({ Statement: [{ ...share, Sid: 'Pull' }] });

  await editor.fill('{"Statement": ');
  await form?.click();
  await expect(page.getByText('The form can’t show this JSON.')).toBeVisible();
});

test('a registry has a policy and a scope', async ({ page }) => {
  const { email, secret } = await createPublisher('repository:*:pull,push,delete', 'api:write');
  const otherId = await readRegistryId((await createPublisher('api:read')).secret);
  const registryId = await readRegistryId(secret);
  const readPolicy = async () => {
    const headers = { authorization: `Bearer ${secret}` };
    return (await fetch(`${BASE_URL}/api/v1/registries/${registryId}/policy`, { headers })).json() as Promise<object>;
  };
  await signInByCookie(page, email);
  const editor = page.getByRole('textbox', { name: 'Policy' });
  const review = page.getByRole('button', { name: 'Review changes' });

  await page.goto('/console/registries');
  await page.getByRole('link', { name: 'Policy', exact: true }).click();
  await page.getByRole('link', { name: 'Pull for another registry' }).click();
  await expect(editor).toHaveValue(new RegExp(`arn:aws:ecr:\\*:${registryId}:repository/\\*`));
  const policy = (await editor.inputValue()).replace('111122223333', otherId);
  await editor.fill(policy);
  await review.click();
  await page.getByRole('button', { name: 'Save policy' }).click();
  await expect(page.getByText('Policy saved.')).toBeVisible();
  expect(await readPolicy()).toEqual({ policy, scope: 'V2', revision: 1 });

  await editor.fill('{"Statement": {"Effect": "Deny", "Principal": "*", "Action": "ecr:*", "Resource": "*"}}');
  await review.click();
  await page.getByRole('button', { name: 'Save policy' }).click();
  await expect(page.getByText('This policy would prevent you from changing it again.').first()).toBeVisible();

  await page.getByLabel('What the policy decides').selectOption('V1');
  await page.getByRole('button', { name: 'Save scope' }).click();
  await expect(page.getByText('Saved.', { exact: true })).toBeVisible();
  expect(await readPolicy()).toEqual({ policy, scope: 'V1', revision: 1 });

  await page.getByRole('button', { name: 'Remove policy' }).click();
  await expect(page.getByText(/^Removed by/)).toBeVisible();
  expect(await readPolicy()).toMatchObject({ policy: null, revision: 2 });
});
