import { createHash } from 'node:crypto';

/** A number from 0 to 1 that is always the same for a text, so that every demo looks alike. */
export function chance(text: string): number {
  return createHash('sha1').update(text).digest().readUInt16BE() / 65_536;
}
