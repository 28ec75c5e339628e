import { canonicalHost } from './docker-hub.ts';

const MAX_NAME_LENGTH = 253;
const MAX_PORT = 65_535;
const HOST_AND_PORT = /^(\[[0-9a-f:.]{2,45}\]|[a-z0-9.-]+)(?::([1-9][0-9]{0,4}))?$/i;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Parses a host with an optional port (`ghcr.io`, `127.0.0.1:5000`, `[::1]:5000`) into its canonical spelling. Null for
 * everything else: schemes, paths, user names, internationalized names (also as `xn--`, because of homographs) and IPv4
 * addresses in unusual spellings (`127.1`, `0x7f000001`).
 */
export function parseUpstreamHost(text: string): string | null {
  // Lower-case only after the check, because some non-ASCII letters have an ASCII lower case (the Kelvin sign becomes
  // `k`).
  const [, hostText = '', portText] = HOST_AND_PORT.exec(text) ?? [];
  const host = hostText.toLowerCase();
  if (portText !== undefined && Number(portText) > MAX_PORT) return null;
  const name = host.startsWith('[') ? canonicalIpv6(host) : isHostName(host) ? host : null;
  if (name === null) return null;
  return canonicalHost(portText === undefined ? name : `${name}:${portText}`);
}

function isHostName(host: string): boolean {
  if (host.length > MAX_NAME_LENGTH) return false;
  if (!host.split('.').every((label) => LABEL.test(label) && !label.startsWith('xn--'))) return false;
  // https://url.spec.whatwg.org/#concept-host-parser parses a host that ends in a number as an IPv4 address.
  return URL.parse(`http://${host}`)?.hostname === host;
}

function canonicalIpv6(host: string): string | null {
  return URL.parse(`http://${host}`)?.hostname ?? null;
}
