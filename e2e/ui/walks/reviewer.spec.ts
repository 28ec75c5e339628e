// A reviewer works through the queue of alias requests.
import { expect, type Page } from '@playwright/test';
import { signInByCookie } from '../people.ts';
import { askForAlias, claim, createStaff, randomLetters } from '../staff.ts';
import { unfold, walk, type Walker } from './walk.ts';

walk('a reviewer asks, approves, declines and keeps saved replies', async (walker) => {
  const { page } = walker;
  const [asker, other] = await Promise.all([askForAlias(), askForAlias()]);
  await signInByCookie(page, (await createStaff('reviewer')).email);

  await page.goto('/');
  await walker.see();
  await walker.fromHeader('Review');
  await expect(page).toHaveURL('/review');
  await walker.see();
  for (const query of ['?view=mine', '?q=qqxxyyzz']) await walker.open(`/review${query}`);
  const title = `No evidence ${randomLetters(6)}`;
  await walker.open('/review/replies');
  await page.getByLabel('Title').fill(title);
  await page.getByLabel('Message').fill('Prove a domain of that name, please.');
  await page.getByRole('button', { name: 'Add reply' }).click();
  await expect(page.getByText('Saved.')).toBeVisible();
  await walker.see();
  await page.getByRole('link', { name: `Edit ${title}` }).click();
  await expect(page).not.toHaveURL('/review/replies');
  await walker.see();

  await openRequest(walker, asker);
  await claim(page);
  await walker.see();
  await decisionGroup(page, 'Question', async (ask) => {
    await ask.getByLabel('Saved reply').selectOption({ label: title });
    if (walker.hasScripts) await expect(ask.getByLabel('Question')).toHaveValue(/Prove a domain/);
    await ask.getByRole('button', { name: 'Send question' }).click();
  });
  await expect(page.getByText('Question sent. The request waits for the requester’s answer.')).toBeVisible();
  await expect(page.getByText('Prove a domain of that name, please.')).toBeVisible();
  await walker.see();
  const publisher = await walker.another(asker);
  await publisher.goto(`/console/aliases/${asker.id}`);
  await publisher.getByLabel('Your answer').fill('We did.');
  await publisher.getByRole('button', { name: 'Send answer' }).click();
  await expect(publisher.getByText('Waiting for review')).toBeVisible();
  await page.reload();
  await claim(page);
  await page.getByLabel('Approval note').fill('Theirs.');
  await page.getByRole('button', { name: 'Approve request' }).click();
  await expect(page.getByText(`Approved: ${asker.name} is active.`)).toBeVisible();
  await walker.see();

  await openRequest(walker, other);
  await claim(page);
  await decisionGroup(page, 'Reason', async (decline) => {
    await decline.getByLabel('Reason').selectOption('no_evidence');
    await decline.getByLabel('Message').fill('Nothing shows that it is yours.');
    await decline.getByRole('button', { name: 'Decline' }).click();
  });
  await expect(page.getByText('Declined. The requester has been notified.')).toBeVisible();
  await walker.see();
  if (walker.hasScripts && walker.look.width > 1000) {
    await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
    await walker.see();
    await page.keyboard.press('Escape');
  }

  await walker.open('/review/replies');
  const reply = page.getByRole('listitem').filter({ hasText: title });
  await unfold(reply.getByText('Remove …'));
  await reply.getByRole('button', { name: 'Remove reply' }).click();
  await expect(page.getByText(title)).toHaveCount(0);
  await walker.miss('/admin');
});

async function openRequest(walker: Walker, { id, name }: { id: string; name: string }): Promise<void> {
  await walker.open(`/review?q=${name}`);
  await walker.page.getByRole('link', { name }).click();
  await expect(walker.page).toHaveURL(`/review/${id}`);
  await walker.see();
}

async function decisionGroup(
  page: Page,
  label: string,
  work: (group: ReturnType<Page['getByRole']>) => Promise<void>,
): Promise<void> {
  const group = page.locator('details').filter({ has: page.getByLabel(label, { exact: true }) });
  await unfold(group.locator('summary').first());
  await work(group);
}
