import { isIP, SocketAddress } from 'node:net';

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/;

/** Returns the canonical form of an address, with IPv4-mapped IPv6 as IPv4. Returns null if invalid. */
export function normaliseAddress(text: string): string | null {
  // Strip the IPv6 zone.
  const [address = ''] = text.split('%');
  const version = isIP(address);
  if (version === 0) return null;
  const normal = version === 4 ? address : new SocketAddress({ address, family: 'ipv6' }).address;
  return MAPPED.exec(normal)?.[1] ?? normal;
}

/** Returns what counts as one client: an IPv4 address or an IPv6 /64, because providers assign at least a /64 per customer. */
export function networkOf(address: string): string {
  const normal = normaliseAddress(address);
  if (normal === null || isIP(normal) === 4) return normal ?? address;
  const [head = '', tail = ''] = normal.split('::');
  const groups = head === '' ? [] : head.split(':');
  const last = tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - groups.length - last.length) }, () => '0');
  return `${[...groups, ...zeros, ...last].slice(0, 4).join(':')}::/64`;
}
