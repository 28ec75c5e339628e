// Malformed and hostile form posts to pages must be refused with a 4xx, never a 5xx.
import { beforeAll, expect, test } from 'vitest';
import { createRawClient } from '#lib/testing/servers/raw-http.ts';
import { BASE_URL } from '../fixtures.ts';

const FORM = 'multipart/form-data; boundary=x';
const TEXT = 'text/plain;charset=UTF-8';
const field = (name: string, value: string) =>
  `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
const END = '--x--\r\n';
const LONG = 'b'.repeat(1_200_000);

const client = createRawClient(BASE_URL);
let actionId = '';
beforeAll(async () => {
  const page = await client.send('GET', '/signin');
  actionId = /id&quot;:&quot;([0-9a-f]{42})/.exec(page.body.toString())?.[1] ?? '';
  expect(actionId).not.toBe('');
});

const TOO_MANY = 'The form has too many fields or values.\n';
test.each([
  ['as arguments', true, TEXT, `[${'{},'.repeat(20_000)}{}]`],
  ['in a form', true, FORM, field('0', `[${'{},'.repeat(15_000)}{}]`) + END],
  ['bound to an action', false, FORM, field('$ACTION_REF_1', '') + field('$ACTION_1:0', '[1,'.repeat(9_000)) + END],
])('too many values %s are refused before they are parsed', async (_what, isAction, type, body) => {
  const headers = { 'content-type': type, ...(isAction && { 'next-action': actionId }) };
  const answer = await client.send('POST', '/signin', { headers, body });
  expect([answer.status, answer.body.toString()]).toEqual([400, TOO_MANY]);
});

type Row = [what: string, isAction: boolean, type: string, body: string, status: number];
test.each<Row>([
  ['an invalid form', false, FORM, 'garbage', 400],
  ['an empty form', false, FORM, '', 400],
  ['a form without a boundary', false, 'multipart/form-data', field('a', 'b'), 400],
  ['a truncated form', false, FORM, field('a', 'b'), 400],
  ['a form with a malformed action', false, FORM, field('$ACTION_REF_1', '') + field('$ACTION_1:0', '{') + END, 400],
  ['an oversized form', false, FORM, field('a', LONG) + END, 413],
  ['no arguments', true, TEXT, '', 400],
  ['arguments that are not JSON', true, TEXT, 'garbage', 400],
  ['arguments of the wrong type', true, TEXT, '[1,2]', 400],
  ['arguments with a dangling reference', true, TEXT, '["$F1"]', 400],
  ['characters that cannot be stored', true, TEXT, '[null,"\\u0000\\ud800"]', 400],
  ['oversized arguments', true, TEXT, `["${LONG}"]`, 413],
  ['arguments in a truncated form', true, FORM, field('0', '[null,"$K1"]'), 400],
  ['arguments in an oversized form', true, FORM, field('0', LONG) + END, 413],
  ['arguments of an unknown type', true, 'application/json', '[]', 400],
])('%s', async (_what, isAction, type, body, status) => {
  const headers = { 'content-type': type, ...(isAction && { 'next-action': actionId }) };
  expect((await client.send('POST', '/signin', { headers, body })).status).toBe(status);
});

test.each([
  ['TRACE', '/', {}, 405],
  ['OPTIONS', '*', {}, 405],
  ['GET', '/search?q=%00', {}, 400],
  ['GET', '/%ED%A0%80', {}, 400],
  ['GET', '/', { rsc: '1', 'next-router-state-tree': '['.repeat(1_000) }, 400],
  ['POST', '/signin', { origin: 'https://elsewhere.example' }, 403],
  ['POST', '/api/theme', { origin: 'null' }, 403],
  ['POST', '/api/v1/reports', { origin: 'https://elsewhere.example' }, 403],
])('%s %s with %o is refused with %i', async (method, path, headers, status) => {
  expect((await client.send(method, path, { headers })).status).toBe(status);
});

test('a URL with too many parameters is refused', async () => {
  expect((await client.send('GET', `/?${'a=b&'.repeat(6_000)}`)).status).toBe(400);
});

test('a malformed router state is refused', async () => {
  const headers = { rsc: '1', 'next-router-state-tree': '[1]' };
  const { status, url } = await fetch(BASE_URL, { headers });
  expect([status, new URL(url).pathname]).toEqual([400, '/']);
});
