// The workflow that pushed an image, on its pages.
import { expect } from '@playwright/test';
import { buildImage } from '#lib/testing/images/build-image.ts';
import { startWorkflow, WORKFLOW } from '../../start-workflow.ts';
import { walk } from '../walks/walk.ts';

walk('a tag and its digest name the workflow that pushed them', async (walker) => {
  const { page } = walker;
  const { alias, call, push, close, issuer, email } = await startWorkflow();
  try {
    const fullName = `${alias}/web`;
    await call('POST', '/repositories', { fullName, visibility: 'public' });
    const image = (created: string) =>
      buildImage({ platform: { os: 'linux', architecture: 'amd64' }, created, layers: [] });
    const shown = await image('2026-01-01T00:00:00Z');
    const hidden = await image('2026-01-02T00:00:00Z');
    const hostile = await image('2026-01-03T00:00:00Z');
    await push(fullName, shown, { tag: 'v1' });
    await push(fullName, hidden, { tag: 'private', claims: { repository_visibility: 'private' } });
    const claims = {
      repository: '<img src=x onerror=alert(1)>',
      job_workflow_ref: 'javascript:alert(1)',
      sha: 'https://evil.example/' + 'a'.repeat(300),
      run_id: '"><script>alert(1)</script>',
    };
    await push(fullName, hostile, { tag: 'hostile', claims });

    const section = page.getByRole('region', { name: 'Published by workflow' });
    for (const at of [`tags/v1`, `digests/${shown.digest}`]) {
      await walker.open(`/${fullName}/-/${at}`);
      await expect(section).toContainText(WORKFLOW);
      await expect(section).toContainText('acme/web');
      await expect(section).toContainText(issuer);
      await expect(section.getByRole('link')).toHaveCount(0);
    }
    await walker.open(`/${fullName}/-/tags/hostile`);
    await expect(section).toContainText('<img src=x onerror=alert(1)>');
    await expect(section.getByRole('link')).toHaveCount(0);
    await walker.open(`/${fullName}/-/tags/private`);
    await expect(section).toHaveCount(0);
    await walker.open('/tidepool/queue/-/tags/latest');
    await expect(section).toHaveCount(0);

    const member = await walker.another({ email });
    await member.goto(`/${fullName}/-/tags/private`);
    await expect(member.getByRole('region', { name: 'Published by workflow' })).toContainText('acme/web');
  } finally {
    await close();
  }
});
