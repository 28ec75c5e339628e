// Reserved name claims: DNS verification, approval by two reviewers, and pulls from both aliases.
import { expect, test } from '@playwright/test';
import { HOST, missing, setTxtRecords } from '../../fixtures.ts';
import { makeToken, readAlias, refusal, signUp } from '../people.ts';
import { callApi, claim, createAdminSecret, createStaff, openAs, pull, pushTool, randomLetters } from '../staff.ts';

const absent = missing('skopeo');

test('a publisher verifies a domain, two reviewers approve the reserved name, and both aliases serve pulls', async ({
  page,
  browser,
}) => {
  test.skip(absent !== null, absent ?? '');
  test.slow();
  const name = `mill${randomLetters(10)}`;
  const domain = `${name}.example`;
  await callApi(await createAdminSecret(), 'POST', '/reserved-names', {
    name,
    kind: 'brand',
    match: 'exact',
    reason: 'The name of a mill.',
    source: 'tests',
  });
  const person = await signUp(page);
  const alias = await readAlias(page);
  const image = await pushTool({ alias, secret: await makeToken(page) });

  await page.goto('/console/aliases');
  await page.getByLabel('Domain').fill(domain);
  await page.getByRole('button', { name: 'Get challenge' }).click();
  const record = await page.getByText(`_vitrine-challenge.${domain}`).textContent();
  const challenge = await page.getByText(/^vitrine-[0-9a-f]{32}$/).textContent();
  expect(record).toBe(`_vitrine-challenge.${domain}`);
  setTxtRecords(record ?? '', ['v=spf1 -all']);
  await page.getByRole('button', { name: 'Check now' }).click();
  await expect(page.getByText('has only other TXT records')).toBeVisible();
  setTxtRecords(record ?? '', ['v=spf1 -all', challenge ?? '']);
  await page.getByRole('button', { name: 'Check now' }).click();
  await expect(page.getByText('Verified', { exact: true })).toBeVisible();
  await page.goto(`/${alias}`);
  await expect(page.getByText(`· ${domain}`)).toBeVisible();
  await expect(page.getByRole('main').getByText(person.displayName)).toBeVisible();

  await page.goto('/console/aliases/new');
  await page.getByLabel('Alias', { exact: true }).fill(name);
  await expect(page.getByText('The name of a mill.')).toBeVisible();
  await expect(page.getByText('Two reviewers must agree on this name.')).toBeVisible();
  await page.getByLabel('Purpose').fill('We are the mill.');
  await page.getByRole('button', { name: 'Request alias' }).click();
  await expect(page.getByText('Waiting for review')).toBeVisible();
  const request = page.url();
  const id = request.split('/').at(-1) ?? '';

  const first = await openAs(browser, await createStaff('reviewer'));
  await first.goto(`/review/${id}`);
  await expect(first.getByText('by DNS, verified')).toBeVisible();
  await claim(first);
  await first.getByLabel('Approval note').fill('The domain is theirs.');
  await first.getByRole('button', { name: 'Approve (first of two)' }).click();
  await expect(first.getByText('You approved this. A second reviewer must agree.')).toBeVisible();
  await expect(pull(`docker://${HOST}/${name}/tool:v1`)).rejects.toThrow();

  const second = await openAs(browser, await createStaff('reviewer'));
  await second.goto(`/review?view=second&q=${name}`);
  await second.getByRole('link', { name }).click();
  await claim(second);
  await second.getByLabel('Approval note').fill('Seen too.');
  await second.getByRole('button', { name: 'Approve (second of two)' }).click();
  await expect(second.getByText(`Approved: ${name} is active.`)).toBeVisible();

  const digest = await pull(image);
  expect(await pull(`docker://${HOST}/${name}/tool:v1`)).toBe(digest);
  await page.goto(request);
  await expect(page.getByText('Active', { exact: true })).toBeVisible();
  await page.goto('/console/notifications');
  await expect(page.getByRole('main')).toContainText(name);
});

test('a TXT record with another challenge leaves the domain unverified', async ({ page }) => {
  const domain = `${randomLetters(12)}.example`;
  await signUp(page);
  await page.goto('/console/aliases');
  await page.getByLabel('Domain').fill(domain);
  await page.getByRole('button', { name: 'Get challenge' }).click();
  await expect(page.getByText(`_vitrine-challenge.${domain}`)).toBeVisible();
  setTxtRecords(`_vitrine-challenge.${domain}`, [`vitrine-${'0'.repeat(32)}`]);
  await page.getByRole('button', { name: 'Check now' }).click();
  await expect(page.getByText('has only other TXT records')).toBeVisible();
  await expect(page.getByText('Not found yet')).toBeVisible();
  await expect(refusal(page)).toHaveCount(0);
});
