// The only workflow that may push to a repository.
import { expect } from '@playwright/test';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { buildImage } from '#lib/testing/images/build-image.ts';
import { BASE_URL } from '../../fixtures.ts';
import { startWorkflow, WORKFLOW } from '../../start-workflow.ts';
import { signInByCookie } from '../people.ts';
import { walk } from '../walks/walk.ts';

walk('an owner lets only one workflow push, and everyone again', async (walker) => {
  const { page } = walker;
  const { alias, secret, email, issuer, call, push, close } = await startWorkflow();
  try {
    const fullName = `${alias}/web`;
    await call('POST', '/repositories', { fullName, visibility: 'private' });
    const image = await buildImage({
      platform: { os: 'linux', architecture: 'amd64' },
      created: '2026-01-01T00:00:00Z',
      layers: [],
    });
    const owner = createDistributionClient(BASE_URL, secret);
    await page.goto('/');
    await walker.see();
    await signInByCookie(page, email);
    await walker.open(`/console/repositories/${fullName}/-/access`);
    const section = page.locator('#workflow');
    await section.getByLabel('Repository ID').fill('acme/web');
    await section.getByLabel('Workflow file').fill('publish.yml');
    await section.getByRole('button', { name: 'Take pushes from this workflow only' }).click();
    await expect(section.getByText('Enter the numeric id.').first()).toBeVisible();
    await walker.see();
    await section.getByLabel('Repository ID').fill('42');
    await section.getByLabel('Workflow file').fill(WORKFLOW);
    await section.getByRole('button', { name: 'Take pushes from this workflow only' }).click();
    await expect(section.getByText('Nobody can push, because')).toBeVisible();
    await walker.see();
    await section.getByLabel('Issuer').fill(issuer);
    await section.getByRole('button', { name: 'Save workflow' }).click();
    await expect(section.getByText('Nobody can push, because')).toHaveCount(0);
    await expect(page.getByRole('textbox', { name: 'Policy' })).toHaveValue(/OnlyThisWorkflow/);
    await walker.see();

    await expect(owner.push(fullName, image, ['v1'])).rejects.toThrow('403');
    const other = WORKFLOW.replace('publish', 'test');
    await expect(push(fullName, image, { tag: 'v1', claims: { job_workflow_ref: other } })).rejects.toThrow('403');
    await push(fullName, image, { tag: 'v1' });

    await section.getByRole('button', { name: 'Take pushes from others again' }).click();
    await expect(section.getByRole('button', { name: 'Take pushes from this workflow only' })).toBeVisible();
    await expect(page.getByRole('textbox', { name: 'Policy' })).toHaveValue('');
    await owner.push(fullName, image, ['v2']);
  } finally {
    await close();
  }
});
