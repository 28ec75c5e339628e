// A requester asks for an alias, and follows what others publish meanwhile.
import { randomUUID } from 'node:crypto';
import { expect } from '@playwright/test';
import { createPublisher, setTxtRecords, withDatabase } from '../../fixtures.ts';
import { refusal, signInByCookie } from '../people.ts';
import { claim, createStaff, randomLetters } from '../staff.ts';
import { unfold, walk } from './walk.ts';

walk('a requester drafts, submits and discusses a request, and gets the alias', async (walker) => {
  const { page } = walker;
  const { email } = await createPublisher();
  await signInByCookie(page, email);
  const name = `tern${randomLetters(10)}`;

  await walker.open('/console/aliases');
  await page.getByRole('link', { name: 'Request an alias' }).click();
  await expect(page).toHaveURL(/\/console\/aliases\/new/);
  await walker.see();
  const field = page.getByLabel('Alias', { exact: true });
  await field.fill('kubernetess');
  if (walker.hasScripts) {
    await expect(page.getByText('Could be mistaken for kubernetes')).toBeVisible();
    await walker.see();
  }
  await field.fill('signin');
  await page.getByLabel('Purpose').fill('The name of our project.');
  await page.getByRole('button', { name: 'Request alias' }).click();
  await expect(refusal(page)).toContainText('/signin is a page of this site.');
  await walker.see();
  await field.fill(name);
  await page.getByRole('button', { name: 'Save draft' }).click();
  await expect(page.getByText('Draft', { exact: true })).toBeVisible();
  await walker.see();
  await page.getByLabel('Purpose').fill('The name of our project, and of its tools.');
  await page.getByRole('button', { name: 'Submit request' }).click();
  await expect(page.getByText('Waiting for review')).toBeVisible();
  await page.getByLabel('Message').fill('Is there anything you need?');
  await page.getByRole('button', { name: 'Send message' }).click();
  await expect(page.getByRole('article').getByText('Is there anything you need?')).toBeVisible();
  await walker.see();
  const id = new URL(page.url()).pathname.split('/').at(-1) ?? '';

  await page.goto('/console/aliases');
  const domain = `d-${randomUUID()}.example`;
  await page.getByLabel('Domain').fill(domain);
  await page.getByRole('button', { name: 'Get challenge' }).click();
  const challenge = (await page.getByText(/^vitrine-[0-9a-f]{32}$/).textContent()) ?? '';
  await walker.see();
  await page.getByRole('button', { name: 'Check now' }).click();
  await expect(page.getByText(/has no TXT record|Couldn't look up/)).toBeVisible({ timeout: 20_000 });
  await walker.see();
  setTxtRecords(`_vitrine-challenge.${domain}`, [challenge]);

  const reviewer = await walker.another(await createStaff('reviewer'));
  await reviewer.goto(`/review/${id}`);
  await claim(reviewer);
  await reviewer.getByLabel('Approval note').fill('It is theirs.');
  await reviewer.getByRole('button', { name: 'Approve request' }).click();
  await expect(reviewer.getByText(`Approved: ${name} is active.`)).toBeVisible();
  await walker.open('/console/notifications');
  await expect(page.getByRole('main')).toContainText(name);
  await walker.open(`/console/aliases/${id}`);
  await expect(page.getByText('Active', { exact: true })).toBeVisible();
  await walker.open(`/${name}`);
  await walker.open('/console/aliases');
});

walk('a requester stars and follows, reads the feed, and shares none of it after revoking its URL', async (walker) => {
  const { page } = walker;
  const { email } = await createPublisher();
  await signInByCookie(page, email);
  await walker.open('/console/following');
  await expect(page.getByText('You don’t follow anything yet')).toBeVisible();

  await walker.open('/tidepool/kv');
  await page.getByRole('button', { name: /^Star/ }).click();
  await expect(refusal(page)).toContainText('Your account must be a day old to star.');
  await walker.see();
  await withDatabase((client) =>
    client.query(`UPDATE users SET created_at = now() - interval '25 hours' WHERE email = $1`, [email]),
  );
  await page.getByRole('button', { name: /^Star/ }).click();
  await expect(page.getByRole('button', { name: /^Unstar/ })).toBeVisible();
  await page.getByRole('button', { name: /^Follow/ }).click();
  await expect(page.getByRole('button', { name: /^Unfollow/ })).toBeVisible();
  await walker.see();
  await walker.open('/lanternworks');
  await page.getByRole('button', { name: /^Follow/ }).click();
  await expect(page.getByRole('button', { name: /^Unfollow/ })).toBeVisible();

  await walker.open('/console/following');
  await page.getByRole('button', { name: 'Create feed URL' }).click();
  const url = (await page.getByText(/\/api\/following\/[\w-]+\.atom$/).textContent()) ?? '';
  await walker.see();
  expect(await (await fetch(url)).text()).toContain('<title>lanternworks/web is new</title>');
  await unfold(page.getByText('Revoke …'));
  await page.getByRole('button', { name: 'Revoke URL' }).click();
  await expect(page.getByRole('button', { name: 'Create feed URL' })).toBeVisible();
  expect((await fetch(url)).status).toBe(404);
  await page.getByRole('button', { name: /^Unstar/ }).click();
  await expect(page.getByRole('button', { name: /^Unstar/ })).toHaveCount(0);
  await walker.see();
});
