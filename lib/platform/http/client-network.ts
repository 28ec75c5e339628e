import { isIP, SocketAddress } from 'node:net';

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/;

/** An address the one way it is written; an IPv4 address in an IPv6 socket is that IPv4 address. Null for what is no address. */
export function normaliseAddress(text: string): string | null {
  // A zone says which of this machine's links an address is on.
  const [address = ''] = text.split('%');
  const version = isIP(address);
  if (version === 0) return null;
  const normal = version === 4 ? address : new SocketAddress({ address, family: 'ipv6' }).address;
  return MAPPED.exec(normal)?.[1] ?? normal;
}

/** What counts as one client: an IPv4 address, or an IPv6 /64, since whoever has one IPv6 address has 2^64 of them. */
export function networkOf(address: string): string {
  const normal = normaliseAddress(address);
  if (normal === null || isIP(normal) === 4) return normal ?? address;
  const [head = '', tail = ''] = normal.split('::');
  const groups = head === '' ? [] : head.split(':');
  const last = tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - groups.length - last.length) }, () => '0');
  return `${[...groups, ...zeros, ...last].slice(0, 4).join(':')}::/64`;
}
