// Address filters against SSRF. Connections to user-supplied hosts may only go to public addresses and networks that the
// operator allows.
import { BlockList, isIP } from 'node:net';

// Separate lists, because in a single one the IPv4-mapped IPv6 range would match all of IPv4.
// prettier-ignore
const PRIVATE_IPV4 = buildList('ipv4', [
  ['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12],
  ['192.0.0.0', 24], ['192.0.2.0', 24], ['192.168.0.0', 16], ['198.18.0.0', 15], ['198.51.100.0', 24], ['203.0.113.0', 24],
  ['224.0.0.0', 4], ['240.0.0.0', 4],
]);
// The rest of IPv6 is loopback, private, link-local, multicast, embeds IPv4, or is unassigned.
const GLOBAL_IPV6 = buildList('ipv6', [['2000::', 3]]);
const SPECIAL_IPV6 = buildList('ipv6', [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
]);
const MAPPED_IPV4 = buildList('ipv6', [['::ffff:0:0', 96]]);

function buildList(family: 'ipv4' | 'ipv6', subnets: [network: string, prefix: number][]): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of subnets) list.addSubnet(network, prefix, family);
  return list;
}

/** Excludes loopback, private, link-local, shared, documentation and multicast addresses, and IPv6 that embeds IPv4. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !PRIVATE_IPV4.check(address, 'ipv4');
  return family === 6 && GLOBAL_IPV6.check(address, 'ipv6') && !SPECIAL_IPV6.check(address, 'ipv6');
}

export type Network = { address: string; prefix: number; family: 'ipv4' | 'ipv6' };

const NETWORK = /^([0-9a-f.:]+)(?:\/(0|[1-9][0-9]{0,2}))?$/i;

/** Parses `10.0.0.0/8`, `fd00::/8` or a single address. Returns null if invalid. */
export function parseNetwork(text: string): Network | null {
  const [, address = '', prefixText] = NETWORK.exec(text) ?? [];
  const version = isIP(address);
  if (version === 0) return null;
  const bits = version === 4 ? 32 : 128;
  const prefix = prefixText === undefined ? bits : Number(prefixText);
  return prefix > bits ? null : { address, prefix, family: version === 4 ? 'ipv4' : 'ipv6' };
}

export type AddressFilter = (address: string) => boolean;

/** Accepts public addresses and those in the given networks. @throws TypeError for an invalid network */
export function createAddressFilter(allowedNetworks: string[]): AddressFilter {
  const isInside = createNetworkFilter(allowedNetworks);
  return (address) => isPublicAddress(address) || isInside(address);
}

/** Accepts only addresses in the given networks. @throws TypeError for an invalid network */
export function createNetworkFilter(allowedNetworks: string[]): AddressFilter {
  const allowed = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const text of allowedNetworks) {
    const network = parseNetwork(text);
    if (!network) throw new TypeError(`${text} is not a valid network, such as 10.0.0.0/8 or fd00::/8`);
    allowed[network.family].addSubnet(network.address, network.prefix, network.family);
  }
  return (address) => {
    const version = isIP(address);
    if (version === 4) return allowed.ipv4.check(address, 'ipv4');
    // An IPv4-mapped address reaches the IPv4 host but bypasses the IPv4 list.
    if (version !== 6 || MAPPED_IPV4.check(address, 'ipv6')) return false;
    return allowed.ipv6.check(address, 'ipv6');
  };
}
