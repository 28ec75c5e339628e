import { expect, test } from 'vitest';
import { createTotpSecret, findTotpStep, totpCode, totpStep, totpUrl } from './totp.ts';

/** The secret of RFC 6238 appendix B, `12345678901234567890`. */
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

test.each([
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
])('the code at second %i is that of RFC 6238', (seconds, code) => {
  expect(totpCode(SECRET, totpStep(new Date(seconds * 1000)))).toBe(code);
});

test('a code is valid for one step more or less, once', () => {
  const now = new Date('2026-01-01T00:00:10Z');
  const step = totpStep(now);
  const find = (code: string, lastStep = 0) => findTotpStep(SECRET, { code, lastStep, now });
  for (const near of [step - 1, step, step + 1]) expect(find(totpCode(SECRET, near))).toBe(near);
  for (const far of [step - 2, step + 2]) expect(find(totpCode(SECRET, far))).toBeNull();
  expect(find(totpCode(SECRET, step), step)).toBeNull();
  expect(find(totpCode(SECRET, step - 1), step)).toBeNull();
  expect(find(totpCode(SECRET, step + 1), step)).toBe(step + 1);
});

test.each(['', '12345', '1234567', 'abcdef', '１２３４５６', '\u0000'])('%j is not a code', (code) => {
  expect(findTotpStep(SECRET, { code, lastStep: 0, now: new Date() })).toBeNull();
});

test('apps show codes in groups', () => {
  const now = new Date();
  const code = totpCode(SECRET, totpStep(now));
  expect(findTotpStep(SECRET, { code: ` ${code.slice(0, 3)} ${code.slice(3)} `, lastStep: 0, now })).not.toBeNull();
});

test('secrets have 160 random bits', () => {
  const secrets = new Set(Array.from({ length: 50 }, createTotpSecret));
  expect(secrets.size).toBe(50);
  for (const secret of secrets) expect(secret).toMatch(/^[A-Z2-7]{32}$/);
});

test('the address for apps escapes the site and the account', () => {
  expect(totpUrl(SECRET, { site: 'g.example:8080', email: 'a&b@example.org' })).toBe(
    `otpauth://totp/g.example%3A8080:a%26b%40example.org?secret=${SECRET}&issuer=g.example%3A8080`,
  );
});
