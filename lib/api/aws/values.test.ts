import { expect, test } from 'vitest';
import { blob } from './values.ts';

test('a blob is base64, with or without padding, and nothing else', () => {
  const read = (text: string) => blob(4).safeParse(text).data?.toString('latin1') ?? null;
  expect(['', 'YQ==', 'YQ', 'YWI=', 'YWI', 'YWJj', 'YWJjZA=='].map(read)).toEqual([
    '',
    'a',
    'a',
    'ab',
    'ab',
    'abc',
    'abcd',
  ]);
  const wrong = ['Y', '=', '==', 'YQ=', 'YQ=a', 'YQ===', '====', 'YW_j', 'YW-j', 'YW\nj', ' YWJj', 'YWJj!', 'YWJjZGU='];
  expect(wrong.map(read)).toEqual(wrong.map(() => null));
});
