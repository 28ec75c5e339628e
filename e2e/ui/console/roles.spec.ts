// A registry's roles and identity providers.
import { expect, test } from '@playwright/test';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { createAwsClients } from '#lib/testing/aws/create-aws-clients.ts';
import { BASE_URL } from '../../fixtures.ts';
import { refusal, signInByCookie, signUp } from '../people.ts';
import { walk } from '../walks/walk.ts';

const GITHUB = 'https://token.actions.githubusercontent.com';

walk('an owner lets a workflow in, and ends it', async (walker) => {
  const { page } = walker;
  const person = await walker.another();
  const { email } = await signUp(person);
  await signInByCookie(page, email);
  await walker.open('/console/identity-providers');
  await expect(page.getByText('No identity providers yet')).toBeVisible();
  await page.getByLabel('Issuer').fill('https://cluster.example/a?b');
  await page.getByRole('button', { name: 'Add identity provider' }).click();
  await expect(page.getByText('has no query').first()).toBeVisible();
  await walker.see();
  await page.getByLabel('Issuer').fill('https://cluster.example');
  await page.getByLabel('Keys').fill('{"keys": [{"kty": "oct", "k": "AA"}]}');
  await page.getByRole('button', { name: 'Add identity provider' }).click();
  await expect(refusal(page)).toContainText('Paste the public keys only.');
  await page.getByLabel('Keys').fill('');
  await page.getByRole('button', { name: 'Add identity provider' }).click();
  await expect(page.getByText('Identity provider saved.')).toBeVisible();
  await walker.see();
  await page.locator('summary').filter({ hasText: 'Remove' }).click();
  await page.getByRole('button', { name: 'Remove identity provider https://cluster.example' }).click();
  await expect(page.getByText('No identity providers yet')).toBeVisible();

  await walker.open('/console/roles');
  await expect(page.getByText('No roles yet')).toBeVisible();
  await page.getByRole('link', { name: 'GitHub Actions' }).click();
  await expect(page.getByLabel('Repository ID')).toBeVisible();
  await walker.see();
  await page.getByLabel('Repository ID').fill('acme/web');
  await page.getByRole('button', { name: 'Write trust policy' }).click();
  await expect(page.getByText('Enter the numeric id.')).toBeVisible();
  await walker.see();
  await page.getByLabel('Repository ID').fill('42');
  await page.getByRole('button', { name: 'Write trust policy' }).click();
  await expect(page.getByLabel('Trust policy', { exact: true })).toHaveValue(/repository_id": "42"/);
  await walker.see();
  await page.getByLabel('Name', { exact: true }).fill('deploy');
  await page.getByRole('button', { name: 'Create role' }).click();
  await expect(page.getByText(/^Line 7, column 9: The registry has no identity provider/)).toBeVisible();
  await page.getByRole('button', { name: 'Add it for sts.amazonaws.com' }).click();
  await expect(page.getByText('The role needs it.')).toHaveCount(0);
  await expect(page.getByLabel('Trust policy', { exact: true })).toHaveValue(/repository_id": "42"/);
  await page.getByLabel('Name', { exact: true }).fill('deploy');
  await page.getByLabel('Description').fill('Releases of acme/web');
  await page.getByRole('button', { name: 'Create role' }).click();
  await expect(page).toHaveURL(/\/console\/roles\/deploy\?registry=\d{12}(?:#.*)?$/);
  await expect(page.getByText('Nobody has assumed the role lately.')).toBeVisible();
  await expect(page.getByText(/AWS_ROLE_ARN=arn:aws:iam::\d{12}:role\/deploy/)).toBeVisible();
  await walker.see();

  const policy = await page.getByLabel('Trust policy', { exact: true }).inputValue();
  await page.getByLabel('Trust policy', { exact: true }).fill(policy.replace(':repository_id', ':repository'));
  await page.getByRole('button', { name: 'Save role' }).click();
  await expect(page.getByText(/^Line 10, column 7: GitHub Actions signs tokens for everybody/)).toBeVisible();
  await walker.see();
  await page.getByLabel('Trust policy', { exact: true }).fill(policy);
  await page.getByLabel('Permission').selectOption('reader');
  await page.getByRole('button', { name: 'Save role' }).click();
  await expect(page.getByText('Saved.')).toBeVisible();
  await page.getByRole('button', { name: 'Disable role' }).click();
  await expect(page.getByRole('heading', { name: 'deploy Disabled' })).toBeVisible();
  await page.getByRole('button', { name: 'Enable role' }).click();
  await expect(page.getByRole('button', { name: 'Disable role' })).toBeVisible();

  await walker.open('/console/roles');
  const listed = page.getByRole('listitem').filter({ hasText: 'Releases of acme/web' });
  await expect(listed).toContainText(GITHUB.replace('https://', ''));
  await expect(listed).toContainText('reader');
  await page.getByRole('link', { name: 'deploy', exact: true }).click();
  await page.getByText('Remove … deploy').click();
  await page.getByRole('button', { name: 'Remove role deploy' }).click();
  await expect(page.getByText('No roles yet')).toBeVisible();
});

test('sessions of a role are listed and ended', async ({ browser }) => {
  const page = await browser.newPage();
  await signUp(page);
  await page.goto('/console/access-keys');
  await page.getByRole('button', { name: 'Create access key' }).click();
  const lines = (await page.getByText(/^export AWS_ACCESS_KEY_ID=/).textContent()) ?? '';
  const [, accessKeyId = '', secretAccessKey = ''] = /_ID=(\S+)\n.*_KEY='?([^\s']+)/.exec(lines) ?? [];
  const { sts } = createAwsClients(BASE_URL, { accessKeyId, secretAccessKey });
  const { Account = '' } = await sts.send(new GetCallerIdentityCommand({}));
  await page.goto('/console/roles?sample=registry');
  await page.getByLabel('Registry ID').fill(Account);
  await page.getByRole('button', { name: 'Write trust policy' }).click();
  await page.getByLabel('Name', { exact: true }).fill('deploy');
  await page.getByRole('button', { name: 'Create role' }).click();
  await expect(page.getByRole('heading', { name: 'deploy' })).toBeVisible();
  const role = { RoleArn: `arn:aws:iam::${Account}:role/deploy`, RoleSessionName: 'release-7' };
  const { Credentials } = await sts.send(new AssumeRoleCommand(role));
  const session = createAwsClients(BASE_URL, {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  });
  const identify = () => session.sts.send(new GetCallerIdentityCommand({}));
  expect((await identify()).Arn).toContain('assumed-role/deploy/release-7');
  await page.goto(page.url());
  await expect(page.getByText('1 live session')).toBeVisible();
  await expect(page.getByText('release-7')).toBeVisible();
  await page.locator('summary').filter({ hasText: 'End all' }).click();
  await page.getByRole('button', { name: 'End all sessions' }).click();
  await expect(page.getByText('Nobody has assumed the role lately.')).toBeVisible();
  await expect(identify()).rejects.toThrow();
});
