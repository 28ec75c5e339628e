// What counted attempts go by, and how a wait is told.
import { createHash } from 'node:crypto';

/** A hash: there is no list of who tried from where. */
export function attemptKey(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export function describeWait(seconds: number): string {
  if (seconds === 1) return 'a second';
  return seconds < 120 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`;
}
