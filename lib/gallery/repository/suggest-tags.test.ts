import { expect, test } from 'vitest';
import { rankNearTags } from './suggest-tags.ts';

const NAMES = ['latest', '2.4.1', '2.4.0', '2.4', '2.3.9', '2.4.0-alpine', 'edge', 'v3.0.0'];

test.each([
  ['lastest', ['latest']],
  ['2.4.00', ['2.4', '2.4.0', '2.4.1']],
  ['v2.4.0', ['2.4.0', '2.4', '2.4.0-alpine', '2.4.1']],
  ['3.0.0', ['v3.0.0']],
  ['2.4.0-alpin', ['2.4.0', '2.4', '2.4.0-alpine']],
  ['2.4', ['2.4', '2.4.1', '2.4.0', '2.4.0-alpine']],
  ['EDGE', ['edge']],
  ['nightly', []],
  ['x'.repeat(128), []],
])('suggests tags for %s, nearest first', (asked, expected) => {
  expect(rankNearTags(asked, NAMES).slice(0, expected.length || 1)).toEqual(expected);
});

test('suggests at most five tags', () => {
  expect(
    rankNearTags(
      '1.0',
      Array.from({ length: 20 }, (_, i) => `1.0.${i}`),
    ),
  ).toHaveLength(5);
});
