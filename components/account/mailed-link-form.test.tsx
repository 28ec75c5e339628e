import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test, vi } from 'vitest';
import { MailedLinkForm } from './mailed-link-form.tsx';

test('a mailed link does nothing before its button is pressed, which sends the secret', () => {
  const action = vi.fn();
  const html = renderToStaticMarkup(
    <MailedLinkForm action={action} secret="s3cret">
      Join
    </MailedLinkForm>,
  );
  expect(action).not.toHaveBeenCalled();
  expect(html).toMatch(/<input[^>]* name="secret"[^>]* value="s3cret"/);
  expect(html).toMatch(/<button[^>]*>(?:<[^>]*>)*Join/);
});
