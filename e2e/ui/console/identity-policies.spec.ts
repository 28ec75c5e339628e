// Policies of members, robots, roles and teams, inline and managed.
import { expect } from '@playwright/test';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { buildImage } from '#lib/testing/images/build-image.ts';
import { BASE_URL, createPublisher, vitrine } from '../../fixtures.ts';
import { signInByCookie } from '../people.ts';
import { walk } from '../walks/walk.ts';

walk('an owner writes policies for a robot and a team', async (walker) => {
  const { page } = walker;
  const { email, alias, secret } = await createPublisher('push', 'api:write');
  const { registryId } = JSON.parse(await vitrine('registry', 'show', '--alias', alias, '--json')) as {
    registryId: string;
  };
  const ofRegistry = ['--registry', registryId, '--json'];
  await vitrine('robot', 'create', '--name', 'ci', '--role', 'reader', ...ofRegistry);
  const created = await vitrine('token', 'create', '--robot', 'ci', '--scope', 'push', ...ofRegistry);
  const robot = createDistributionClient(BASE_URL, (JSON.parse(created) as { secret: string }).secret);
  const repository = `${alias}/team/app`;
  const answer = await fetch(`${BASE_URL}/api/v1/repositories`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}` },
    body: JSON.stringify({ fullName: repository, visibility: 'private' }),
  });
  expect(answer.status).toBe(201);
  const image = await buildImage({
    platform: { os: 'linux', architecture: 'amd64' },
    created: '2026-01-01T00:00:00Z',
    layers: [],
  });
  const push = () => robot.push(repository, image, ['v1']);
  await expect(push()).rejects.toThrow('403');

  await page.goto('/');
  await walker.see();
  await signInByCookie(page, email);
  await walker.open(`/console/robots/ci?registry=${registryId}`);
  await page.getByRole('link', { name: 'Manage policies' }).click();
  await expect(page.getByRole('heading', { name: 'Policies of ci' })).toBeVisible();
  await walker.see();
  await page.getByLabel('Name').fill('not a name');
  await page.getByRole('button', { name: 'Write policy' }).click();
  await expect(page.getByText('Use letters, digits')).toBeVisible();
  await walker.see();
  await page.getByLabel('Name').fill('push-team');
  await page.getByRole('button', { name: 'Write policy' }).click();
  await page.getByRole('link', { name: 'Push below a prefix' }).click();
  const editor = page.getByRole('textbox', { name: 'Policy' });
  await expect(editor).toHaveValue(/repository\/team\/\*/);
  const sample = await editor.inputValue();
  await editor.fill(sample.replace('"ecr:PutImage"', '"ecr:PutImge"'));
  await page.getByRole('button', { name: 'Review changes' }).click();
  await expect(page.getByText(/^Line \d+, column \d+: "ecr:PutImge" isn't an action/)).toBeVisible();
  await walker.see();
  await editor.fill(sample);
  await page.getByRole('button', { name: 'Review changes' }).click();
  await expect(page.getByRole('region', { name: 'Changes' })).toContainText('ecr:PutImage');
  await walker.see();
  await page.getByRole('button', { name: 'Save policy' }).click();
  await expect(page.getByText('Policy saved.')).toBeVisible();
  await walker.see();
  await push();
  await page.getByText('Remove … push-team').click();
  await page.getByRole('button', { name: 'Remove policy push-team' }).click();
  await expect(page.getByText('No inline policies yet.')).toBeVisible();
  await expect(push()).rejects.toThrow('403');

  await walker.open('/console/policies');
  await page.getByRole('link', { name: 'Push below a prefix' }).click();
  await page.getByLabel('Name').fill('pushers');
  await page.getByLabel('Policy', { exact: true }).fill('{}');
  await page.getByRole('button', { name: 'Create policy' }).click();
  await expect(page.getByText(/^Line 1, column 1/).first()).toBeVisible();
  await walker.see();
  await page.getByLabel('Policy', { exact: true }).fill(sample);
  await page.getByRole('button', { name: 'Create policy' }).click();
  await expect(page.getByText('Nobody yet.')).toBeVisible();
  await walker.see();

  await vitrine('team', 'create', '--name', 'release', ...ofRegistry);
  await vitrine('team', 'add-member', '--name', 'release', '--member', 'ci', ...ofRegistry);
  await walker.open(`/console/teams/release?registry=${registryId}`);
  await page.getByRole('link', { name: 'Manage policies' }).click();
  await page.getByLabel('Policy to attach').selectOption('pushers');
  await page.getByRole('button', { name: 'Attach policy' }).click();
  await expect(page.getByRole('button', { name: 'Detach pushers' })).toBeVisible();
  await walker.see();
  await push();

  await page.getByRole('link', { name: 'pushers', exact: true }).click();
  await expect(page.getByRole('link', { name: 'release', exact: true })).toBeVisible();
  await editor.fill(sample.replace('team/*', 'other/*'));
  await page.getByRole('button', { name: 'Review changes' }).click();
  await page.getByRole('button', { name: 'Save policy' }).click();
  await expect(page.getByText('Policy saved.')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Policy, version 2' })).toBeVisible();
  await walker.see();
  await expect(push()).rejects.toThrow('403');
  await page.getByRole('button', { name: 'Make default v1' }).click();
  await expect(page.getByRole('button', { name: 'Make default v2' })).toBeVisible();
  await push();
  await page.getByText('Delete … v2').click();
  await page.getByRole('button', { name: 'Delete version v2' }).click();
  await expect(page.getByRole('link', { name: 'v2' })).toHaveCount(0);
  await page.getByText('Delete … pushers').click();
  await page.getByRole('button', { name: 'Delete policy pushers' }).click();
  await expect(page.getByText('Detach it everywhere first.').first()).toBeVisible();
  await page.getByRole('link', { name: 'release', exact: true }).click();
  await page.getByRole('button', { name: 'Detach pushers' }).click();
  await expect(page.getByText('No managed policies attached.')).toBeVisible();
  await expect(push()).rejects.toThrow('403');

  await walker.open('/console/policies');
  await page.getByRole('link', { name: 'AmazonEC2ContainerRegistryPullOnly' }).click();
  await expect(page.getByText('Managed by AWS')).toBeVisible();
  await walker.see();
});
