// Mirrors of an upstream registry that the tests start and stop.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { buildImage } from '#lib/testing/images/build-image.ts';
import { startFaultUpstream, type FaultUpstream } from '#lib/testing/servers/fault-upstream.ts';
import { findViolations } from '../find-violations.ts';
import { createPublisher, HOST, missing, withFolder } from '../../fixtures.ts';
import { run } from '../../run-program.ts';
import { readAlias, refusal, signUp } from '../people.ts';
import { callApi, createStaff, openAs } from '../staff.ts';

const absent = missing('skopeo');
/** The server flushes pull counts every few seconds. */
const COUNTED_MS = 15_000;

let upstream: FaultUpstream;
test.beforeEach(async () => {
  upstream = await startFaultUpstream();
  const image = await buildImage({
    platform: { os: 'linux', architecture: 'amd64' },
    created: '2026-01-01T00:00:00Z',
    layers: [[{ path: 'hello', content: 'hello from far away' }]],
  });
  upstream.content.add('acme/app', image, '1.0', '1.1', 'latest');
  upstream.content.add('acme/team/tool', image, 'latest');
});
test.afterEach(() => upstream.close());

async function mirror(page: Page, name: string, more: { plainHttp?: boolean } = {}): Promise<void> {
  await page.goto('/console/mirrors');
  await page.getByLabel('Repository name').fill(name);
  await page.getByLabel('Upstream registry').fill(upstream.host);
  await page.getByLabel('Upstream repository').fill('acme/app');
  const form = page.locator('form', { has: page.getByLabel('Repository name') });
  if (more.plainHttp !== false) {
    await form.getByText('Connection', { exact: true }).click();
    await form.getByLabel('Use plain HTTP').check();
  }
  await page.getByRole('button', { name: 'Create mirror' }).click();
}

async function pull(fullName: string, tag: string): Promise<void> {
  await withFolder(async (folder) => {
    const source = `docker://${HOST}/${fullName}:${tag}`;
    await run('skopeo', ['copy', '--src-tls-verify=false', '--src-no-creds', source, `oci:${folder}/out:${tag}`]);
  });
}

/** Pulls with this site configured as the client's mirror of docker.io, as the docs describe. */
async function pullAsDockerHub(alias: string, name: string): Promise<void> {
  await withFolder(async (folder) => {
    const file = join(folder, 'registries.conf');
    const mirrorOf = `[[registry]]\nprefix = "docker.io"\nlocation = "docker.io"\n`;
    writeFileSync(file, `${mirrorOf}[[registry.mirror]]\nlocation = "${HOST}/${alias}"\ninsecure = true\n`);
    const args = ['inspect', '--raw', '--no-creds', `docker://docker.io/${name}:latest`];
    await run('skopeo', ['--registries-conf', file, ...args]);
  });
}

async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await findViolations(page)).toEqual([]);
  }
}

const row = (page: Page, name: string) => page.getByRole('row').filter({ has: page.getByRole('link', { name }) });

test('a publisher creates a mirror, which serves pulls during an upstream outage, and removes it', async ({
  page,
  browser,
}) => {
  test.skip(absent !== null, absent ?? '');
  test.slow();
  await signUp(page);
  const alias = await readAlias(page);
  await mirror(page, 'app');
  await expect(page.getByText('its upstream responds. Pull from it:')).toBeVisible();
  await expect(page.getByText(`docker pull ${HOST}/${alias}/app:latest`)).toBeVisible();
  await row(page, 'app').getByRole('button', { name: 'Check now' }).click();
  await expect(page.getByText(`${upstream.host} responds. The mirror works.`)).toBeVisible();
  await expectAccessible(page);

  const visitor = await (await browser.newContext()).newPage();
  expect((await visitor.goto(`/${alias}/app`))?.status()).toBe(404);
  await page.goto(`/${alias}/app`);
  await expect(page.getByText('No images yet')).toBeVisible();
  await expect(page.getByText('docker push')).toHaveCount(0);

  await pull(`${alias}/app`, '1.0');
  await visitor.goto(`/${alias}/app`);
  await expect(visitor.getByText(`Mirrored from ${upstream.host}/acme/app, checked just now.`)).toBeVisible();
  await expectAccessible(visitor);
  await run('skopeo', ['list-tags', '--tls-verify=false', '--no-creds', `docker://${HOST}/${alias}/app`]);
  await visitor.goto(`/${alias}/app/-/tags`);
  await expect(visitor.getByText(`2 more tags at ${upstream.host}`)).toBeVisible();
  await expect(async () => {
    await page.goto('/console/mirrors');
    await expect(row(page, 'app').getByRole('cell').nth(3)).toHaveText('1', { timeout: 500 });
  }).toPass({ timeout: COUNTED_MS });
  await expect(row(page, 'app').getByRole('cell').nth(1)).toHaveText('1');
  await expect(row(page, 'app').getByRole('cell').nth(2)).toHaveText(/^[1-9][\d.]* k?B$/);

  await upstream.stopListening();
  await row(page, 'app').getByRole('button', { name: 'Check now' }).click();
  await expect(row(page, 'app').getByText("can't be reached from here")).toBeVisible();
  await page.reload();
  const card = page.getByRole('listitem').filter({ hasText: upstream.host });
  await expect(card.getByText("can't be reached from here")).toBeVisible();
  await expect(card.getByText('Cached content is still served.')).toBeVisible();
  await expectAccessible(page);
  await page.setViewportSize({ width: 320, height: 800 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  await page.setViewportSize({ width: 1280, height: 800 });
  await pull(`${alias}/app`, '1.0');
  await visitor.goto(`/${alias}/app`);
  await expect(visitor.getByText(`${upstream.host} didn’t respond to the last check`)).toBeVisible();

  await page.getByRole('button', { name: 'Pin app' }).click();
  await expect(row(page, 'app').getByText('Pinned')).toBeVisible();
  await page.getByRole('button', { name: 'Unpin app' }).click();
  await expect(row(page, 'app').getByText('Pinned')).toHaveCount(0);
  await page.getByText('Remove …').click();
  await page.getByRole('button', { name: 'Remove mirror app' }).click();
  await expect(page.getByText('No mirrors yet')).toBeVisible();
  await page.getByText('Forget …').click();
  await page.getByRole('button', { name: 'Forget upstream and credentials' }).click();
  await expect(page.getByRole('heading', { name: 'Upstreams' })).toHaveCount(0);
  expect((await visitor.goto(`/${alias}/app`))?.status()).toBe(404);
});

test('the form rejects an invalid name and warns if pulls from the new mirror fail', async ({ page }) => {
  await signUp(page);
  upstream.content.remove('acme/app', 'latest');
  await page.goto('/console/mirrors');
  await mirror(page, 'Upper');
  await expect(refusal(page)).toBeVisible();
  await expect(page.getByLabel('Repository name')).toHaveValue('Upper');
  await expect(page.getByLabel('Use plain HTTP').first()).toBeChecked();
  await mirror(page, 'app', { plainHttp: false });
  await expect(page.getByText('is set up, but pulls from it fail.')).toBeVisible();
  await expectAccessible(page);
});

test('the edit page never shows stored credentials, and saving keeps unchanged fields', async ({ page }) => {
  const secret = 'a very secret token';
  upstream.demandAuth({ scheme: 'basic', username: 'reader', password: secret });
  await signUp(page);
  await mirror(page, 'app');
  await expect(page.getByText(/denies pulling it without credentials/).first()).toBeVisible();
  await page.getByRole('link', { name: 'Edit app' }).click();
  const form = page.locator('form', { has: page.getByLabel('Upstream repository') });
  await form.getByLabel('Username').fill('reader');
  await form.getByLabel('Password or access token').fill(secret);
  await page.getByRole('button', { name: 'Save mirror' }).click();
  await expect(page.getByText('Pull from it:')).toBeVisible();
  await page.reload();
  await expect(form.getByText('A password is stored.')).toBeVisible();
  await expect(form.getByLabel('Password or access token')).toHaveValue('');
  expect(await page.content()).not.toContain(secret);
  await form.getByText('Freshness', { exact: true }).click();
  await form.getByLabel('Tag freshness, in minutes').fill('1.5');
  await form.getByLabel('Tag-specific freshness').fill('nightly-* 1\nv* soon');
  await page.getByRole('button', { name: 'Save mirror' }).click();
  await expect(page.getByText('Enter a number.').first()).toBeVisible();
  await form.getByLabel('Tag-specific freshness').fill('nightly-* 1');
  await page.getByRole('button', { name: 'Save mirror' }).click();
  await expect(page.getByText('Pull from it:')).toBeVisible();
  await page.reload();
  await form.getByText('Freshness', { exact: true }).click();
  await expect(form.getByLabel('Tag freshness, in minutes')).toHaveValue('1.5');
  await expect(form.getByLabel('Tag-specific freshness')).toHaveValue('nightly-* 1');
});

test('a publisher mirrors a whole registry, and an admin maps a host to it', async ({ page, browser }) => {
  test.skip(absent !== null, absent ?? '');
  await signUp(page);
  const alias = await readAlias(page);
  await page.goto('/console/mirrors');
  await page.getByText('Mirror a whole registry').click();
  await page.getByLabel('Registry to mirror', { exact: true }).fill(upstream.host);
  await page.getByLabel('Prefix', { exact: true }).fill('acme');
  await page.getByText('Connection', { exact: true }).last().click();
  await page.getByLabel('Use plain HTTP').last().check();
  await page.getByRole('button', { name: 'Mirror registry' }).click();
  await expect(page.getByText(`${upstream.host}/acme`)).toBeVisible();
  await pull(`${alias}/app`, 'latest');
  await pullAsDockerHub(alias, 'team/tool');
  await page.reload();
  await expect(row(page, 'app')).toBeVisible();
  await expect(row(page, 'team/tool')).toBeVisible();

  const admin = await openAs(browser, await createStaff('admin'));
  await admin.goto('/admin/mirrors');
  const host = `h${Date.now()}.example.org`;
  await admin.getByLabel('Host', { exact: true }).fill(host);
  await admin.getByLabel('Registry alias').fill('nobodyhasthis');
  await admin.getByRole('button', { name: 'Add host' }).click();
  await expect(refusal(admin)).toContainText("Publisher nobodyhasthis doesn't exist.");
  await admin.getByLabel('Registry alias').fill(alias);
  await admin.getByRole('button', { name: 'Add host' }).click();
  await expect(admin.getByRole('rowheader', { name: host })).toBeVisible();
  const answer = await page.request.get(`/v2/app/manifests/latest?ns=${host}`);
  expect(answer.status()).toBe(200);
  await expectAccessible(admin);

  await page.reload();
  await page.getByText('Stop …').click();
  await page.getByRole('button', { name: 'Stop mirroring' }).click();
  await expect(refusal(page)).toContainText(`answers for ${host}`);
  const route = admin.getByRole('row').filter({ hasText: host });
  await route.getByText('Remove …').click();
  await route.getByRole('button', { name: 'Remove host' }).click();
  await expect(admin.getByRole('rowheader', { name: host })).toHaveCount(0);
  await page.getByRole('button', { name: 'Stop mirroring' }).click();
  await expect(page.getByText('Mirror a whole registry')).toBeVisible();
});

test('a reader sees the mirrors but no buttons', async ({ page }) => {
  const { secret } = await createPublisher('push', 'delete', 'api:write');
  const me = (await callApi(secret, 'GET', '/me')) as { registries: { registryId: string }[] };
  const registry = me.registries[0]?.registryId ?? '';
  const at = `/registries/${registry}`;
  const body = { upstream: { host: upstream.host, isPlainHttp: true }, upstreamName: 'acme/team/tool' };
  await callApi(secret, 'PUT', `${at}/mirrors/team%2Ftool`, body);
  expect(await callApi(secret, 'POST', `${at}/mirrors/team%2Ftool/check`)).toEqual({ problem: null, tag: 'latest' });
  const { email } = await signUp(page);
  const { link } = (await callApi(secret, 'POST', `${at}/invitations`, { email, role: 'reader' })) as { link: string };
  await page.goto(link);
  await page.getByRole('button', { name: 'Accept invitation' }).click();
  // Wait for the redirect from the invitation page, which is below /console too.
  await expect(page).toHaveURL(/\/console\/members/);
  await page.goto(`/console/mirrors?registry=${registry}`);
  await expect(row(page, 'team/tool')).toBeVisible();
  await expect(page.getByText('your role is reader')).toBeVisible();
  await expect(page.getByRole('main').locator('form')).toHaveCount(1);
  await expectAccessible(page);
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });
  test('a publisher creates, checks and removes a pull-through rule', async ({ page }) => {
    await signUp(page);
    const alias = await readAlias(page);
    await page.goto('/console/mirrors');
    const create = async (prefix: string) => {
      const form = page.locator('form', { has: page.getByLabel('Name prefix') });
      // A refused form stays open.
      if (!(await form.isVisible())) await page.getByText('New pull-through rule').click();
      await form.getByLabel('Name prefix').fill(prefix);
      await form.getByLabel('Registry to pull from').fill(upstream.host);
      await form.getByLabel('Upstream prefix').fill('acme');
      if (!(await form.getByLabel('Use plain HTTP').isVisible())) {
        await form.getByText('Connection', { exact: true }).click();
      }
      await form.getByLabel('Use plain HTTP').check();
      await form.getByRole('button', { name: 'Create rule' }).click();
    };
    await create('Not a prefix');
    await expect(page.getByText('Enter a name prefix, such as docker-hub.').first()).toBeVisible();
    await create('far');
    const rule = page.getByRole('row').filter({ hasText: `${alias}/far/*` });
    await expect(rule).toContainText(`${upstream.host}/acme/*`);
    await rule.getByRole('button', { name: 'Check now' }).click();
    await expect(rule.getByText(`${upstream.host} responds. The rule works.`)).toBeVisible();
    const card = page.getByRole('listitem').filter({ hasText: upstream.host });
    await expect(card.getByText('0 mirrors, 1 rule')).toBeVisible();
    await card.getByText('Change settings').click();
    await card.getByLabel('Username').fill('reader');
    await card.getByLabel('Password or access token').fill('a password');
    await card.getByRole('button', { name: 'Save settings' }).click();
    await expect(card.getByText('as reader')).toBeVisible();
    await rule.getByText('Remove …').click();
    await rule.getByRole('button', { name: 'Remove rule' }).click();
    await expect(rule).toHaveCount(0);
  });

  test('a publisher creates, checks, pins and removes a mirror', async ({ page }) => {
    await signUp(page);
    await mirror(page, 'app');
    await expect(page.getByText('Pull from it:')).toBeVisible();
    await page.getByRole('button', { name: 'Check now app' }).click();
    await expect(page.getByText('responds. The mirror works.')).toBeVisible();
    await page.getByRole('button', { name: 'Pin app' }).click();
    await expect(row(page, 'app').getByText('Pinned')).toBeVisible();
    await page.getByText('Remove …').click();
    await page.getByRole('button', { name: 'Remove mirror app' }).click();
    await expect(page.getByText('No mirrors yet')).toBeVisible();
  });
});
