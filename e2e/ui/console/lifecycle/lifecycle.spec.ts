// The lifecycle policy of a repository in the console.
import { expect, test, type Page } from '@playwright/test';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { buildSampleImage } from '../../../clients/sample-image.ts';
import { BASE_URL, createPublisher } from '../../../fixtures.ts';
import { findViolations } from '../../find-violations.ts';
import { callApi, signInAs } from '../../staff.ts';

const pathOf = (name: string) => `/repositories/${encodeURIComponent(name)}`;

/** A repository with images `v1` to `v4`, newest last. */
async function publish() {
  const publisher = await createPublisher('api:write', 'repository:*:pull,push,delete');
  const name = `${publisher.alias}/deep/tool`;
  const client = createDistributionClient(BASE_URL, publisher.secret);
  const digests: string[] = [];
  for (const tag of ['v1', 'v2', 'v3', 'v4']) {
    const image = await buildSampleImage();
    await client.push(name, image, [tag]);
    digests.push(image.digest);
  }
  return { publisher, name, digests, at: `/console/repositories/${name}/-/lifecycle` };
}

for (const javaScriptEnabled of [true, false]) {
  test(`a policy is composed, previewed, saved and removed ${javaScriptEnabled ? 'with' : 'without'} scripts`, async ({
    browser,
  }) => {
    const { publisher, name, at } = await publish();
    const context = await browser.newContext({ javaScriptEnabled });
    const page = await context.newPage();
    await signInAs(page, publisher);
    await page.goto(at);
    await page.getByRole('link', { name: 'Unused images are archived' }).click();
    await expect(page.getByRole('textbox', { name: 'Policy' })).toHaveValue(/"targetStorageClass": "archive"/);
    await page.getByText('Compose a policy …').click();
    await page.getByLabel('Keep only the newest images of these tags').fill('v*');
    await page.getByLabel('Images to keep of each').fill('1');
    await page.getByRole('button', { name: 'Write policy' }).click();
    const policy = page.getByRole('textbox', { name: 'Policy' });
    await expect(policy).toHaveValue(/"tagPatternList": \[\s+"v\*"\s+\]/);
    await page.getByRole('button', { name: 'Preview policy' }).click();
    const preview = page.getByRole('region', { name: 'Preview' });
    await expect(preview.getByText(/^Takes 2 of 4 images. Frees \d/)).toBeVisible();
    await expect(preview.getByText('Later runs take 1 more image.')).toBeVisible();
    const rows = preview.getByRole('region', { name: 'Table of images' }).getByRole('row');
    await expect(rows.filter({ hasText: 'Expires' })).toHaveCount(2);
    await expect(rows.filter({ hasText: 'v3' })).toContainText('Waits for a later run');
    if (javaScriptEnabled) await expectSound(page);

    await policy.fill('{ "rules": [{ "rulePriority": 0 }] }');
    await page.getByRole('button', { name: 'Preview policy' }).click();
    await expect(page.getByText('Rule 1 of the list: rulePriority must be a whole number').first()).toBeVisible();
    await expect(policy).toHaveValue('{ "rules": [{ "rulePriority": 0 }] }');
    await expect(preview).toHaveCount(0);

    const text = JSON.stringify({
      rules: [
        {
          rulePriority: 1,
          selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 3 },
          action: { type: 'expire' },
        },
      ],
    });
    await policy.fill(text);
    await page.getByRole('button', { name: 'Preview policy' }).click();
    await expect(preview.getByText(/^Takes 1 of 4 images/)).toBeVisible();
    await preview.getByRole('button', { name: 'Save policy' }).click();
    await expect(page.getByText('Policy saved.')).toBeVisible();
    await expect(policy).toHaveValue(text);
    expect(await callApi(publisher.secret, 'GET', `${pathOf(name)}/lifecycle-policy`)).toMatchObject({ policy: text });

    await page.getByText('Remove policy').first().click();
    await page.getByRole('button', { name: 'Remove policy' }).click();
    await expect(policy).toHaveValue('');
    await context.close();
  });
}

test('tags are protected, and archived images are restored', async ({ page }) => {
  const { publisher, name, digests, at } = await publish();
  await signInAs(page, publisher);
  await page.goto(at);
  const patterns = page.getByRole('textbox', { name: 'Patterns' });
  await patterns.fill('release-*\nnot a tag');
  await page.getByRole('button', { name: 'Save protected tags' }).click();
  await expect(page.getByText('Patterns contain letters, digits and . _ - *').first()).toBeVisible();
  await patterns.fill('release-*\n v1 \n');
  await page.getByRole('button', { name: 'Save protected tags' }).click();
  await expect(page.getByText('Saved.')).toBeVisible();
  await page.reload();
  await expect(patterns).toHaveValue('release-*\nv1');

  await callApi(publisher.secret, 'PUT', `${pathOf(name)}/images/${digests[1]}/storage-class`, {
    storageClass: 'archive',
  });
  await page.reload();
  const archived = page.getByRole('region', { name: 'Table of archived images' });
  await expect(archived.getByRole('row').nth(1)).toContainText('v2');
  await expectSound(page);
  const pull = () => createDistributionClient(BASE_URL, publisher.secret).request('HEAD', `/v2/${name}/manifests/v2`);
  await expect(pull()).rejects.toThrow('404');
  await page.getByRole('button', { name: /^Restore/ }).click();
  await expect(archived).toHaveCount(0);
  expect((await pull()).status).toBe(200);
});

async function expectSound(page: Page): Promise<void> {
  expect(await findViolations(page)).toEqual([]);
  for (const width of [320, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow, `at ${width} px`).toBeLessThanOrEqual(0);
  }
}
