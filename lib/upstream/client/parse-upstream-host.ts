import { canonicalHost } from './docker-hub.ts';

const MAX_NAME_LENGTH = 253;
const MAX_PORT = 65_535;
const HOST_AND_PORT = /^(\[[0-9a-f:.]{2,45}\]|[a-z0-9.-]+)(?::([1-9][0-9]{0,4}))?$/i;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * `ghcr.io`, `127.0.0.1:5000`, `[::1]:5000`: a host and perhaps a port, in the one spelling that it is kept and compared by.
 * Null for everything else: schemes, paths, user names, names in other scripts (also as `xn--`, for they look like others),
 * and numbers that only some programs take for an address (`127.1`, `0x7f000001`).
 */
export function parseUpstreamHost(text: string): string | null {
  // In lower case after the check: some letters of other scripts have a small Latin one (the Kelvin sign has `k`).
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
  // https://url.spec.whatwg.org/#concept-host-parser reads what ends in a number as an IPv4 address, in any of its spellings.
  return URL.parse(`http://${host}`)?.hostname === host;
}

function canonicalIpv6(host: string): string | null {
  return URL.parse(`http://${host}`)?.hostname ?? null;
}
