import { afterEach, expect, test, vi } from 'vitest';
import type { RegistryToken } from '#lib/identity/credentials/registry-token.ts';
import { VerifiedTokens } from './verified-tokens.ts';

afterEach(() => vi.useRealTimers());

const expiringAt = (expiresAt: Date): RegistryToken => ({
  userId: null,
  scopes: null,
  grants: [],
  accessTokenId: null,
  accessKeyId: null,
  issuedAt: new Date(),
  expiresAt,
});

test('finds a token only by its exact text', () => {
  const tokens = new VerifiedTokens();
  const token = expiringAt(new Date(Date.now() + 60_000));
  tokens.add('a.b.c', token);
  expect(tokens.find('a.b.c')).toBe(token);
  expect(tokens.find('a.b.d')).toBeNull();
});

test('never finds an expired token', () => {
  const tokens = new VerifiedTokens();
  tokens.add('a.b.c', expiringAt(new Date(Date.now() + 60_000)));
  vi.useFakeTimers({ now: Date.now() + 60_000, toFake: ['Date'] });
  expect(tokens.find('a.b.c')).toBeNull();
});

test('is not shared between Apps', () => {
  const tokens = new VerifiedTokens();
  tokens.add('a.b.c', expiringAt(new Date(Date.now() + 60_000)));
  expect(new VerifiedTokens().find('a.b.c')).toBeNull();
});
