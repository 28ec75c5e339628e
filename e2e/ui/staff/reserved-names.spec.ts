import { expect, test } from '@playwright/test';
import { refusal } from '../people.ts';
import { askForAlias, createStaff, randomLetters, signInAs } from '../staff.ts';

test('an admin reserves a name, tests it, filters by kind, and removes it', async ({ page }) => {
  const name = `word${randomLetters(10)}`;
  await signInAs(page, await createStaff('admin', 'Grace'));
  await page.goto('/admin/reserved-names');
  await page.getByText('Reserve a name').click();
  await page.getByLabel('Name', { exact: true }).first().fill('Not A Name!');
  await page.getByLabel('Reason').fill('Nobody should have it.');
  await page.getByRole('combobox', { name: 'Kind' }).first().selectOption('blocked');
  await page.getByRole('button', { name: 'Reserve name' }).click();
  await expect(page.getByLabel('Name', { exact: true }).first()).toHaveAccessibleDescription(/lowercase letters/);
  await page.getByLabel('Name', { exact: true }).first().fill(name);
  await page.getByRole('button', { name: 'Reserve name' }).click();
  await expect(page.getByText(`${name} is reserved.`)).toBeVisible();

  await page.getByLabel('Name to test').fill(name.replace('o', '0'));
  await page.getByRole('button', { name: 'Test name' }).click();
  const box = page.getByRole('region', { name: 'Test a name' });
  await expect(box.getByText('Requests for it are refused.')).toBeVisible();
  await expect(box.getByText('Nobody should have it.')).toBeVisible();

  await page.goto(`/admin/reserved-names?q=${name}&kind=brand`);
  await expect(page.getByText('No matching names')).toBeVisible();
  await page.goto(`/admin/reserved-names?q=${name}&kind=blocked`);
  const row = page.getByRole('row').filter({ hasText: name });
  await expect(row).toContainText('Grace');
  await row.getByText('Remove …').click();
  await row.getByRole('button', { name: 'Remove name' }).click();
  await expect(page.getByText('No matching names')).toBeVisible();
  await page.goto(`/admin/reserved-names?test=${name}`);
  await expect(page.getByText('Anyone can request it')).toBeVisible();
});

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with JavaScript' : 'without JavaScript', () => {
    test.use({ javaScriptEnabled });
    test('an admin previews an import with its errors and alias conflicts, then runs it', async ({ page }) => {
      const { alias } = await askForAlias();
      const [first, second] = [randomLetters(12), randomLetters(12)];
      const header = 'name,kind,match,reason,source';
      await signInAs(page, await createStaff('admin'));
      await page.goto('/admin/reserved-names/import');
      const tryFile = async (...lines: string[]) => {
        const buffer = Buffer.from([header, ...lines].join('\n'));
        await page.getByLabel('CSV file').setInputFiles({ name: 'names.csv', mimeType: 'text/csv', buffer });
        await page.getByRole('button', { name: 'Preview import' }).click();
      };
      await page.getByLabel('CSV lines').fill('no,header');
      await page.getByRole('button', { name: 'Preview import' }).click();
      await expect(refusal(page)).toContainText(`The first line of the file must be ${header}`);

      await tryFile(`${first},nonsense,exact,Why.,`, `${second},brand,exact,,`);
      await expect(page.getByText('The import can’t run because 2 lines can’t be read.')).toBeVisible();
      await expect(page.getByText('Line 2: The kind must be one of')).toBeVisible();
      await expect(page.getByText('Line 3: Enter a reason')).toBeVisible();
      await expect(page.getByRole('button', { name: /^Add/ })).toHaveCount(0);

      await tryFile(`${first},brand,exact,"Theirs, says ""the"" office.",`, `${alias},generic,exact,A word.,`);
      await expect(page.getByText('The import adds 2 names. 0 are already reserved.')).toBeVisible();
      await expect(page.getByText(`${alias} covers the alias ${alias}`)).toBeVisible();
      expect(await (await page.request.get('/admin/reserved-names/export')).text()).not.toContain(first);
      await page.getByRole('button', { name: 'Add 2 names' }).click();
      await expect(page.getByText('2 names added.')).toBeVisible();
      const file = await page.request.get('/admin/reserved-names/export');
      expect(file.headers()['content-disposition']).toContain('reserved-names.csv');
      expect(await file.text()).toContain(`${first},brand,exact,"Theirs, says ""the"" office.",import\r\n`);
    });
  });
}
