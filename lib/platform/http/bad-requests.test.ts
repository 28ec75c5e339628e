import { expect, test } from 'vitest';
import { AppError } from '../errors.ts';
import { createBadRequests } from './bad-requests.ts';

const takeAfter = (error: unknown, isAction = false) => {
  const requests = createBadRequests();
  requests.note('id', error, isAction);
  return requests.take('id');
};

test.each([
  'Failed to parse body as FormData.',
  'Unexpected end of form',
  'Malformed content type',
  'Malformed part header',
  'Multipart: Boundary not found',
  'Connection closed.',
  'Missing field name in part',
])('maps an unparsable form to 400: %s', (message) => {
  expect(takeAfter(new Error(message))).toBe(400);
});

test('maps an oversized body to 413', () => {
  expect(takeAfter(Object.assign(new Error('Body exceeded 1 MB limit'), { statusCode: 413 }))).toBe(413);
});

test('maps type errors to 400 only for actions', () => {
  for (const error of [
    new TypeError("Cannot read properties of null (reading 'get')"),
    new TypeError('form.get is not a function'),
    new SyntaxError('Unexpected token g in JSON'),
  ]) {
    expect(takeAfter(error, true)).toBe(400);
    expect(takeAfter(error, false)).toBeNull();
  }
});

test('ignores internal failures', () => {
  for (const error of [
    new Error('relation "users" does not exist'),
    new AppError('unavailable', 'Malformed by us.'),
    Object.assign(new Error('Connection closed'), { code: 'ECONNRESET' }),
    'text',
    null,
  ]) {
    expect(takeAfter(error, true)).toBeNull();
  }
});

test('returns a noted status once, for its own request', () => {
  const requests = createBadRequests();
  requests.note('one', new Error('Unexpected end of form'), false);
  expect(requests.take('other')).toBeNull();
  expect(requests.take('one')).toBe(400);
  expect(requests.take('one')).toBeNull();
});
