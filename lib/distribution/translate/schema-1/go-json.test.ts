import { expect, test } from 'vitest';
import { compact, splitObject, toGoJson } from './go-json.ts';

test('escapes what Go escapes', () => {
  expect(toGoJson('<a&b>\u2028"')).toBe(String.raw`"\u003ca\u0026b\u003e\u2028\""`);
});

test('keeps the texts of numbers and strings, and drops blanks between them', () => {
  const fields = splitObject(' { "a" : [1.0, 1e5, 9007199254740993] ,\n"b":{"c" : "{ \\" , }"}, "e":"" }');
  expect([...(fields ?? [])].map(([name, value]) => [name, compact(value)])).toEqual([
    ['a', '[1.0,1e5,9007199254740993]'],
    ['b', '{"c":"{ \\" , }"}'],
    ['e', '""'],
  ]);
});

test.each(['[]', 'null', '1', '{', '{"a":}', ''])('%j is no object', (json) => {
  expect(splitObject(json)).toBeNull();
});

test('an empty object has no fields, and the last of equal names counts', () => {
  expect(splitObject('{}')).toEqual(new Map());
  expect(splitObject('{"a":1,"\\u0061":2}')).toEqual(new Map([['a', '2']]));
});
