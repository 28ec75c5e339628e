// Keys of rate-limited attempts, and descriptions of waiting times.
import { createHash } from 'node:crypto';

/** Hashes the key, so that the database doesn't record who tried from where. */
export function attemptKey(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export function describeWait(seconds: number): string {
  if (seconds === 1) return 'a second';
  return seconds < 120 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`;
}
