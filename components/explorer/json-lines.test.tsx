import { expect, test } from 'vitest';
import { modeText } from './folder-table.tsx';
import { toJsonLines } from './json-lines.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const texts = (text: string, named = new Map()) =>
  toJsonLines(text, named)?.lines.map(({ depth, key, value, tail }) => `${' '.repeat(depth)}${key}${value}${tail}`);

test('a document is shown as it is, unknown fields too', () => {
  const document = '{"a":[1,{"b":null}],"x-unknown":"y","e":{},"l":[]}';
  expect(texts(document)).toEqual([
    '{',
    ' "a": [',
    '  1,',
    '  {',
    '   "b": null',
    '  }',
    ' ],',
    ' "x-unknown": "y",',
    ' "e": {},',
    ' "l": []',
    '}',
  ]);
});

test('digests lead to what they name, and sizes and media types are put into words', () => {
  const document = JSON.stringify({ digest: DIGEST, size: 2_000_000, mediaType: 'application/vnd.oci.empty.v1+json' });
  const lines = toJsonLines(document, new Map([[DIGEST, { what: 'layer 1', href: '/there' }]]))?.lines ?? [];
  expect(lines[1]).toMatchObject({ href: '/there', note: 'layer 1', value: `"${DIGEST}"` });
  expect(lines[2]?.note).toBe('2.0 MB');
  expect(lines[3]?.note).toContain('empty');
});

test('what is hostile in it is harmless, and what is endless has an end', () => {
  expect(texts('{"a\\u202eb":"c\\u202ed\\u0007"}')?.[1]).toBe(' "a\\u{202e}b": "c\\u{202e}d\\u0007"');
  expect(toJsonLines(JSON.stringify('x'.repeat(1_000_000)), new Map())?.lines[0]?.value.length).toBeLessThan(1_100);
  const long = toJsonLines(JSON.stringify(Array.from({ length: 50_000 }, () => 1)), new Map());
  expect([long?.lines.length, long?.isCut]).toEqual([1_501, true]);
  expect(toJsonLines('['.repeat(500) + ']'.repeat(500), new Map())?.isCut).toBe(true);
  expect(toJsonLines('{"__proto__":{"a":1},"toString":"b"}', new Map())?.lines).toHaveLength(6);
  expect(toJsonLines('no json', new Map())).toBeNull();
});

test.each([
  [0o755, 'folder', 'drwxr-xr-x'],
  [0o4755, 'file', '-rwsr-xr-x'],
  [0o2644, 'file', '-rw-r-Sr--'],
  [0o1777, 'folder', 'drwxrwxrwt'],
  [0, 'symlink', 'l---------'],
] as const)('%o of a %s is %s', (mode, kind, text) => {
  expect(modeText(mode, kind)).toBe(text);
});
