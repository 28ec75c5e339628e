import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { createAddressFilter, createNetworkFilter, isPublicAddress, parseNetwork } from './public-address.ts';

describe('isPublicAddress', () => {
  // prettier-ignore
  test.each([
    '127.0.0.1', '10.1.2.3', '169.254.169.254', '172.31.255.255', '192.168.0.1', '100.64.0.1', '0.0.0.0', '224.0.0.1',
    '255.255.255.255', '::', '::1', 'fe80::1', 'fe80::1%eth0', 'fd00::1', 'fd00:ec2::254', 'fec0::1', 'ff02::1',
    '::ffff:10.0.0.1', '::ffff:8.8.8.8', '::8.8.8.8', '64:ff9b::a00:1', '64:ff9b:1::1', '2002:a00:1::', '2001::1',
    '2001:db8::1', '3fff::1', '4000::1', 'nonsense', '', '127.1', '010.0.0.1', '[::1]',
  ])('rejects %s', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
  test.each(['93.184.216.34', '172.32.0.1', '2606:2800:220:1:248:1893:25c8:1946', '2a00:1450:4001::1'])(
    'accepts %s',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );
});

describe('parseNetwork', () => {
  it('parses networks and single addresses', () => {
    expect(parseNetwork('10.0.0.0/8')).toEqual({ address: '10.0.0.0', prefix: 8, family: 'ipv4' });
    expect(parseNetwork('127.0.0.1')).toEqual({ address: '127.0.0.1', prefix: 32, family: 'ipv4' });
    expect(parseNetwork('fd00::/8')).toEqual({ address: 'fd00::', prefix: 8, family: 'ipv6' });
    expect(parseNetwork('0.0.0.0/0')).toEqual({ address: '0.0.0.0', prefix: 0, family: 'ipv4' });
  });

  // prettier-ignore
  test.each([
    '', '10.0.0.0/33', '::/129', '10/8', '10.0.0/24', '10.0.0.0/', '10.0.0.0/-1', '10.0.0.0/08', '10.0.0.0/8 ',
    '10.0.0.0/8/8', '10.0.0.0/255.0.0.0', 'fe80::1%eth0/64', 'localhost', '[::1]/128', '*',
  ])('rejects %j', (text) => {
    expect(parseNetwork(text)).toBeNull();
    expect(() => createAddressFilter([text])).toThrow(/is not a valid network/);
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseNetwork(text)));
  });
});

describe('createAddressFilter', () => {
  const toText = (value: number) => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
  const ipv4 = fc.nat(0xffff_ffff);
  const isInside = (address: number, network: number, prefix: number) =>
    prefix === 0 || address >>> (32 - prefix) === network >>> (32 - prefix);

  it('accepts exactly public addresses and those in allowed networks', () => {
    const cases = fc.tuple(ipv4, ipv4, fc.integer({ min: 0, max: 32 }), fc.nat(0xffff_ffff));
    fc.assert(
      fc.property(cases, ([network, near, prefix, noise]) => {
        const isAllowed = createAddressFilter([`${toText(network)}/${prefix}`]);
        // A random address, and one that differs from the network only in its last bits.
        for (const address of [near, (network ^ (noise >>> prefix)) >>> 0]) {
          const expected = isPublicAddress(toText(address)) || isInside(address, network, prefix);
          expect(isAllowed(toText(address))).toBe(expected);
          expect(isAllowed(`::ffff:${toText(address)}`)).toBe(false);
        }
      }),
    );
  });

  it('accepts only public addresses without networks', () => {
    const isAllowed = createAddressFilter([]);
    fc.assert(fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => isAllowed(text) === isPublicAddress(text)));
  });

  it('supports IPv6 networks', () => {
    const isAllowed = createAddressFilter(['fd12:3456::/32', '::1']);
    expect(['fd12:3456::1', '::1', '2606:2800::1'].every(isAllowed)).toBe(true);
    expect(['fd12:3457::1', '::2', '127.0.0.1', '::ffff:127.0.0.1'].some(isAllowed)).toBe(false);
  });

  it('does not match IPv4 addresses with IPv6 networks', () => {
    const isAllowed = createAddressFilter(['::/0']);
    expect(isAllowed('::ffff:10.0.0.1')).toBe(false);
    expect(isAllowed('::ffff:a00:1')).toBe(false);
    expect(isAllowed('10.0.0.1')).toBe(false);
    expect(isAllowed('fd00::1')).toBe(true);
  });
});

describe('createNetworkFilter', () => {
  it('accepts only addresses in the networks', () => {
    const isInside = createNetworkFilter(['10.0.0.0/8']);
    expect(['10.1.2.3', '127.0.0.1', '192.0.2.1', '1.1.1.1', '2606:4700::1'].map(isInside)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});
