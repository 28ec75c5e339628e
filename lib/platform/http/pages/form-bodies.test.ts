import { expect, test } from 'vitest';
import { findFault } from './form-bodies.ts';

const FORM = 'multipart/form-data; boundary=x';
const MANY = `[${'{},'.repeat(3_000)}{}]`;
const part = (headers: string, text: string) => `--x\r\n${headers}\r\n\r\n${text}\r\n`;
const field = (name: string, text: string) => part(`Content-Disposition: form-data; name="${name}"`, text);
const fields = (count: number) => Array.from({ length: count }, (_, i) => field(`1_os${i}`, 'linux')).join('');
const END = '--x--\r\n';
const status = (type: string, body: string) => findFault(Buffer.from(body), type)?.status ?? null;

test.each([
  ['arguments', 'text/plain;charset=UTF-8', '[null,"a, b, [c]"]', null],
  ['many arguments', 'text/plain;charset=UTF-8', MANY, 400],
  ['many arguments without a content type', '', MANY, 400],
  ['a string with many commas', 'text/plain', `["${','.repeat(25_600)}"]`, null],
  ['an oversized string', 'text/plain', `["${'a'.repeat(400_000)}"]`, 413],
  ['few pairs', 'application/x-www-form-urlencoded', 'a=1&b=2', null],
  ['many pairs', 'application/x-www-form-urlencoded', 'a&'.repeat(1_000), 400],
])('%s', (_what, type, body, expected) => {
  expect(status(type, body)).toBe(expected);
});

test.each([
  ['the largest form', fields(150) + field('0', '["$K1"]'), null],
  ['a form field that looks like JSON', field('1_about', MANY) + field('about', MANY), null],
  [
    'an image',
    part('Content-Disposition: form-data; name="logo"; filename="a.png"', `\x89PNG${'[,'.repeat(9_000)}`),
    null,
  ],
  [
    'a list to import',
    part('Content-Disposition: form-data; name="1_file"; filename="a.json"\r\nContent-Type: application/json', MANY),
    null,
  ],
  ['many arguments', field('0', MANY), 400],
  ['many arguments after whitespace', field('0', `\r\n\t ${MANY}`), 400],
  ['many arguments in several fields', field('0', MANY.slice(0, 4_000)) + field('1', MANY.slice(0, 4_000)), 400],
  ['many bound arguments', field('$ACTION_1:0', MANY), 400],
  ['arguments with an encoded name', part(`content-disposition:form-data;name*=utf-8''%30`, MANY), 400],
  ['arguments with a content type', part('Content-Disposition: form-data; name="0"\r\nContent-Type: a/b', MANY), 400],
  ['oversized arguments', field('0', `["${'a'.repeat(400_000)}"]`), 413],
  ['many fields', fields(400), 400],
  ['many fields and many references', fields(250) + field('0', `[${'"$K1",'.repeat(1_000)}1]`), 400],
  [
    'a boundary within a line',
    field('0', `[1,"--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n",${MANY}]`),
    400,
  ],
])('a form with %s', (_what, parts, expected) => {
  expect(status(FORM, parts + END)).toBe(expected);
});

test.each([
  ['multipart/form-data; boundary="x"', null],
  ['multipart/form-data', 400],
  ['multipart/form-data; boundary=y; boundary=x', 400],
  ['multipart/mixed; boundary=x', 400],
])('the content type %s', (type, expected) => {
  expect(status(type, field('a', 'b') + END)).toBe(expected);
});
