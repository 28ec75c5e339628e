import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { openSecret, sealSecret } from './sealed-secret.ts';

const key = randomBytes(32);

test('a sealed secret can be opened and doesn’t reveal its content', () => {
  const sealed = sealSecret(key, 'upstream 1', 'pässword');
  expect(sealed.toString('latin1')).not.toContain('ssword');
  expect(openSecret(key, 'upstream 1', sealed)).toBe('pässword');
  expect(sealSecret(key, 'upstream 1', 'pässword').equals(sealed)).toBe(false);
});

test('a sealed secret can’t be opened with another key, for another row or after tampering', () => {
  const sealed = sealSecret(key, 'upstream 1', 'secret');
  const closed = { code: 'internal' };
  expect(() => openSecret(randomBytes(32), 'upstream 1', sealed)).toThrow(expect.objectContaining(closed));
  expect(() => openSecret(key, 'upstream 2', sealed)).toThrow(expect.objectContaining(closed));
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Buffer.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(() => openSecret(key, 'upstream 1', changed)).toThrow(expect.objectContaining(closed));
  }
  expect(() => openSecret(key, 'upstream 1', Buffer.alloc(3))).toThrow(expect.objectContaining(closed));
});
