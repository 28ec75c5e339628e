import { beforeEach, describe, expect, it } from 'vitest';
import { createClientLimit, type ClientLimit } from './client-limit.ts';

const CLIENT = '198.51.100.7';
let nowMs: number;
let limited: ClientLimit;

beforeEach(() => {
  nowMs = 5_000;
  limited = create({});
});

function create(change: { limit?: number; unlimitedNetworks?: string[] }): ClientLimit {
  const options = { limit: 3, windowSeconds: 60, unlimitedNetworks: ['127.0.0.0/8', '::1'], now: () => nowMs };
  return createClientLimit({ ...options, ...change });
}

function takeAll(address: string | null): number {
  let taken = 0;
  while (taken < 100 && limited.take(address).isAllowed) taken += 1;
  return taken;
}

describe('a client', () => {
  it('is limited and told its remaining quota', () => {
    const remaining = [1, 2, 3, 4, 5].map(() => limited.take(CLIENT));
    expect(remaining.map(({ isAllowed }) => isAllowed)).toEqual([true, true, true, false, false]);
    expect(remaining.map(({ quota }) => quota?.remaining)).toEqual([2, 1, 0, 0, 0]);
    expect(remaining[0]?.quota).toMatchObject({ client: CLIENT, limit: 3, windowSeconds: 60, resetSeconds: 60 });
  });

  it('gets a new quota exactly when the window of its first request ends', () => {
    nowMs += 59_000;
    expect(takeAll(CLIENT)).toBe(3);
    nowMs += 59_999;
    expect(limited.take(CLIENT)).toMatchObject({ isAllowed: false, quota: { resetSeconds: 1 } });
    nowMs += 1;
    expect(takeAll(CLIENT)).toBe(3);
  });

  it('does not extend the window by further requests', () => {
    takeAll(CLIENT);
    for (let second = 0; second < 60; second += 1) {
      expect(limited.take(CLIENT)).toMatchObject({ isAllowed: false, quota: { resetSeconds: 60 - second } });
      nowMs += 1000;
    }
    expect(limited.take(CLIENT).isAllowed).toBe(true);
  });

  it('can read its quota without using it', () => {
    for (let i = 0; i < 10; i += 1) expect(limited.look(CLIENT)).toMatchObject({ remaining: 3, resetSeconds: 60 });
    limited.take(CLIENT);
    nowMs += 20_000;
    expect(limited.look(CLIENT)).toMatchObject({ remaining: 2, resetSeconds: 40 });
  });

  it('is an IPv4 address in any notation', () => {
    expect(takeAll(CLIENT)).toBe(3);
    expect(takeAll('::ffff:198.51.100.7')).toBe(0);
    expect(takeAll('198.51.100.8')).toBe(3);
  });

  it('is an IPv6 /64', () => {
    expect(takeAll('2001:db8:1:2::1')).toBe(3);
    expect(takeAll('2001:db8:1:2:ffff::9')).toBe(0);
    expect(takeAll('2001:db8:1:3::1')).toBe(3);
  });
});

describe('the limit does not apply', () => {
  it('to unlimited networks', () => {
    for (const address of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1']) expect(takeAll(address)).toBe(100);
    limited = create({ unlimitedNetworks: [] });
    expect(takeAll('127.0.0.1')).toBe(3);
  });

  it('without an address or if it is 0', () => {
    expect(takeAll(null)).toBe(100);
    limited = create({ limit: 0 });
    expect(takeAll(CLIENT)).toBe(100);
    expect(limited.look(CLIENT)).toBeNull();
  });
});

it('evicts the least recently seen clients', () => {
  limited.take(CLIENT);
  for (let i = 0; i < 60_000; i += 1) limited.take(`2001:db8:${(i >> 8).toString(16)}:${(i & 255).toString(16)}::1`);
  expect(limited.look(CLIENT)?.remaining).toBe(3);
  expect(limited.look(`2001:db8:${(59_999 >> 8).toString(16)}:${(59_999 & 255).toString(16)}::2`)?.remaining).toBe(2);
});
