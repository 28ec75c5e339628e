import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { findClientAddress } from './requests.ts';

test.each([
  [undefined, 0, '127.0.0.1'],
  ['192.0.2.1', 0, '127.0.0.1'],
  ['192.0.2.1', 1, '192.0.2.1'],
  ['10.9.9.9, 192.0.2.1', 1, '192.0.2.1'],
  ['10.9.9.9, 192.0.2.1, 10.0.0.1', 2, '192.0.2.1'],
  ['192.0.2.1', 2, '127.0.0.1'],
  ['2001:db8::1', 1, '2001:db8::1'],
  ['nonsense', 1, '127.0.0.1'],
  [undefined, 1, '127.0.0.1'],
])('X-Forwarded-For %s behind %i proxies: %s', (forwarded, proxyCount, expected) => {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: '127.0.0.1' });
  const req = new IncomingMessage(socket);
  if (forwarded) req.headers['x-forwarded-for'] = forwarded;
  expect(findClientAddress(req, proxyCount)).toBe(expected);
});
