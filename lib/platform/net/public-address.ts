// Which addresses may be connected to when a stranger chose the name: public ones, and those inside the networks that the
// operator allows.
import { BlockList, isIP } from 'node:net';

// Two lists: in one, the IPv4-mapped range of IPv6 would stand for all of IPv4.
// prettier-ignore
const PRIVATE_IPV4 = buildList('ipv4', [
  ['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12],
  ['192.0.0.0', 24], ['192.0.2.0', 24], ['192.168.0.0', 16], ['198.18.0.0', 15], ['198.51.100.0', 24], ['203.0.113.0', 24],
  ['224.0.0.0', 4], ['240.0.0.0', 4],
]);
// The rest of IPv6 is loopback, private, link-local, multicast, an IPv4 address in disguise, or unassigned.
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

/** Not loopback, private, link-local, shared, documentation, multicast, or an IPv4 address in disguise. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !PRIVATE_IPV4.check(address, 'ipv4');
  return family === 6 && GLOBAL_IPV6.check(address, 'ipv6') && !SPECIAL_IPV6.check(address, 'ipv6');
}

export type Network = { address: string; prefix: number; family: 'ipv4' | 'ipv6' };

const NETWORK = /^([0-9a-f.:]+)(?:\/(0|[1-9][0-9]{0,2}))?$/i;

/** `10.0.0.0/8`, `fd00::/8`, or one address; null for anything else. */
export function parseNetwork(text: string): Network | null {
  const [, address = '', prefixText] = NETWORK.exec(text) ?? [];
  const version = isIP(address);
  if (version === 0) return null;
  const bits = version === 4 ? 32 : 128;
  const prefix = prefixText === undefined ? bits : Number(prefixText);
  return prefix > bits ? null : { address, prefix, family: version === 4 ? 'ipv4' : 'ipv6' };
}

export type AddressFilter = (address: string) => boolean;

/** Public addresses, and those inside some networks. @throws TypeError for a text that is not a network */
export function createAddressFilter(allowedNetworks: string[]): AddressFilter {
  const isInside = createNetworkFilter(allowedNetworks);
  return (address) => isPublicAddress(address) || isInside(address);
}

/** Those inside some networks alone. @throws TypeError for a text that is not a network */
export function createNetworkFilter(allowedNetworks: string[]): AddressFilter {
  const allowed = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const text of allowedNetworks) {
    const network = parseNetwork(text);
    if (!network) throw new TypeError(`${text} is not a network: write it like 10.0.0.0/8 or fd00::/8`);
    allowed[network.family].addSubnet(network.address, network.prefix, network.family);
  }
  return (address) => {
    const version = isIP(address);
    if (version === 4) return allowed.ipv4.check(address, 'ipv4');
    // The same socket as the IPv4 address, which the list for IPv4 did not see.
    if (version !== 6 || MAPPED_IPV4.check(address, 'ipv6')) return false;
    return allowed.ipv6.check(address, 'ipv6');
  };
}
