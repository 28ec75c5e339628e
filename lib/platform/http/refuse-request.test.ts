import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { refuseRequest } from './refuse-request.ts';

const SITE = 'https://images.example';

function refused(method: string, url: string, headers: Record<string, string> = {}): number | null {
  const req = Object.assign(new IncomingMessage(new Socket()), { method, url });
  Object.assign(req.headers, { host: 'images.example', ...headers });
  return refuseRequest(req, SITE)?.status ?? null;
}

test.each([
  ['TRACE', '/', 405],
  ['PROPFIND', '/', 405],
  ['OPTIONS', '*', 405],
  ['OPTIONS', '/api/v1/me', null],
  ['GET', 'http://elsewhere.example/', 400],
  ['GET', '/a%00b', 400],
  ['GET', '/search?q=%00', 400],
  ['GET', '/%E0%A4%A', 400],
  ['GET', '/%ED%A0%80', 400],
  ['GET', '/search?q=%F0%9F%98%80%20', null],
  ['GET', `/?${'a=b&'.repeat(99)}`, null],
  ['GET', `/?${'a=b&'.repeat(100)}`, 400],
])('%s %s: %s', (method, url, status) => {
  expect(refused(method, url)).toBe(status);
});

test.each([
  [SITE, null],
  ['http://images.example', null],
  ['https://elsewhere.example', 403],
  ['https://images.example.elsewhere.example', 403],
  ['https://images.example:8443', 403],
  ['null', 403],
  ['', 403],
])('a cross-origin write from %s: %s', (origin, status) => {
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) expect(refused(method, '/x', { origin })).toBe(status);
  expect(refused('GET', '/x', { origin })).toBeNull();
});

test.each([
  [
    encodeURIComponent('["",{"children":["search",{"children":["__PAGE__?{\\"q\\":\\"a,b\\"}",{}]}]},null,null,true]'),
    null,
  ],
  ['', 400],
  ['%', 400],
  ['{}', 400],
  [`${'['.repeat(301)}${']'.repeat(301)}`, 400],
])('the router state %s: %s', (state, status) => {
  expect(refused('GET', '/', { 'next-router-state-tree': state })).toBe(status);
});
