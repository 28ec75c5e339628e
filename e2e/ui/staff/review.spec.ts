import { expect, test, type Page } from '@playwright/test';
import { HOST, missing, vitrine } from '../../fixtures.ts';
import { refusal, signUp } from '../people.ts';
import {
  askForAlias,
  callApi,
  claim,
  createAdminSecret,
  createStaff,
  openAs,
  pull,
  pushTool,
  randomLetters,
  signInAs,
} from '../staff.ts';

const absent = missing('skopeo');

test('a reviewer approves a request with the keyboard alone, and clients pull from both aliases', async ({ page }) => {
  test.skip(absent !== null, absent ?? '');
  const asker = await askForAlias();
  await pushTool(asker);
  const reviewer = await createStaff('reviewer');
  await signInAs(page, reviewer);
  await page.goto(`/review?q=${asker.name}`);
  const row = page.getByRole('link', { name: asker.name });
  await pressUntil(page, 'j', () => expect(row).toBeFocused({ timeout: 500 }));
  await page.keyboard.press('Enter');
  await page.waitForURL(`/review/${asker.id}`);
  await pressUntil(page, 'c', () => expect(page.getByText('Request claimed.')).toBeVisible({ timeout: 2_000 }));
  await expect(page.getByText(/You claimed this until \d\d:\d\d UTC/)).toBeVisible();

  await page.keyboard.press('a');
  const note = page.getByLabel('Approval note');
  await expect(note).toBeFocused();
  await page.keyboard.type('Checked: a cup of juice, next x-axis.');
  await expect(note).toHaveValue('Checked: a cup of juice, next x-axis.');
  await page.keyboard.press('Control+Enter');
  await expect(page.getByText(`Approved: ${asker.name} is active.`)).toBeVisible();
  await expect(page.getByText('No decision is pending.')).toBeVisible();
  for (const alias of [asker.alias, asker.name]) {
    expect(await pull(`docker://${HOST}/${alias}/tool:v1`)).toMatch(/^sha256:/);
  }
  await page.keyboard.press('u');
  await page.waitForURL('/review');
});

test('shortcuts open help, note, decline and question, but do nothing while the reviewer types', async ({ page }) => {
  const asker = await askForAlias();
  await signInAs(page, await createStaff('reviewer'));
  await page.goto(`/review/${asker.id}`);
  const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await pressUntil(page, '?', () => expect(help).toBeVisible({ timeout: 500 }));
  await page.keyboard.press('c');
  await page.keyboard.press('Escape');
  await expect(help).toBeHidden();
  await expect(page.getByText('Not claimed yet.')).toBeVisible();

  await page.keyboard.press('n');
  await expect(page.getByLabel('Note', { exact: true })).toBeFocused();
  await page.keyboard.type('cax? jk');
  await page.keyboard.press('Control+Enter');
  await expect(page.getByText('Note saved.')).toBeVisible();
  await expect(page.getByText('Note for reviewers')).toBeVisible();
  await expect(page.getByText('Not claimed yet.')).toBeVisible();

  await page.keyboard.press('Escape');
  await page.keyboard.press('c');
  await expect(page.getByText('Request claimed.')).toBeVisible();
  await page.keyboard.press('x');
  await expect(page.getByLabel('Reason')).toBeFocused();
  await page.keyboard.press('Escape');
  await page.keyboard.press('r');
  await expect(page.getByLabel('Question')).toBeFocused();
  await page.keyboard.type('Whose name is it?');
  await page.keyboard.press('Control+Enter');
  await expect(page.getByText('Question sent. The request waits for the requester’s answer.')).toBeVisible();
  const { entries } = (await callApi(asker.secret, 'GET', `/alias-requests/${asker.id}`)) as {
    entries: { kind: string; body: string }[];
  };
  expect(entries.filter(({ kind }) => kind !== 'status')).toMatchObject([
    { kind: 'message', body: 'Whose name is it?' },
  ]);
  await page.goto(`/review?view=waiting&q=${asker.name}`);
  await expect(page.getByRole('row').filter({ hasText: asker.name })).toContainText('Waiting for the requester');
});

test('a reserved name needs approval from two reviewers', async ({ page, browser }) => {
  const name = `brand${randomLetters(10)}`;
  await callApi(await createAdminSecret(), 'POST', '/reserved-names', {
    name,
    kind: 'brand',
    match: 'exact',
    reason: 'The name of a company.',
    source: 'tests',
  });
  const asker = await askForAlias(name);
  const first = await createStaff('reviewer');
  await signInAs(page, first);
  await page.goto(`/review/${asker.id}`);
  await expect(page.getByText('The name of a company.')).toBeVisible();
  await claim(page);
  await page.getByLabel('Approval note').fill('Their mark is registered.');
  await page.getByRole('button', { name: 'Approve (first of two)' }).click();
  await expect(page.getByText('A second reviewer must agree before')).toBeVisible();
  await expect(page.getByText('You approved this. A second reviewer must agree.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Claim request' })).toHaveCount(0);

  const other = await openAs(browser, await createStaff('reviewer'));
  await other.goto(`/review?view=second&q=${name}`);
  await other.getByRole('link', { name }).click();
  await expect(other.getByText('Their mark is registered.')).toBeVisible();
  await claim(other);
  await other.getByLabel('Approval note').fill('I agree.');
  await other.getByRole('button', { name: 'Approve (second of two)' }).click();
  await expect(other.getByText(`Approved: ${name} is active.`)).toBeVisible();
});

test('a reviewer declines with a saved reply, and another reviewer decides on the appeal', async ({
  page,
  browser,
}) => {
  test.slow();
  const asker = await askForAlias();
  const title = `No evidence ${randomLetters(6)}`;
  await signInAs(page, await createStaff('reviewer'));
  await page.goto('/review/replies');
  await page.getByLabel('Title').fill(title);
  await page.getByLabel('Message').fill('Prove a domain of that name, please.');
  await page.getByRole('button', { name: 'Add reply' }).click();
  await expect(page.getByText('Saved.')).toBeVisible();

  await page.goto(`/review/${asker.id}`);
  await claim(page);
  await unfold(page, 'Decline');
  await page.getByLabel('Reason').selectOption('no_evidence');
  const decline = page.getByRole('group').filter({ has: page.getByLabel('Reason') });
  await decline.getByLabel('Saved reply').selectOption({ label: title });
  await expect(decline.getByLabel('Message')).toHaveValue('Prove a domain of that name, please.');
  await decline.getByRole('button', { name: 'Decline' }).click();
  await expect(page.getByText('Declined. The requester has been notified.')).toBeVisible();

  const publisher = await openAs(browser, asker);
  await publisher.goto('/console/notifications');
  await expect(publisher.getByRole('main')).toContainText(asker.name);
  await publisher.goto(`/console/aliases/${asker.id}`);
  await expect(publisher.getByText("The evidence doesn't show that the name belongs to you.")).toBeVisible();
  await expect(publisher.getByText('Prove a domain of that name, please.')).toBeVisible();
  await publisher.getByLabel('Reason for the appeal').fill('It is our trade name.');
  await publisher.getByRole('button', { name: 'Send appeal' }).click();
  await expect(publisher.getByRole('button', { name: 'Send appeal' })).toHaveCount(0);
  await expect(publisher.getByText('Appealed', { exact: true })).toBeVisible();

  await page.reload();
  await expect(page.getByText('You declined this, so another reviewer decides on the appeal.')).toBeVisible();
  const other = await openAs(browser, await createStaff('reviewer'));
  await other.goto(`/review?view=appeals&q=${asker.name}`);
  await other.getByRole('link', { name: asker.name }).click();
  await expect(other.getByText('It is our trade name.')).toBeVisible();
  await claim(other);
  await other.getByLabel('Approval note').fill('It is.');
  await other.getByRole('button', { name: 'Approve request' }).click();
  await expect(other.getByText(`Approved: ${asker.name} is active.`)).toBeVisible();
  await publisher.reload();
  await expect(publisher.getByText('Active', { exact: true })).toBeVisible();
  await publisher.goto(`/${asker.alias}`);
  await expect(publisher).toHaveURL(`/${asker.name}`);

  await page.goto('/review/replies');
  const reply = page.getByRole('listitem').filter({ hasText: title });
  await reply.getByText('Remove …').click();
  await reply.getByRole('button', { name: 'Remove reply' }).click();
  await expect(page.getByText(title)).toHaveCount(0);
});

test('when two reviewers claim a request, the second sees who claimed it', async ({ page, browser }) => {
  const asker = await askForAlias();
  const ada = await createStaff('reviewer', 'Ada');
  await signInAs(page, ada);
  const other = await openAs(browser, await createStaff('reviewer'));
  await page.goto(`/review/${asker.id}`);
  await other.goto(`/review/${asker.id}`);
  await claim(page);
  await other.getByRole('button', { name: 'Claim request' }).click();
  await expect(refusal(other)).toContainText('Another reviewer');
  await expect(refusal(other)).toContainText('The page now shows the current state.');
  await expect(other.getByRole('region', { name: 'Decision' })).toContainText(/Claimed by Ada until \d\d:\d\d UTC/);
  await expect(other.getByRole('button', { name: 'Claim request' })).toHaveCount(0);

  // A stale window of the same reviewer is rejected too.
  const behind = await page.context().newPage();
  await behind.goto(`/review/${asker.id}`);
  await behind.getByLabel('Approval note').fill('Fine.');
  await page.getByRole('button', { name: 'Return to queue' }).click();
  await expect(page.getByText('Request returned to the queue.')).toBeVisible();
  await behind.getByRole('button', { name: 'Approve request' }).click();
  await expect(refusal(behind)).toContainText('This request was changed in the meantime');
  await expect(behind.getByRole('button', { name: 'Claim request' })).toBeVisible();
});

test('an open request page renews its claim and shows changes by other reviewers', async ({ page, browser }) => {
  const asker = await askForAlias();
  await signInAs(page, await createStaff('reviewer', 'Ada'));
  const watcher = await openAs(browser, await createStaff('reviewer'));
  for (const open of [page, watcher]) {
    await open.clock.install();
    await open.goto(`/review/${asker.id}`);
  }
  await claim(page);
  await expect(watcher.getByText('Not claimed yet.')).toBeVisible();
  await expect(async () => {
    await watcher.clock.fastForward(46_000);
    await expect(watcher.getByText(/^Claimed by Ada until/)).toBeVisible({ timeout: 1_000 });
  }).toPass();
  const note = page.getByLabel('Approval note');
  await note.fill('Half a sen');
  const renewal = page.waitForResponse((response) => response.request().method() === 'POST');
  await page.clock.fastForward(46_000);
  expect((await renewal).status()).toBe(200);
  await expect(page.getByText(/You claimed this until/)).toBeVisible();
  await expect(note).toHaveValue('Half a sen');
});

test('auto-advance opens the next request that the reviewer may decide', async ({ page }) => {
  const asker = await askForAlias();
  await askForAlias();
  await signInAs(page, await createStaff('reviewer'));
  await page.goto(`/review/${asker.id}`);
  await page.getByRole('button', { name: 'Auto-advance: off' }).click();
  await expect(page.getByRole('button', { name: 'Auto-advance: on' })).toHaveAttribute('aria-pressed', 'true');
  await claim(page);
  await page.getByLabel('Approval note').fill('Fine.');
  await page.getByRole('button', { name: 'Approve request' }).click();
  await page.waitForURL(new RegExp(`/review/(?!${asker.id})[0-9a-f-]+\\?after=${asker.id}$`));
  await expect(page.getByText(`${asker.name} is now Active`)).toBeVisible();
});

test('a reviewer sees requests from their own registry but gets no decision buttons', async ({ page }) => {
  const reviewer = await createStaff('reviewer');
  const options = ['--email', reviewer.email, '--scope', 'api:write', '--json'];
  const { secret } = JSON.parse(await vitrine('token', 'create', ...options)) as { secret: string };
  const me = (await callApi(secret, 'GET', '/me')) as { registries: { registryId: string }[] };
  const path = `/registries/${me.registries[0]?.registryId}/alias-requests`;
  const body = { name: `own${randomLetters(10)}`, purpose: 'Mine.', links: [] };
  const { id } = (await callApi(secret, 'POST', path, body)) as { id: string };
  await signInAs(page, reviewer);
  await page.goto(`/review/${id}`);
  await expect(page.getByText('You belong to this registry, so another reviewer decides')).toBeVisible();
  const panel = page.getByRole('region', { name: 'Decision' });
  await expect(panel.getByRole('button')).toHaveCount(0);
});

test('review pages return 404 for visitors and members, and admin pages for reviewers too', async ({
  page,
  browser,
}) => {
  const asker = await askForAlias();
  const review = ['/review', '/review/replies', `/review/${asker.id}`];
  const admin = ['/admin', '/admin/reserved-names', '/admin/reserved-names/import', '/admin/reserved-names/export'];
  for (const path of [...review, ...admin]) expect(await statusOf(page, path), path).toBe(404);
  await signUp(page);
  for (const path of [...review, ...admin]) expect(await statusOf(page, path), path).toBe(404);
  await page.goto('/console');
  await expect(page.getByRole('link', { name: 'Review' })).toHaveCount(0);
  const reviewer = await openAs(browser, await createStaff('reviewer'));
  for (const path of review) expect(await statusOf(reviewer, path), path).toBe(200);
  for (const path of admin) expect(await statusOf(reviewer, path), path).toBe(404);
  await reviewer.goto('/');
  await reviewer.getByRole('banner').locator('details[data-menu] summary:visible').click();
  await expect(reviewer.getByRole('banner').getByRole('link', { name: 'Review' })).toBeVisible();
  await expect(reviewer.getByRole('banner').getByRole('link', { name: 'Admin' })).toHaveCount(0);
  expect(await statusOf(reviewer, '/review/not-an-id')).toBe(404);
});

/** Presses the key until the check passes, because shortcuts work only after the page's script has run. */
async function pressUntil(page: Page, key: string, check: () => Promise<void>): Promise<void> {
  await expect(async () => {
    await page.keyboard.press(key);
    await check();
  }).toPass({ timeout: 20_000 });
}

/** Requests the path with the page's cookies and returns the status. */
/** A missing page doesn't name what it would have been. */
async function statusOf(page: Page, path: string): Promise<number> {
  const response = await page.request.get(path);
  if (response.status() === 404) expect(await response.text(), path).not.toMatch(/<title>(?!Not found)/);
  return response.status();
}

async function unfold(page: Page, title: string): Promise<void> {
  await page.locator('summary').filter({ hasText: title }).click();
}
