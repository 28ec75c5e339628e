import { Writable } from 'node:stream';
import { damagedBlob } from '#lib/blobs/blob-store.ts';
import { freeMemory } from '#lib/blobs/free-memory.ts';
import type { ByteRange } from '#lib/oci/range.ts';
import type { KeyObject } from 'node:crypto';
import {
  countSegments,
  openSegment,
  SEALED_SEGMENT_BYTES,
  SEGMENT_BYTES,
  segmentOffset,
  toSealedSize,
} from './seal-format.ts';

export type Sealed = {
  dataKey: KeyObject;
  /** Of the plain bytes. */
  sizeBytes: number;
  /** Copies a range of the sealed bytes. */
  copyTo: (destination: Writable, range: ByteRange) => Promise<void>;
  /** False while more segments are to come. */
  hasLast?: boolean;
};

/**
 * Decrypts a range to `destination`, segment by segment, each only once it is authenticated. Null: everything.
 * @throws AppError `blob_not_found` for damaged bytes, `unavailable` when the reader disconnects
 */
export async function copyUnsealed(sealed: Sealed, destination: Writable, range: ByteRange | null): Promise<void> {
  const { start, end } = range ?? { start: 0, end: Math.max(0, sealed.sizeBytes - 1) };
  const [first, last] = [Math.floor(start / SEGMENT_BYTES), Math.floor(end / SEGMENT_BYTES)];
  const sealedBytes = toSealedSize(sealed.sizeBytes);
  const opener = new SegmentOpener(sealed, destination, { start, end: end + 1, first });
  const onClose = () => opener.destroy();
  destination.on('close', onClose);
  if (destination.destroyed) onClose();
  try {
    await sealed.copyTo(opener, {
      start: segmentOffset(first),
      end: Math.min(segmentOffset(last + 1), sealedBytes) - 1,
    });
  } catch (error) {
    throw opener.damage ?? error;
  } finally {
    destination.off('close', onClose);
  }
}

type Wanted = { start: number; end: number; first: number };

/** Collects sealed bytes to segments, and writes what is wanted of their plain bytes. */
class SegmentOpener extends Writable {
  damage: Error | null = null;
  readonly #sealed: Sealed;
  readonly #destination: Writable;
  readonly #wanted: Wanted;
  readonly #lastIndex: number;
  readonly #partial = Buffer.allocUnsafeSlow(SEALED_SEGMENT_BYTES);
  #partialBytes = 0;
  #index: number;

  constructor(sealed: Sealed, destination: Writable, wanted: Wanted) {
    // Each chunk waits for the destination. The store chooses the chunk size.
    super({ highWaterMark: SEALED_SEGMENT_BYTES });
    this.#sealed = sealed;
    this.#destination = destination;
    this.#wanted = wanted;
    this.#lastIndex = sealed.hasLast === false ? Infinity : countSegments(sealed.sizeBytes) - 1;
    this.#index = wanted.first;
    // The rejection of `copyTo` reports the error.
    this.on('error', () => undefined);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    const plain = this.#openAll(chunk);
    const last = plain.at(-1);
    if (this.damage) return done(this.damage);
    if (!last) return done();
    this.#destination.cork();
    for (const bytes of plain.slice(0, -1)) this.#destination.write(bytes);
    this.#destination.write(last, (error) => {
      for (const bytes of plain) freeMemory(bytes);
      done(error);
    });
    this.#destination.uncork();
  }

  #openAll(chunk: Buffer): Buffer[] {
    const plain: Buffer[] = [];
    for (let at = 0; at < chunk.length && !this.damage;) {
      const missingBytes = this.#sealedBytesOf(this.#index) - this.#partialBytes;
      const piece = chunk.subarray(at, at + missingBytes);
      at += piece.length;
      if (piece.length < missingBytes) {
        this.#partialBytes += piece.copy(this.#partial, this.#partialBytes);
        break;
      }
      const bytes = this.#open(this.#partialBytes === 0 ? piece : this.#completed(piece));
      if (bytes.length > 0) plain.push(bytes);
    }
    return plain;
  }

  #completed(piece: Buffer): Buffer {
    const lengthBytes = this.#partialBytes + piece.copy(this.#partial, this.#partialBytes);
    this.#partialBytes = 0;
    return this.#partial.subarray(0, lengthBytes);
  }

  #open(segment: Buffer): Buffer {
    const index = this.#index;
    const plain = openSegment(this.#sealed.dataKey, { index, isLast: index === this.#lastIndex }, segment);
    this.#index += 1;
    if (!plain) {
      this.damage = damagedBlob();
      return Buffer.alloc(0);
    }
    const offset = index * SEGMENT_BYTES;
    return plain.subarray(Math.max(0, this.#wanted.start - offset), Math.max(0, this.#wanted.end - offset));
  }

  #sealedBytesOf(index: number): number {
    if (index < this.#lastIndex) return SEALED_SEGMENT_BYTES;
    return toSealedSize(this.#sealed.sizeBytes) - segmentOffset(index);
  }
}
