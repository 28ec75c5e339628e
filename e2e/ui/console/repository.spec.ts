// Managing one repository in the console.
import { randomUUID } from 'node:crypto';
import { expect, test, type Page } from '@playwright/test';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { buildImage } from '#lib/testing/images/build-image.ts';
import { findViolations } from '../find-violations.ts';
import { buildSampleImage } from '../../clients/sample-image.ts';
import { BASE_URL, createPublisher, HOST, type Publisher } from '../../fixtures.ts';
import { callApi, createAdminSecret, signInAs } from '../staff.ts';

const TABS = ['images', 'settings', 'lifecycle', 'access', 'pulls', 'activity', 'danger'];

async function publish(tags: string[]): Promise<{ publisher: Publisher; name: string; at: string }> {
  const publisher = await createPublisher('repository:*:pull,push,delete');
  const name = `${publisher.alias}/deep/tool`;
  await createDistributionClient(BASE_URL, publisher.secret).push(name, await buildSampleImage(), tags);
  return { publisher, name, at: `/console/repositories/${name}` };
}

test('every tab fits the narrowest phone', async ({ page }) => {
  const { publisher, at } = await publish(['1.0', 'latest']);
  await signInAs(page, publisher);
  await page.setViewportSize({ width: 320, height: 700 });
  for (const tab of ['', ...TABS.map((tab) => `/-/${tab}`)]) {
    expect((await page.goto(`${at}${tab}`))?.status()).toBe(200);
    await expectNoOverflow(page);
  }
  for (const path of ['/-/nope', '/-/overview', '/-/images/x']) {
    expect((await page.goto(`${at}${path}`))?.status()).toBe(404);
  }
  for (const path of ['/console/repositories/nobody/nothing', `${at}/-/nope`, `/console/aliases/${randomUUID()}`]) {
    expect((await page.goto(path))?.status()).toBe(404);
    await expect(page).toHaveTitle(/^Not found · /);
  }
});

test('the push guide steps aside once an image is there', async ({ page }) => {
  const { publisher, at } = await publish(['latest']);
  await signInAs(page, publisher);
  await page.goto(at);
  await expect(page.getByRole('heading', { name: 'Pull', exact: true })).toBeVisible();
  await expect(page.getByText(/^docker push/)).toBeHidden();
  await page.getByText('How to push an image').click();
  await expect(page.getByText(/^docker push/)).toBeVisible();
});

for (const javaScriptEnabled of [true, false]) {
  test(`tags are deleted by selection and by pattern ${javaScriptEnabled ? 'with' : 'without'} scripts`, async ({
    browser,
  }) => {
    const { publisher, name, at } = await publish(['1.0', '1.1', 'pr-1', 'pr-2', 'pr-3', 'latest']);
    const context = await browser.newContext({ javaScriptEnabled });
    const page = await context.newPage();
    await signInAs(page, publisher);
    await page.goto(`${at}/-/images`);
    await page.getByText('Copy … addresses of 1.1').click();
    await expect(page.getByText(`docker pull ${HOST}/${name}:1.1`)).toBeVisible();
    await expect(page.getByText(/^aws ecr-public describe-images .* imageTag=1\.1$/)).toBeVisible();
    await page.getByLabel('Image', { exact: true }).fill('1.1');
    await page.getByLabel('New tag').fill('stable');
    await page.getByRole('button', { name: 'Add tag' }).click();
    await expect(page.getByLabel('Select stable')).toBeVisible();
    await page.getByRole('button', { name: 'Delete selected tags' }).click();
    await expect(page.getByText('Select at least one tag.').first()).toBeVisible();
    await page.getByLabel('Select 1.0').check();
    await page.getByLabel('Select stable').check();
    await page.getByRole('button', { name: 'Delete selected tags' }).click();
    const chosen = page.getByRole('region', { name: 'Tags to delete' });
    await expect(chosen.getByRole('listitem')).toHaveText(['stable', '1.0']);
    if (javaScriptEnabled) await expectSound(page);
    await chosen.getByRole('button', { name: 'Delete 2 tags' }).click();
    await expect(page.getByText('2 tags deleted.')).toBeVisible();

    if (javaScriptEnabled) {
      await page.getByRole('button', { name: 'Select all on this page' }).click();
      expect(await page.getByRole('checkbox', { checked: true }).count()).toBe(5);
    }
    await page.getByLabel('Pattern').fill('pr-*');
    await page.getByRole('button', { name: 'List matching tags' }).click();
    await expect(chosen.getByRole('listitem')).toHaveText(['pr-1', 'pr-2', 'pr-3']);
    // What was shown is what is deleted.
    await createDistributionClient(BASE_URL, publisher.secret).push(name, await buildSampleImage(), ['pr-2']);
    await chosen.getByRole('button', { name: 'Delete 3 tags' }).click();
    await expect(page.getByText('2 tags deleted. 1 tag moved in the meantime and stayed.')).toBeVisible();
    await expect(page.getByRole('rowheader')).toHaveCount(3);
    await page.getByRole('link', { name: 'View deleted content' }).click();
    await expect(page.getByRole('row').filter({ hasText: `${name}:pr-1` })).toBeVisible();
    await context.close();
  });

  test(`resource tags are added, changed and removed ${javaScriptEnabled ? 'with' : 'without'} scripts`, async ({
    browser,
  }) => {
    const { publisher, at } = await publish(['latest']);
    const page = await (await browser.newContext({ javaScriptEnabled })).newPage();
    await signInAs(page, publisher);
    await page.goto(`${at}/-/settings`);
    const save = async (key: string, value: string) => {
      await page.getByLabel('Key', { exact: true }).fill(key);
      await page.getByLabel('Value', { exact: true }).fill(value);
      await page.getByRole('button', { name: 'Save resource tag' }).click();
    };
    const row = page.getByRole('row').filter({ hasText: 'cost-center' });
    await save('cost-center', '17');
    await expect(row).toContainText('17');
    await save('cost-center', '18');
    await expect(row).toContainText('18');
    await expect(row).toHaveCount(1);
    await save('aws:reserved', 'x');
    await expect(page.getByText('Tag keys that begin with aws: are reserved.')).toBeVisible();
    if (javaScriptEnabled) await expectSound(page);
    await page.getByRole('button', { name: 'Remove resource tag cost-center' }).click();
    await expect(row).toHaveCount(0);
    await page.context().close();
  });

  test(`untagged images are listed and deleted ${javaScriptEnabled ? 'with' : 'without'} scripts`, async ({
    browser,
  }) => {
    const { publisher, name, at } = await publish(['1.0', 'latest']);
    const platform = { os: 'linux', architecture: 'arm64' };
    const images = await Promise.all(
      ['a', 'b'].map((content) =>
        buildImage({ platform, created: '2026-01-01T00:00:00Z', layers: [[{ path: 'a', content }]] }),
      ),
    );
    for (const image of images) await createDistributionClient(BASE_URL, publisher.secret).push(name, image, []);
    const page = await (await browser.newContext({ javaScriptEnabled })).newPage();
    await signInAs(page, publisher);
    await page.goto(`${at}/-/images`);
    await page.getByRole('link', { name: 'All images' }).click();
    await expect(page.getByRole('rowheader')).toHaveCount(3);
    await page.getByRole('link', { name: 'Untagged images' }).click();
    await expect(page.getByText('2 untagged images')).toBeVisible();
    await page.getByText(`Copy … addresses of ${images[0]?.digest}`).click();
    await expect(page.getByText(`docker pull ${HOST}/${name}@${images[0]?.digest}`)).toBeVisible();
    await page.getByRole('button', { name: 'Delete selected images' }).click();
    await expect(page.getByText('Select at least one image.').first()).toBeVisible();
    for (const { digest } of images) await page.getByLabel(`Select ${digest}`).check();
    await page.getByRole('button', { name: 'Delete selected images' }).click();
    const chosen = page.getByRole('region', { name: 'Images to delete' });
    await expect(chosen.getByRole('listitem')).toHaveText(images.map(({ digest }) => digest).reverse());
    if (javaScriptEnabled) await expectSound(page);
    // An image that gets a tag in the meantime stays.
    const [kept] = images;
    if (kept) await createDistributionClient(BASE_URL, publisher.secret).push(name, kept, ['kept']);
    await chosen.getByRole('button', { name: 'Delete 2 images' }).click();
    await expect(page.getByText('1 image deleted. 1 image stayed')).toBeVisible();
    await expect(page.getByText('No untagged images')).toBeVisible();
    await page.goto(`${at}/-/images?status=any`);
    await page.getByRole('link', { name: `See pulls of ${kept?.digest}` }).click();
    await expect(page.getByLabel('Digest')).toHaveValue(kept?.digest ?? '');
    await page.context().close();
  });
}

test('visibility changes after a warning, for pulls and pages at once', async ({ page, request }) => {
  const { publisher, name, at } = await publish(['latest']);
  await signInAs(page, publisher);
  await page.goto(`${at}/-/access`);
  await expect(page.getByText('Others keep the copies they have pulled.')).toBeVisible();
  await page.getByText('Make private …').click();
  await page.getByRole('button', { name: 'Make private' }).click();
  await expect(page.getByText('Check that no image contains secrets.')).toBeVisible();
  await expect(page.getByText('Private', { exact: true })).toBeVisible();
  const statuses = async () => [
    (await request.get(`/${name}`)).status(),
    (await request.get(`/v2/${name}/manifests/latest`)).status(),
  ];
  await expect.poll(statuses).toEqual([404, 401]);
  await page.getByText('Make public …').click();
  await page.getByRole('button', { name: 'Make public' }).click();
  await expect(page.getByText('Anyone can find and pull it.')).toBeVisible();
  await expect.poll(statuses).toEqual([200, 200]);
});

test('the owner of a quarantined repository reads the reason everywhere', async ({ page }) => {
  const { publisher, name, at } = await publish(['latest']);
  const reason = 'Reported to contain a cryptominer.';
  await callApi(await createAdminSecret(), 'POST', '/admin/quarantine', { repository: name, reason });
  await signInAs(page, publisher);
  await page.setViewportSize({ width: 320, height: 700 });
  for (const path of ['/console', at, ...TABS.map((tab) => `${at}/-/${tab}`), `/${name}`, '/console/notifications']) {
    await page.goto(path);
    await expect(page.getByText(reason).first(), path).toBeVisible();
    await expectNoOverflow(page);
  }
  await page.goto(`${at}/-/danger`);
  await expect(page.getByText('You can’t change this repository while it is in quarantine.')).toBeVisible();
});

test('leaving with unsaved changes asks first', async ({ page }) => {
  const { publisher, at } = await publish(['latest']);
  await signInAs(page, publisher);
  await page.goto(`${at}/-/settings`);
  const asked: string[] = [];
  page.on('dialog', (dialog) => {
    asked.push(dialog.type());
    void dialog.dismiss();
  });
  const description = page.getByLabel('Description');
  await description.fill('Half a sen');
  await page.getByRole('link', { name: 'Access', exact: true }).click();
  await expect.poll(() => asked).toEqual(['beforeunload']);
  await expect(description).toHaveValue('Half a sen');
  await description.fill('A whole sentence');
  await page.getByRole('button', { name: 'Save changes', exact: true }).click();
  await expect(page.getByText('Saved. Search shows')).toBeVisible();
  await page.getByRole('link', { name: 'Access', exact: true }).click();
  await expect(page).toHaveURL(/\/-\/access$/);
  expect(asked).toEqual(['beforeunload']);
});

async function expectSound(page: Page): Promise<void> {
  expect(await findViolations(page)).toEqual([]);
  await expectNoOverflow(page);
}

async function expectNoOverflow(page: Page): Promise<void> {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(overflow, page.url()).toBeLessThanOrEqual(0);
}

test('the access simulator says why somebody is refused, and whom it doesn’t know', async ({ page }) => {
  const { publisher, at } = await publish(['latest']);
  await signInAs(page, publisher);
  await page.goto(`${at}/-/access`);
  const ask = async (principal: string) => {
    await page.getByRole('textbox', { name: 'Principal' }).fill(principal);
    await page.getByRole('textbox', { name: 'Action' }).fill('push');
    await page.getByRole('button', { name: 'Explain access' }).click();
  };
  await ask('anonymous');
  const answer = page.getByRole('region', { name: 'Answer' });
  await expect(answer).toContainText('anonymous: push denied');
  await expect(answer).toContainText('Sign in as a user who has access.');
  await ask('nobody@example.org');
  await expect(page.getByText('nobody@example.org isn’t a member of this registry.')).toBeVisible();
  await expect(page.getByRole('list', { name: 'Who can push' })).toContainText('Allowed by the role owner.');
});
