// A gzip file may have several members (https://www.rfc-editor.org/rfc/rfc1952). Node's decompressor takes trailing
// data for a damaged member, and then loses the end of the last good one.
import { createInflateRaw, type InflateRaw } from 'node:zlib';

const MAGIC = [0x1f, 0x8b, 8];
const FIXED_HEADER_BYTES = 10;
const TRAILER_BYTES = 8;
const FLAGS = { crc: 2, extra: 4, name: 8, comment: 16 };
const MAX_HEADER_BYTES = 1024 * 1024;

/** Returns null when the header is incomplete, and `none` when no member begins here. */
function headerLength(bytes: Buffer): number | null | 'none' {
  if (MAGIC.some((byte, i) => i < bytes.length && bytes[i] !== byte) || bytes.length > MAX_HEADER_BYTES) return 'none';
  if (bytes.length < FIXED_HEADER_BYTES) return null;
  const flags = bytes[3] ?? 0;
  let length = FIXED_HEADER_BYTES;
  if (flags & FLAGS.extra) {
    if (bytes.length < length + 2) return null;
    length += 2 + bytes.readUInt16LE(length);
  }
  for (const flag of [FLAGS.name, FLAGS.comment]) {
    if (!(flags & flag)) continue;
    const end = bytes.indexOf(0, length);
    if (end < 0) return null;
    length = end + 1;
  }
  if (flags & FLAGS.crc) length += 2;
  return length <= bytes.length ? length : null;
}

export type GzipEvents = { onData: (chunk: Buffer) => void; onDamage: () => void };

/** Decompresses gzip members. Ignores their checksums, because the blob's digest is a stronger check. */
export class GzipMembers {
  readonly #events: GzipEvents;
  #header = Buffer.alloc(0);
  #inflate: InflateRaw | null = null;
  #trailerLeft = 0;
  #hasEnded = false;

  constructor(events: GzipEvents) {
    this.#events = events;
  }

  /** Whether trailing data followed the last member. It is not read. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  get isBetweenMembers(): boolean {
    return !this.#inflate && this.#header.length === 0 && this.#trailerLeft === 0;
  }

  async write(chunk: Buffer): Promise<void> {
    for (let rest = chunk; rest.length > 0 && !this.#hasEnded;) {
      if (this.#trailerLeft > 0) {
        const skipped = Math.min(this.#trailerLeft, rest.length);
        this.#trailerLeft -= skipped;
        rest = rest.subarray(skipped);
      } else if (this.#inflate) {
        rest = rest.subarray(await this.#feed(this.#inflate, rest));
      } else {
        const bytes = Buffer.concat([this.#header, rest]);
        const length = headerLength(bytes);
        this.#header = length === null ? bytes : Buffer.alloc(0);
        this.#hasEnded = length === 'none';
        if (typeof length !== 'number') return;
        rest = bytes.subarray(length);
        this.#inflate = createInflateRaw().on('data', this.#events.onData);
      }
    }
  }

  destroy(): void {
    this.#inflate?.destroy();
  }

  /** Resolves to the number of bytes that belong to the member. Others may follow. */
  #feed(inflate: InflateRaw, bytes: Buffer): Promise<number> {
    const before = inflate.bytesWritten;
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        inflate.off('end', end).off('error', fail).off('close', settle);
        resolve(bytes.length);
      };
      const end = (): void => {
        this.#inflate = null;
        this.#trailerLeft = TRAILER_BYTES;
        resolve(inflate.bytesWritten - before);
      };
      const fail = (error: Error): void => {
        this.#events.onDamage();
        reject(error);
      };
      inflate.once('end', end).once('error', fail).once('close', settle);
      inflate.write(bytes, () => settle());
    });
  }
}
