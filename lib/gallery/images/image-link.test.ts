import { expect, test } from 'vitest';
import { readImageLink, signImageLink } from './image-link.ts';

const KEY = new Uint8Array(32).fill(7);
const parts = (link: string) => {
  const [, , , mac = '', url = ''] = link.split('/');
  return { mac, url };
};

test('reads back a link that it signed, without the fragment', () => {
  const link = signImageLink(KEY, 'https://img.test/ä b.png?x=1#gh-dark-mode-only');
  expect(link).toMatch(/^\/api\/images\/[\w-]{22}\/[\w-]+$/);
  expect(readImageLink(KEY, parts(link))?.href).toBe('https://img.test/%C3%A4%20b.png?x=1');
});

test.each([
  ['another address', ({ mac }: Parts) => ({ mac, url: Buffer.from('https://evil.test/').toString('base64url') })],
  ['another signature', ({ url }: Parts) => ({ mac: 'A'.repeat(22), url })],
  ['a short signature', ({ mac, url }: Parts) => ({ mac: mac.slice(0, 4), url })],
  ['another spelling of the address', ({ mac, url }: Parts) => ({ mac, url: `${url}=` })],
  ['another spelling of the signature', ({ mac, url }: Parts) => ({ mac: `${mac}==`, url })],
  ['no signature', ({ url }: Parts) => ({ mac: '', url })],
])('refuses %s', (_what, change) => {
  expect(readImageLink(KEY, change(parts(signImageLink(KEY, 'https://img.test/a.png'))))).toBeNull();
});

test("refuses another site's key, other protocols and overlong addresses", () => {
  expect(readImageLink(new Uint8Array(32), parts(signImageLink(KEY, 'https://img.test/a.png')))).toBeNull();
  for (const url of ['file:///etc/passwd', 'nonsense', `https://img.test/${'x'.repeat(3_000)}`])
    expect(readImageLink(KEY, parts(signImageLink(KEY, url)))).toBeNull();
});

type Parts = { mac: string; url: string };
