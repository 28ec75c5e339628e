import { describe, expect, test } from 'vitest';
import { groupOptions, moveOption, searchAction } from './options.ts';

const repository = {
  fullName: 'acme/web',
  description: '',
  kind: 'image' as const,
  isVerified: false,
  logoUrl: null,
  pullCount: 1,
};
const publisher = { alias: 'acme', displayName: 'Acme', isVerified: true, logoUrl: null, repositoryCount: 2 };
const actions = [
  { text: 'Home', href: '/' },
  { text: 'Use the dark theme', run: () => undefined },
];

describe('what is offered', () => {
  test('groups in their order, none that is empty', () => {
    const groups = groupOptions({ text: '', answer: { repositories: [repository], publishers: [] }, actions: [] });
    expect(groups.map(({ label }) => label)).toEqual(['Repositories']);
    const all = groupOptions({ text: '', answer: { repositories: [repository], publishers: [publisher] }, actions });
    expect(all.map(({ label, options }) => [label, ...options.map(({ key }) => key)])).toEqual([
      ['Repositories', 'r acme/web'],
      ['Publishers', 'p acme'],
      ['Actions', 'a Home', 'a Use the dark theme'],
    ]);
  });

  test('no answer leaves the actions', () => {
    expect(groupOptions({ text: 'x', answer: null, actions: [searchAction('x', {})] })).toHaveLength(1);
  });

  test.each([
    ['theme dark', ['Use the dark theme']],
    ['HOME', ['Home']],
    ['', ['Home', 'Use the dark theme']],
    ['home theme', []],
  ])('actions have every word of %j', (text, expected) => {
    const [group] = groupOptions({ text, answer: null, actions });
    expect((group?.options ?? []).map(({ key }) => key.slice(2))).toEqual(expected);
  });

  test('searching is an action whatever was typed, and keeps the filters', () => {
    const text = 'a  "b" <c>&';
    const action = searchAction(text, { kind: 'chart', os: undefined });
    expect(action).toMatchObject({ href: '/search?q=a++%22b%22+%3Cc%3E%26&kind=chart' });
    expect(groupOptions({ text, answer: null, actions: [action] })).toHaveLength(1);
  });
});

test('keys move round and round, and begin in the field', () => {
  expect([moveOption(null, 1, 3), moveOption(0, 1, 3), moveOption(2, 1, 3)]).toEqual([0, 1, 0]);
  expect([moveOption(null, -1, 3), moveOption(2, -1, 3), moveOption(0, -1, 3)]).toEqual([2, 1, 2]);
  expect([moveOption(null, 1, 0), moveOption(null, -1, 0)]).toEqual([null, null]);
});
