// What counted attempts go by, and how a wait is told.
import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';

/** A hash: there is no list of who tried from where. */
export function attemptKey(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Whoever has one IPv6 address has 2^64 of them. */
export function networkOf(address: string): string {
  if (!isIPv6(address) || address.includes('.')) return address;
  const [head = '', tail = ''] = address.split('::');
  const groups = head.split(':');
  const zeros = address.includes('::') ? 8 - groups.length - tail.split(':').length : 0;
  const all = [...groups, ...Array.from({ length: Math.max(0, zeros) }, () => '0'), ...tail.split(':')];
  return all.slice(0, 4).join(':');
}

export function describeWait(seconds: number): string {
  if (seconds === 1) return 'a second';
  return seconds < 120 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`;
}
