// Admin pages for reports, quarantine, users, verification, quotas, audit and health, and their effect on publishers.
import { readFileSync } from 'node:fs';
import { expect, test, type Locator, type Page } from '@playwright/test';
import { findViolations } from '../find-violations.ts';
import { createPublisher, HOST, missing } from '../../fixtures.ts';
import { fillSignIn, makeToken, readAlias, refusal, signUp } from '../people.ts';
import { createStaff, openAs, pull, pushTool, randomLetters, signInAs } from '../staff.ts';

const absent = missing('skopeo');

test('an admin quarantines a reported repository, closes the report, and lifts the quarantine without data loss', async ({
  page,
  browser,
}) => {
  test.skip(absent !== null, absent ?? '');
  test.slow();
  const publisher = await createPublisher('push');
  const repository = `${publisher.alias}/tool`;
  const image = await pushTool(publisher);
  const digest = await pull(image);
  await page.goto(`/${repository}`);
  await page.getByRole('link', { name: 'Report this page' }).click();
  await expect(page.getByLabel('Page')).toHaveValue(repository);
  await page.getByLabel('Reason').selectOption('malware');
  const words = `It mines coins: ${randomLetters(8)}.`;
  await page.getByLabel('Details').fill(words);
  await page.getByLabel('Your email address').fill('witness@example.org');
  await page.getByRole('button', { name: 'Send report' }).click();
  await expect(page.getByText('Thank you.')).toContainText(repository);
  await expectAccessible(page);

  const admin = await openAs(browser, await createStaff('admin'));
  await admin.goto('/admin');
  await admin.getByRole('link', { name: /Open reports/ }).click();
  const report = admin.getByRole('listitem').filter({ hasText: words });
  await expect(report).toContainText('Malware or cryptominer');
  await expect(report).toContainText('by witness@example.org');
  await expectAccessible(admin);
  await report.getByRole('link', { name: 'Quarantine …' }).click();
  await expect(admin.getByRole('textbox', { name: 'Repository' })).toHaveValue(repository);
  await quarantineForm(admin).getByLabel('Reason').fill('A miner was found.');
  await admin.getByRole('button', { name: 'Quarantine repository' }).click();
  await expect(admin.getByText(`${repository} is quarantined.`)).toBeVisible();
  const row = admin.getByRole('row').filter({ hasText: repository });
  await expect(row).toContainText('A miner was found.');
  await expectAccessible(admin);

  await expect(pull(image)).rejects.toThrow(/denied: .*is in quarantine: A miner was found\./);
  const refused = await pullManifest(repository);
  expect(refused.status).toBe(403);
  expect(await refused.json()).toMatchObject({ errors: [{ code: 'DENIED' }] });
  expect((await page.goto(`/${repository}`))?.status()).toBe(404);
  await admin.goto(`/${repository}`);
  await expect(admin.getByText('Quarantined. Pulls and pushes are blocked')).toBeVisible();

  await admin.goto('/admin/reports');
  await admin.getByRole('listitem').filter({ hasText: words }).getByText('Acted on …').click();
  await report.getByLabel('Note, for the audit').first().fill('In quarantine until they answer.');
  await report.getByRole('button', { name: 'Mark as acted on' }).click();
  await expect(admin.getByText(words)).toHaveCount(0);
  await expect(admin.getByText(`The report about ${repository} is marked as acted on.`)).toBeVisible();
  await admin.getByRole('link', { name: 'Acted on' }).click();
  await expect(admin.getByText(words)).toBeVisible();

  await admin.goto('/admin/quarantine');
  await row.getByRole('button', { name: 'Lift quarantine' }).click();
  await expect(row).toHaveCount(0);
  await expect(admin.getByText(`${repository} is back in the gallery and can be pulled.`)).toBeVisible();
  expect(await pull(image)).toBe(digest);
  await page.goto(`/${repository}`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(repository);
});

test('the report and quarantine forms reject an unknown repository', async ({ page }) => {
  await page.goto('/report?target=no-such-publisher/thing');
  await page.getByLabel('Reason').selectOption('spam');
  await page.getByLabel('Details').fill('There is nothing.');
  await page.getByRole('button', { name: 'Send report' }).click();
  await expect(refusal(page)).toBeVisible();
  await expect(page.getByLabel('Details')).toHaveValue('There is nothing.');
  await signInAs(page, await createStaff('admin'));
  await page.goto('/admin/quarantine?repository=no-such-publisher/thing');
  await quarantineForm(page).getByLabel('Reason').fill('Nothing.');
  await page.getByRole('button', { name: 'Quarantine repository' }).click();
  await expect(refusal(page)).toContainText("Repository no-such-publisher/thing doesn't exist");
});

test('an admin makes a user a reviewer, disables the account with its sessions and tokens, and enables it again', async ({
  page,
  browser,
}) => {
  const person = await signUp(page);
  const secret = await makeToken(page);
  const me = () => fetch(`http://${HOST}/api/v1/me`, { headers: { authorization: `Bearer ${secret}` } });
  expect((await me()).status).toBe(200);
  const admin = await openAs(browser, await createStaff('admin'));
  await admin.goto(`/admin/users?q=${person.email}`);
  await expect(admin.getByText('1 user', { exact: true })).toBeVisible();
  await expectAccessible(admin);
  const promote = async () => {
    await admin.getByLabel(`Role of ${person.email}`).selectOption('reviewer');
    await admin.getByRole('button', { name: 'Change role' }).click();
  };
  await promote();
  await expect(refusal(admin)).toContainText("This user's email address isn't confirmed.");
  await admin.getByRole('button', { name: 'Confirm address' }).click();
  await expect(admin.getByText('Not confirmed', { exact: true })).toHaveCount(0);
  await promote();
  await admin.getByRole('combobox', { name: 'Role', exact: true }).selectOption('reviewer');
  await admin.getByRole('button', { name: 'Filter' }).click();
  await expect(admin.getByText('1 user', { exact: true })).toBeVisible();
  await page.goto('/review');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();

  await admin.locator('summary', { hasText: 'Disable' }).click();
  await admin.getByLabel('Reason, for the audit').fill('Sold their account.');
  await admin.getByRole('button', { name: 'Disable account' }).click();
  await expect(admin.getByText(/^Disabled/)).toBeVisible();
  await page.goto('/console');
  await expect(page).toHaveURL(/\/signin/);
  expect((await me()).status).toBe(401);
  await fillSignIn(page, person.email, person.password);
  await expect(refusal(page)).toContainText('This account is disabled');

  await admin.getByRole('button', { name: 'Enable account' }).click();
  await expect(admin.locator('summary', { hasText: 'Disable' })).toBeVisible();
  await page.goto('/signin');
  await fillSignIn(page, person.email, person.password);
  await expect(page).toHaveURL('/console');
  expect((await me()).status).toBe(401);
});

test('an admin creates an account, whose holder sets a password by a link that works once', async ({
  page,
  browser,
}) => {
  await signInAs(page, await createStaff('admin'));
  await page.goto('/admin/users');
  await page.getByText('Create an account').click();
  const email = `person-${randomLetters(10)}@example.org`;
  await page.getByLabel('Name', { exact: true }).fill('Ada New');
  await page.getByLabel('Email address', { exact: true }).fill(email);
  await page.getByRole('button', { name: 'Create account' }).click();
  const notice = page.getByRole('status').filter({ hasText: `Send this link to ${email}` });
  const url = await notice.locator('code').first().textContent();
  await expectAccessible(page);
  const person = await (await browser.newContext()).newPage();
  await person.goto(url?.trim() ?? '');
  await person.getByLabel('New password').fill('a password of my own');
  await person.getByRole('button', { name: /password/i }).click();
  await expect(person).toHaveURL(/\/console|\/signin/);
  await page.goto(`/admin/users?q=${email}`);
  await expect(page.getByText('1 user', { exact: true })).toBeVisible();
  await page.locator('summary', { hasText: 'Reset password' }).click();
  await page.getByRole('button', { name: 'Create link' }).click();
  await expect(page.getByRole('status').filter({ hasText: `Send this link to ${email}` })).toBeVisible();
  await page.goto('/admin/users?q=qqxxyyzz');
  await expect(page.getByText('No matching users')).toBeVisible();
});

test('an admin verifies a publisher, whose pages and search results show a badge, and removes the badge', async ({
  page,
  browser,
}) => {
  test.skip(absent !== null, absent ?? '');
  const publisher = await createPublisher('push');
  await pushTool(publisher);
  const admin = await openAs(browser, await createStaff('admin'));
  await admin.goto(`/admin/registries?q=${publisher.alias}`);
  await expectAccessible(admin);
  await admin.locator('summary', { hasText: 'Verify' }).click();
  await admin.getByRole('button', { name: 'Verify' }).click();
  await expect(admin.getByLabel('Reason, shown on the badge')).toHaveJSProperty('validity.valueMissing', true);
  await admin.getByLabel('Reason, shown on the badge').fill('Their contract with us.');
  await admin.getByRole('button', { name: 'Verify' }).click();
  await expect(admin.getByText('Verified', { exact: true })).toBeVisible();
  for (const path of [`/${publisher.alias}`, `/${publisher.alias}/tool`]) {
    await page.goto(path);
    const badge = page.getByTitle(/^Their contract with us\. \(/);
    await expect(badge).toHaveText(/^\s*Verified\s*· Their contract with us\.$/);
    await expectAccessible(page);
  }
  await expect(async () => {
    await page.goto(`/search?q=${publisher.alias}&verified=1`);
    await expect(page.getByTitle('Controls a verified domain, or was verified by an admin')).toHaveText('Verified', {
      timeout: 1_000,
    });
  }).toPass({ timeout: 20_000 });
  await admin.getByRole('button', { name: 'Remove badge' }).click();
  await expect(admin.locator('summary', { hasText: 'Verify' })).toBeVisible();
  await page.goto(`/${publisher.alias}`);
  await expect(page.getByText('Verified')).toHaveCount(0);
});

test('an admin sets a quota, and the publisher sees the used storage', async ({ page, browser }) => {
  await signUp(page);
  const alias = await readAlias(page);
  const admin = await openAs(browser, await createStaff('admin'));
  await admin.goto(`/admin/registries?q=${alias}`);
  const row = admin.getByRole('row').filter({ hasText: alias });
  await expect(row).toContainText('unlimited (default)');
  await row.locator('summary', { hasText: 'Change quota' }).click();
  const field = row.getByLabel('Such as 10GB, unlimited or default');
  await field.fill('ten');
  await row.getByRole('button', { name: 'Set quota' }).click();
  await expect(row.getByText('Enter a size such as 10GB')).toBeVisible();
  await field.fill('10GB');
  await row.getByRole('button', { name: 'Set quota' }).click();
  await expect(row).toContainText('10 GB');
  await expectAccessible(admin);
  await page.goto('/console');
  await expect(page.locator('dt:text-is("Storage") + dd')).toHaveText('0 bytes of 10 GB');
  await expectAccessible(page);
});

test('a publisher filters the activity of their registry and exports it as JSON lines', async ({ page }) => {
  test.skip(absent !== null, absent ?? '');
  const person = await signUp(page);
  const alias = await readAlias(page);
  await pushTool({ alias, secret: await makeToken(page) });
  await page.goto('/console/activity');
  const table = page.getByRole('table');
  await expect(table.getByRole('rowheader', { name: 'repository.create' })).toBeVisible();
  await expect(table.getByRole('row').filter({ hasText: 'tag.' })).toContainText(/sha256:[0-9a-f]{6}/);
  await expectAccessible(page);
  await page.getByLabel('Action begins with').fill('tag.');
  await page.getByRole('button', { name: 'Filter' }).click();
  await expect(page).toHaveURL(/action=tag\./);
  await expect(table.getByRole('rowheader')).toHaveCount(1);
  const events = await exportLines(page);
  expect(events).toHaveLength(1);
  expect(events[0]).toMatchObject({ actor: person.email });
  expect(events[0]?.action).toMatch(/^tag\./);
  await page.getByLabel('Target').fill('nothing-like-it');
  await page.getByRole('button', { name: 'Filter' }).click();
  await expect(page.getByText('No matching events')).toBeVisible();
  await page.getByRole('link', { name: 'Clear filters' }).click();
  await expect(table.getByRole('rowheader', { name: 'repository.create' })).toBeVisible();
});

test('an admin filters the audit log by actor, action and registry, and exports the result', async ({ page }) => {
  const publisher = await createPublisher('push');
  await signInAs(page, await createStaff('admin'));
  await page.goto('/admin/audit');
  await page.getByLabel('Who').fill(publisher.email);
  await page.getByRole('button', { name: 'Filter' }).click();
  await expect(page.getByRole('rowheader', { name: 'registry.create' })).toBeVisible();
  await expectAccessible(page);
  const all = await exportLines(page);
  expect(all.length).toBeGreaterThan(0);
  expect(new Set(all.map(({ actor }) => actor))).toEqual(new Set([publisher.email]));
  await page.getByLabel('Who').fill('');
  await page.getByLabel('Registry').fill(publisher.alias);
  await page.getByLabel('Action begins with').fill('registry.');
  await page.getByRole('button', { name: 'Filter' }).click();
  await expect(page.getByRole('rowheader')).toHaveText(['registry.create']);
  expect((await exportLines(page)).map(({ action }) => action)).toEqual(['registry.create']);
  await page.getByLabel('Registry').fill('no-such-registry');
  await page.getByRole('button', { name: 'Filter' }).click();
  await expect(page.getByText('No registry is called no-such-registry. This list covers all of them.')).toBeVisible();
});

test('the health page shows figures for the database, blob store, disk and background work', async ({ page }) => {
  await signInAs(page, await createStaff('admin'));
  await page.goto('/admin');
  await page.getByRole('link', { name: 'Health' }).click();
  const figure = (name: string) => page.locator(`dt:text-is("${name}") + dd`);
  await expect(figure('Database')).toContainText(/Responds in \d+ ms/);
  await expect(figure('Blob store')).toContainText(/Writable.*\d+ blobs/s);
  await expect(figure('Disk')).toContainText(/\d.* free.*of \d/s);
  await expect(figure('Background work')).toContainText(/\d+ waiting, \d+ running/);
  await expect(figure('PostgreSQL')).toContainText(/^\d+/);
  await expectAccessible(page);
});

async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await findViolations(page)).toEqual([]);
  }
}

type Line = { actor: string; action: string; target: string };

/** Downloads the filtered export and parses its lines. */
async function exportLines(page: Page): Promise<Line[]> {
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Export JSON lines' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe('audit.jsonl');
  const lines = readFileSync(await file.path(), 'utf8')
    .trim()
    .split('\n');
  return lines.filter(Boolean).map((line) => JSON.parse(line) as Line);
}

/** Requests the manifest with an anonymous token. */
async function pullManifest(repository: string): Promise<Response> {
  const answer = await fetch(`http://${HOST}/token?service=${HOST}&scope=repository:${repository}:pull`);
  const { token } = (await answer.json()) as { token: string };
  const headers = { authorization: `Bearer ${token}` };
  return fetch(`http://${HOST}/v2/${repository}/manifests/v1`, { headers });
}

/** Each quarantined repository has a form with a reason, too. */
function quarantineForm(page: Page): Locator {
  return page.locator('form').filter({ has: page.getByRole('button', { name: 'Quarantine repository' }) });
}
