import { expect, test } from 'vitest';
import { reservedNameSchema } from '#lib/aliases/reserved/reserved-names.ts';
import { catalogDataSchema } from '#lib/repositories/schema.ts';
import { accessTokenSchema, displayNameSchema } from '#lib/identity/schema.ts';
import { upstreamSettingsSchema } from '#lib/upstream/schema.ts';
import { oneLine, shortText, toOneLine } from './one-line.ts';

const INVALID = [
  ...['a\nb', 'a\r\nb', 'a\tb', 'a\0b', 'a\u001bb', 'a\u0085b', 'a\u2028b', 'a\u2029b', 'a\u202eb', 'a\u2066b'],
  ...['a\u200bb', 'a\u200db', 'a\u2060b', 'a\ufeffb', 'a\u00adb', 'a\ud800b', 'a\u3164b', 'a\u2800b', 'a\u{e0041}b'],
];
const VALID = ['Ada Lovelace', 'Łukasz', '株式会社', 'שלום', 'नमस्ते', 'O’Neil & Söhne', '🐳 Whale'];

test.each(INVALID)('%j is rejected in user input and cleaned by toOneLine', (text) => {
  expect(oneLine(100).safeParse(text).success).toBe(false);
  expect(displayNameSchema.safeParse(text).success).toBe(false);
  expect(accessTokenSchema.shape.name.safeParse(text).success).toBe(false);
  expect(catalogDataSchema.shape.description.safeParse(text).success).toBe(false);
  expect(catalogDataSchema.shape.architectures.safeParse([text]).success).toBe(false);
  expect(reservedNameSchema.shape.source.safeParse(text).success).toBe(false);
  expect(upstreamSettingsSchema.shape.username.safeParse(text).success).toBe(false);
  expect(oneLine(100).safeParse(toOneLine(text)).success).toBe(true);
});

test.each(VALID)('accepts %s', (text) => {
  expect(displayNameSchema.parse(` ${text} `)).toBe(text);
  expect(toOneLine(text)).toBe(text);
});

test('rejects names without visible characters', () => {
  for (const text of ['', '  ', '\u200b', '\u3164']) expect(displayNameSchema.safeParse(text).success).toBe(false);
});

test('shortText keeps lines and joined emoji, and measures what is stored', () => {
  const text = shortText(10);
  expect(text.parse(' a \r\n\r\n\t\r\n b\tc\r')).toBe('a\n\n b c');
  expect(text.parse('👩\u200d💻')).toBe('👩\u200d💻');
  expect(text.parse(`${'x'.repeat(10)}\n\n`)).toBe('x'.repeat(10));
  for (const invalid of ['x'.repeat(11), 'a\u202eb', 'a\0b', 'a\u2028b', 'a\u200bb', 'a\ud800b']) {
    expect(text.safeParse(invalid).success).toBe(false);
  }
});
