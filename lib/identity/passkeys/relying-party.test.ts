import { expect, test } from 'vitest';
import { findRelyingParty, getRelyingParty } from './relying-party.ts';

test.each([
  ['https://g.example', 'g.example'],
  ['https://g.example:8443', 'g.example'],
  ['http://localhost:3000', 'localhost'],
  ['http://vitrine.localhost:3000', 'vitrine.localhost'],
])('passkeys work at %s', (publicUrl, id) => {
  expect(findRelyingParty({ publicUrl })).toEqual({ id, origin: publicUrl });
});

test.each([
  ['http://127.0.0.1:3000', /IP addresses such as 127\.0\.0\.1/],
  ['https://[2001:db8::1]', /IP addresses/],
  ['http://g.example', /isn't encrypted/],
])('browsers refuse passkeys at %s', (publicUrl, problem) => {
  expect(findRelyingParty({ publicUrl })).toEqual({ problem: expect.stringMatching(problem) as string });
  expect(() => getRelyingParty({ publicUrl })).toThrow(problem);
});
