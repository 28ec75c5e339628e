import { describe, expect, test } from 'vitest';
import { answerCacheable } from './answer-cacheable.ts';

const lastModified = new Date('2026-03-04T05:06:07.890Z');
const ask = (headers: Record<string, string>, status: 200 | 404 = 200, body = 'text') =>
  answerCacheable(new Request('http://localhost/', { headers }), {
    body,
    status,
    lastModified,
    headers: { 'Content-Type': 'text/plain', 'Cache-Control': 'public' },
  });
const etag = ask({}).headers.get('etag') ?? '';

describe('conditional requests', () => {
  test.each([
    ['the ETag', { 'if-none-match': etag }, 304],
    ['the weak ETag in a list', { 'if-none-match': `"x", W/${etag}` }, 304],
    ['a wildcard', { 'if-none-match': '*' }, 304],
    ['another ETag', { 'if-none-match': '"x"' }, 200],
    [
      'another ETag with a matching date',
      { 'if-none-match': '"x"', 'if-modified-since': lastModified.toUTCString() },
      200,
    ],
    ['the modification date', { 'if-modified-since': lastModified.toUTCString() }, 304],
    ['an earlier date', { 'if-modified-since': 'Wed, 04 Mar 2026 05:06:06 GMT' }, 200],
    ['an invalid date', { 'if-modified-since': 'yesterday' }, 200],
  ])('with %s', async (_by, headers, status) => {
    const answer = ask(headers);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('etag')).toBe(etag);
    expect(answer.headers.get('cache-control')).toBe('public');
    expect(await answer.text()).toBe(status === 304 ? '' : 'text');
  });

  test('always answer 404 in full', () => {
    expect(ask({ 'if-none-match': '*' }, 404).status).toBe(404);
  });

  test('the ETag depends on the body', () => {
    expect(ask({}, 200, 'other').headers.get('etag')).not.toBe(etag);
  });
});
