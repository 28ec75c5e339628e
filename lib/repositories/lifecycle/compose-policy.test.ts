import { expect, test } from 'vitest';
import { composePolicy } from './compose-policy.ts';
import { readLifecyclePolicy } from './schema.ts';

const NONE = { untaggedDays: null, keptTags: '', keptCount: null, unpulledDays: null, isArchiving: false };

test.each([
  [{ ...NONE, untaggedDays: 7 }, [['untagged', 'expire']]],
  [
    { untaggedDays: 7, keptTags: 'v*, rel-*', keptCount: 10, unpulledDays: 90, isArchiving: true },
    [
      ['tagged', 'expire'],
      ['tagged', 'expire'],
      ['untagged', 'expire'],
      ['any', 'transition'],
    ],
  ],
])('composes a valid policy', (simple, expected) => {
  const read = readLifecyclePolicy(composePolicy(simple) ?? '');
  if ('problem' in read) throw new Error(read.problem);
  expect(read.policy.rules.map(({ selection, action }) => [selection.tagStatus, action.type])).toEqual(expected);
});

test('composes nothing without a rule', () => {
  expect(composePolicy(NONE)).toBeNull();
  expect(composePolicy({ ...NONE, keptTags: 'v*' })).toBeNull();
});
