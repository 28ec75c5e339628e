import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { setPagePolicy } from './page-policy.ts';

function setFor(url: string, headers: Record<string, string> = {}, isDevelopment = false) {
  const req = Object.assign(new IncomingMessage(new Socket()), { url, headers });
  const res = new ServerResponse(req);
  setPagePolicy(req, res, { isDevelopment });
  return { asked: req.headers['content-security-policy'], answered: res.getHeader('content-security-policy') };
}

test('every page gets a nonce of its own, which Next reads off the request', () => {
  const [first, second] = [setFor('/acme/web'), setFor('/')];
  expect(first.answered).toMatch(/script-src 'self' 'nonce-[0-9a-f]{32}' 'strict-dynamic';/);
  expect(first.asked).toBe(first.answered);
  expect(second.answered).not.toBe(first.answered);
});

test("a client's own policy is replaced", () => {
  const { asked } = setFor('/', { 'content-security-policy': "script-src 'nonce-known'" });
  expect(asked).not.toContain('known');
});

test.each(['/_next/static/a.js', '/api/v1/search'])('%s gets none', (url) => {
  expect(setFor(url)).toEqual({ asked: undefined, answered: undefined });
});

test('only development allows eval and inline styles', () => {
  expect(setFor('/', {}, true).answered).toMatch(/'unsafe-eval'.*style-src 'self' 'unsafe-inline'/);
  expect(setFor('/').answered).not.toContain('unsafe');
});
