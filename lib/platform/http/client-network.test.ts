import fc from 'fast-check';
import { expect, test } from 'vitest';
import { networkOf, normaliseAddress } from './client-network.ts';

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['::FFFF:c000:201', '192.0.2.1'],
  ['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002::9', '2001:db8:1:2::/64'],
  ['2001:db8:1:3::9', '2001:db8:1:3::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:db8::', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['nonsense', 'nonsense'],
])('networkOf maps %s to %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test('maps IPv6 addresses in any notation to their first four groups', () => {
  const group = fc.integer({ min: 1, max: 0xffff });
  const tail = fc.tuple(group, group, group, group);
  fc.assert(
    fc.property(tail, tail, tail, (head, one, other) => {
      const write = (groups: number[]) => groups.map((n) => n.toString(16)).join(':');
      const padded = [...head, ...other].map((n) => n.toString(16).toUpperCase().padStart(4, '0')).join(':');
      expect(networkOf(padded)).toBe(networkOf(write([...head, ...one])));
    }),
  );
});

test('normaliseAddress returns null for invalid addresses', () => {
  for (const text of ['', '1.2.3', '1.2.3.4:80', '[::1]', 'example.org']) expect(normaliseAddress(text)).toBeNull();
});
