import { expect, test } from 'vitest';
import { summarizeMarkdown } from './summarize-markdown.ts';

test.each([
  ['headings and emphasis', '# What *is* it?\n\nA **fast** `store`', 'What is it? A fast store'],
  ['links and images', 'See [the docs](https://x.test/a "t") ![logo](l.png) [ref][1]', 'See the docs ref'],
  ['addresses', 'At https://x.test/secret now', 'At now'],
  ['HTML', '<p align="center">Hi <!-- no --> there</p>', 'Hi there'],
  ['fenced code', 'Run:\n\n```sh\ndocker run x\n```\n\nDone', 'Run: Done'],
  ['an unclosed fence', 'Run:\n\n```sh\ndocker run x', 'Run:'],
  ['indented code', 'Run:\n\n    docker run x\n\nDone', 'Run: Done'],
  ['tables', '| a | b |\n| --- | :-: |\n| c | d |', 'a b c d'],
  ['nothing', '', ''],
])('%s', (_what, markdown, text) => {
  expect(summarizeMarkdown(markdown)).toBe(text);
});

test('keeps the beginning of a long text, and whole characters', () => {
  expect(summarizeMarkdown('word '.repeat(5_000)).length).toBeLessThanOrEqual(3_000);
  expect(summarizeMarkdown('💥'.repeat(20_000)).isWellFormed()).toBe(true);
});

test.each(['[', '![', '[a](', '<!--', '<a', '`', '~~~\n', '```\n', '[a][', '|', '    ', 'http://'])(
  'bounds its work for a repeated %j',
  (part) => {
    expect(summarizeMarkdown(part.repeat(25_600 / part.length)).length).toBeLessThanOrEqual(3_000);
  },
);
