// An admin looks after accounts, publishers, reports and names.
import { expect } from '@playwright/test';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { buildSampleImage } from '../../clients/sample-image.ts';
import { BASE_URL, createPublisher } from '../../fixtures.ts';
import { refusal, signInByCookie } from '../people.ts';
import { createStaff, randomLetters } from '../staff.ts';
import { unfold, walk } from './walk.ts';

walk('an admin handles a report and quarantines a repository', async (walker) => {
  const { page } = walker;
  const { alias, secret } = await createPublisher();
  const repository = `${alias}/tool`;
  await createDistributionClient(BASE_URL, secret).push(repository, await buildSampleImage(), ['1.0']);
  const words = `It mines coins: ${randomLetters(8)}.`;
  // Reports are limited by address, except for users.
  const witness = await walker.another(await createPublisher());
  await witness.goto(`/report?target=${repository}`);
  await witness.getByLabel('Reason').selectOption('malware');
  await witness.getByLabel('Details').fill(words);
  await witness.getByRole('button', { name: 'Send report' }).click();
  await expect(witness.getByText('Thank you.')).toContainText(repository);

  await signInByCookie(page, (await createStaff('admin')).email);
  await page.goto('/');
  await walker.see();
  await walker.fromHeader('Admin');
  await expect(page).toHaveURL('/admin');
  await walker.see();
  await page.getByRole('link', { name: /Open reports/ }).click();
  await expect(page).toHaveURL('/admin/reports');
  await walker.see();
  const report = page.getByRole('listitem').filter({ hasText: words });
  await report.getByRole('link', { name: 'Quarantine …' }).click();
  await expect(page).toHaveURL(/\/admin\/quarantine/);
  const form = page.locator('form').filter({ has: page.getByRole('button', { name: 'Quarantine repository' }) });
  await form.getByLabel('Reason').fill('A miner was found.');
  await form.getByRole('button', { name: 'Quarantine repository' }).click();
  await expect(page.getByText(`${repository} is quarantined.`)).toBeVisible();
  await walker.see();
  await walker.open(`/${repository}`);
  await expect(page.getByText('Quarantined. Pulls and pushes are blocked')).toBeVisible();
  await walker.open('/admin/reports');
  await unfold(report.getByText('Acted on …'));
  await report.getByLabel('Note, for the audit').first().fill('In quarantine.');
  await report.getByRole('button', { name: 'Mark as acted on' }).click();
  await expect(page.getByText(`The report about ${repository} is marked as acted on.`)).toBeVisible();
  await walker.see();
  await page.goto('/admin/quarantine');
  await page.getByRole('row').filter({ hasText: repository }).getByRole('button', { name: 'Lift quarantine' }).click();
  await expect(page.getByText(`${repository} is back in the gallery and can be pulled.`)).toBeVisible();
  await walker.see();
  for (const path of ['deleted', 'mirrors', 'health']) await walker.open(`/admin/${path}`);
});

walk('an admin manages accounts, publishers, names and the site', async (walker) => {
  const { page } = walker;
  const { alias } = await createPublisher();
  await signInByCookie(page, (await createStaff('admin')).email);

  await walker.open('/admin/users');
  await unfold(page.getByText('Create an account'));
  const email = `person-${randomLetters(10)}@example.org`;
  await page.getByLabel('Name', { exact: true }).fill('Ada New');
  await page.getByLabel('Email address', { exact: true }).fill(email);
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page.getByRole('status').filter({ hasText: `Send this link to ${email}` })).toBeVisible();
  await walker.see();
  await walker.open(`/admin/users?q=${email}`);
  await expect(page.getByText('1 user', { exact: true })).toBeVisible();
  await unfold(page.locator('summary', { hasText: 'Reset password' }));
  await page.getByRole('button', { name: 'Create link' }).click();
  await expect(page.getByRole('status').filter({ hasText: `Send this link to ${email}` })).toBeVisible();
  await walker.see();

  await walker.open('/admin/registries');
  await walker.open(`/admin/registries?q=${alias}`);
  await unfold(page.locator('summary', { hasText: 'Change quota' }));
  await page.getByLabel('Such as 10GB, unlimited or default').fill('ten');
  await page.getByRole('button', { name: 'Set quota' }).click();
  await expect(page.getByText('Enter a size such as 10GB')).toBeVisible();
  await walker.see();
  await page.getByLabel('Such as 10GB, unlimited or default').fill('10GB');
  await page.getByRole('button', { name: 'Set quota' }).click();
  await expect(page.getByRole('row').filter({ hasText: alias })).toContainText('10 GB');
  await unfold(page.locator('summary', { hasText: 'Verify' }));
  await page.getByLabel('Reason, shown on the badge').fill('Their contract with us.');
  await page.getByRole('button', { name: 'Verify' }).click();
  await expect(page.getByText('Verified', { exact: true })).toBeVisible();
  await walker.see();

  const name = `word${randomLetters(10)}`;
  await walker.open('/admin/reserved-names');
  await unfold(page.getByText('Reserve a name'));
  await page.getByLabel('Name', { exact: true }).first().fill(name);
  await page.getByLabel('Reason').fill('Nobody should have it.');
  await page.getByRole('combobox', { name: 'Kind' }).first().selectOption('blocked');
  await page.getByRole('button', { name: 'Reserve name' }).click();
  await expect(page.getByText(`${name} is reserved.`)).toBeVisible();
  await walker.see();
  await page.getByLabel('Name to test').fill(name.replace('o', '0'));
  await page.getByRole('button', { name: 'Test name' }).click();
  await expect(page.getByText('Requests for it are refused.')).toBeVisible();
  await walker.see();
  await walker.open('/admin/reserved-names/import');
  await page.getByLabel('CSV lines').fill(`name,kind,match,reason,source\n${randomLetters(12)},brand,exact,Theirs.,`);
  await page.getByRole('button', { name: 'Preview import' }).click();
  await expect(page.getByText('The import adds 1 name.')).toBeVisible();
  await walker.see();

  await walker.open('/admin/audit');
  await page.getByLabel('Registry').fill(alias);
  await page.getByRole('button', { name: 'Filter' }).click();
  await expect(page.getByText('registry.create').first()).toBeVisible();
  await walker.see();
  // Other tests read the settings, so this one only tries to change them.
  await walker.open('/admin/settings');
  await page.getByLabel('Contact').fill('nonsense');
  await page.getByRole('button', { name: 'Save settings' }).click();
  await expect(refusal(page).first()).toBeVisible();
  await walker.see();
});
