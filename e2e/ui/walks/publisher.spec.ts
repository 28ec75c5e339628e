// A publisher signs up, publishes an image and manages it.
import { expect } from '@playwright/test';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { buildSampleImage } from '../../clients/sample-image.ts';
import { BASE_URL, createPublisher } from '../../fixtures.ts';
import { newPerson, signInByCookie } from '../people.ts';
import { unfold, walk } from './walk.ts';

walk('a publisher signs up, creates a repository and a token, and pushes', async (walker) => {
  const { page } = walker;
  const person = newPerson();
  await page.goto('/');
  await walker.see();
  await walker.fromHeader('Sign up');
  await expect(page).toHaveURL('/signup');
  await page.getByLabel('Name').fill(person.displayName);
  await page.getByLabel('Email address').fill(person.email);
  await page.getByLabel('Password').fill('short');
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page.getByLabel('Password')).toHaveAccessibleDescription(/at least 10 characters/);
  await walker.see();
  await page.getByLabel('Password').fill(person.password);
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page).toHaveURL('/console');
  await walker.see();
  const alias = (await page.locator('dt:text-is("Alias") + dd a').first().textContent())?.trim() ?? '';

  await walker.open('/console/new');
  await page.getByLabel('Name').fill('Upper');
  await page.getByRole('button', { name: 'Create repository' }).click();
  await expect(page.getByLabel('Name')).toHaveAttribute('aria-invalid', 'true');
  await walker.see();
  await page.getByLabel('Name').fill('some-tool');
  await page.getByRole('button', { name: 'Create repository' }).click();
  await expect(page).toHaveURL(`/console/repositories/${alias}/some-tool`);
  await walker.see();
  await walker.open(`/${alias}/some-tool`);
  await walker.open(`/${alias}`);

  await walker.open('/console/tokens');
  await page.getByLabel('Name').fill('laptop');
  await page.getByRole('button', { name: 'Create token' }).click();
  const secret = (await page.getByText(/^vtr_\w+$/).textContent()) ?? '';
  await walker.see();
  await createDistributionClient(BASE_URL, secret).push(`${alias}/some-tool`, await buildSampleImage(), [
    '1.0',
    'latest',
  ]);
  await walker.open('/console');
  await walker.open(`/console/repositories/${alias}/some-tool`);
  await expect(page.getByRole('heading', { name: 'Pull', exact: true })).toBeVisible();
  await page.getByRole('link', { name: 'Settings', exact: true }).click();
  await page.getByLabel('Description').fill('Something to walk around with');
  await page.getByRole('textbox', { name: 'About' }).fill('# Some tool\n\n> [!NOTE]\n> It walks.\n');
  await page.getByRole('button', { name: 'Save changes', exact: true }).click();
  await expect(page.getByText('Saved. Search shows')).toBeVisible();
  await walker.see();
  await walker.open(`/${alias}/some-tool`);
  await expect(page.getByText('It walks.')).toBeVisible();
  await page.goto('/console');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL('/');
});

walk('a publisher manages a repository and a registry', async (walker) => {
  const { page } = walker;
  const { alias, email, secret } = await createPublisher('repository:*:pull,push,delete');
  const client = createDistributionClient(BASE_URL, secret);
  const image = await buildSampleImage();
  await client.push(`${alias}/tool`, image, ['1.0', 'pr-1', 'pr-2', 'latest']);
  await signInByCookie(page, email);
  const at = `/console/repositories/${alias}/tool`;

  await walker.open(`${at}/-/images`);
  await page.getByLabel('Pattern').fill('pr-*');
  await page.getByRole('button', { name: 'List matching tags' }).click();
  const chosen = page.getByRole('region', { name: 'Tags to delete' });
  await expect(chosen.getByRole('listitem')).toHaveText(['pr-1', 'pr-2']);
  await walker.see();
  await chosen.getByRole('button', { name: 'Delete 2 tags' }).click();
  await expect(page.getByText('2 tags deleted.')).toBeVisible();
  await walker.see();
  await walker.open(`${at}/-/images?status=any`);
  await walker.open(`${at}/-/images?deleted=2`);
  await page.getByRole('link', { name: 'View deleted content' }).click();
  await expect(page).toHaveURL(/\/console\/deleted/);
  await walker.see();
  await page.getByRole('button', { name: `Restore ${alias}/tool:pr-1` }).click();
  await expect(page.getByText(`${alias}/tool:pr-1 is restored.`)).toBeVisible();
  await walker.see();

  await walker.open(`${at}/-/access`);
  await unfold(page.getByText('Make private …'));
  await page.getByRole('button', { name: 'Make private' }).click();
  await expect(page.getByText('Check that no image contains secrets.')).toBeVisible();
  await walker.see();
  await unfold(page.getByText('Make public …'));
  await page.getByRole('button', { name: 'Make public' }).click();
  await expect(page.getByText('Anyone can find and pull it.')).toBeVisible();
  await walker.open(`${at}/-/activity`);

  await walker.open(`${at}/-/settings`);
  await page.getByLabel('Notice').fill('No longer maintained.');
  await page.getByRole('button', { name: 'Deprecate repository' }).click();
  await expect(page.getByText('Saved. The notice is on its page.')).toBeVisible();
  await walker.see();
  await walker.open(`${at}/-/danger`);
  await unfold(page.getByText('Rename …'));
  await page.getByLabel('New name').fill('box/tool');
  await page.getByRole('button', { name: 'Rename repository' }).click();
  await expect(page).toHaveURL(`/console/repositories/${alias}/box/tool`);
  await walker.see();
  await page.goto(`/${alias}/tool`);
  await expect(page).toHaveURL(`/${alias}/box/tool`);
  await expect(page.getByText('No longer maintained.')).toBeVisible();
  await walker.see();
  await walker.open('/console/transfers');

  await walker.open('/console/profile');
  await page.getByLabel('Bio').fill('We keep tools small.');
  await page.getByLabel('Website').fill('https://acme.example/tools');
  await page.getByLabel('Pin 1').fill('box/tool');
  await page.getByRole('button', { name: 'Save profile' }).click();
  await expect(page.getByText('Profile saved.')).toBeVisible();
  await walker.see();
  await walker.open(`/${alias}`);
  await expect(page.getByText('We keep tools small.')).toBeVisible();
  await walker.open('/console/members');
  await page.getByLabel('Email address').fill('friend@example.org');
  await page.getByLabel('Role', { exact: true }).selectOption('maintainer');
  await page.getByRole('button', { name: 'Send invitation' }).click();
  await expect(page.getByText(/\/console\/invitation\?secret=\w+/)).toBeVisible();
  await walker.see();
  await walker.open('/console/robots');
  await page.getByLabel('Name').fill('ci');
  await page.getByLabel('Description').fill('Pushes what main builds');
  await page.getByRole('button', { name: 'Create robot' }).click();
  await expect(page.getByRole('heading', { name: 'ci', exact: true })).toBeVisible();
  await walker.see();
  await page.getByRole('button', { name: 'Create access key' }).click();
  await expect(page.getByText('Access key created.')).toBeVisible();
  await walker.see();
  await page.getByLabel('Name').fill('runner');
  await page.getByRole('button', { name: 'Create token' }).click();
  await expect(page.getByText('Token “runner” created.')).toBeVisible();
  await walker.see();
  await walker.open('/console/robots');
  for (const path of [
    'registries',
    'access-keys',
    'mirrors',
    'activity',
    'notifications',
    'account',
    'account/security',
    'account/security/authenticator',
  ])
    await walker.open(`/console/${path}`);
});
