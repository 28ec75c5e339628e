import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { describeSeenRequest, DOCTOR_HEADER, signDoctor } from './seen-request.ts';

const KEY = new Uint8Array(32).fill(1);
const NOW = Date.parse('2026-11-30T12:00:00Z');

function request(signature: string | undefined): IncomingMessage {
  const headers = {
    host: 'images.example.org',
    'x-forwarded-for': '192.0.2.1, 10.0.0.1',
    'x-forwarded-proto': 'https',
    'x-client-address': '192.0.2.1',
    ...(signature !== undefined && { [DOCTOR_HEADER]: signature }),
  };
  return { headers, socket: { remoteAddress: '127.0.0.1' } } as unknown as IncomingMessage;
}

test('describes how a signed request arrived', () => {
  expect(describeSeenRequest(request(signDoctor(KEY, NOW)), KEY, NOW + 1_000)).toEqual({
    clientAddress: '192.0.2.1',
    host: 'images.example.org',
    forwardedFor: '192.0.2.1, 10.0.0.1',
    forwardedProto: 'https',
    nowMs: NOW + 1_000,
  });
});

test.each([
  ['none', undefined],
  ['of another site', signDoctor(new Uint8Array(32).fill(2), NOW)],
  ['of yesterday', signDoctor(KEY, NOW - 86_400_000)],
  ['of tomorrow', signDoctor(KEY, NOW + 86_400_000)],
  ['cut short', signDoctor(KEY, NOW).slice(0, -1)],
  ['with another time', signDoctor(KEY, NOW).replace(String(NOW), String(NOW + 1))],
  ['that is no signature', 'NaN.x'],
  ['empty', ''],
])('tells nothing with a signature %s', (_what, signature) => {
  expect(describeSeenRequest(request(signature), KEY, NOW)).toBeNull();
});
