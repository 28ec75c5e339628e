import { expect, test } from 'vitest';
import { tagRulesSchema } from '#lib/upstream/schema.ts';
import { readAmount, readTagRules, writeTagRules } from './tag-rules-text.ts';

test('rules come back as they were written', () => {
  const text = 'nightly-* 1\nv* 1440\n* 0.5';
  const rules = readTagRules(`\n  nightly-*   1 \r\nv* 1440\n\n* 0.5`);
  expect(rules.map(({ ttlSeconds }) => ttlSeconds)).toEqual([60, 86_400, 30]);
  expect(writeTagRules(rules)).toBe(text);
});

test.each(['latest', 'latest five', 'latest 5 minutes', 'latest -1', 'a/b 5'])('%s is no rule', (line) => {
  expect(tagRulesSchema.safeParse(readTagRules(line)).success).toBe(false);
});

test('an amount is a number or nothing', () => {
  expect(readAmount('1.5', 60)).toBe(90);
  expect([readAmount('', 60), readAmount('x', 60)]).toEqual([NaN, NaN]);
});
