import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { quoteForShell } from './quote-for-shell.ts';

test.each(["o'brien@example.org", 'a&b@example.org', '$HOME@example.org', '`id`@example.org', 'a b', '', "''"])(
  'a shell reads %j as it was',
  (word) => {
    expect(execFileSync('sh', ['-c', `printf %s ${quoteForShell(word)}`], { encoding: 'utf8' })).toBe(word);
  },
);

test('what needs no quotes has none', () => {
  expect(quoteForShell('ada.lovelace+ci@example.org')).toBe('ada.lovelace+ci@example.org');
});
