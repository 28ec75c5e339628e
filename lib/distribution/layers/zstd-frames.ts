// A zstd stream may have several frames, some of them skippable (https://www.rfc-editor.org/rfc/rfc8878#section-3).
// Node's decompressor stops after the first frame, unless no write crosses the end of a frame.

const MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;
const DICTIONARY_BYTES = [0, 1, 2, 4];
const CONTENT_SIZE_BYTES = [0, 2, 4, 8];
const CHECKSUM_BYTES = 4;
const RLE_BLOCK = 1;

export function isZstd(start: Buffer): boolean {
  return start.length >= 4 && (start.readUInt32LE(0) === MAGIC || isSkippable(start.readUInt32LE(0)));
}

function isSkippable(magic: number): boolean {
  return (magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC;
}

type State = 'magic' | 'descriptor' | 'header' | 'block header' | 'block' | 'checksum' | 'skipped size' | 'skipped';
/** States whose bytes are parsed. All other bytes pass through. */
const FIELDS = new Set<State>(['magic', 'descriptor', 'block header', 'skipped size']);

/** Splits a stream at frame boundaries, and drops skippable frames. */
export class ZstdFrames {
  #state: State = 'magic';
  #left = 4;
  #field = Buffer.alloc(0);
  #pieces: Buffer[] = [];
  #hasChecksum = false;
  #isLastBlock = false;
  #hasEnded = false;

  /** Whether trailing data followed the last frame. It is not read. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  get isBetweenFrames(): boolean {
    return this.#state === 'magic' && this.#field.length === 0;
  }

  /** Copies `chunk` into parts that don't cross the end of a frame. */
  split(chunk: Buffer): Buffer[] {
    const parts: Buffer[] = [];
    for (let at = 0; at < chunk.length && !this.#hasEnded;) {
      const piece = chunk.subarray(at, at + this.#left);
      at += piece.length;
      this.#left -= piece.length;
      if (FIELDS.has(this.#state)) this.#field = Buffer.concat([this.#field, piece]);
      // The kind of a frame is known only after its whole magic number.
      if (!['magic', 'skipped size', 'skipped'].includes(this.#state)) this.#pieces.push(piece);
      if (this.#left > 0) break;
      this.#advance();
      if (this.#state === 'magic') parts.push(...this.#flush());
    }
    return [...parts, ...this.#flush()];
  }

  #flush(): Buffer[] {
    const pieces = this.#pieces;
    this.#pieces = [];
    return pieces.length === 0 ? [] : [Buffer.concat(pieces)];
  }

  /** Advances to the next state that needs input. */
  #advance(): void {
    do {
      const field = this.#field;
      this.#field = Buffer.alloc(0);
      [this.#state, this.#left] = this.#next(field);
    } while (this.#left === 0 && !this.#hasEnded);
  }

  #next(field: Buffer): [State, number] {
    switch (this.#state) {
      case 'magic':
        return this.#begin(field);
      case 'descriptor': {
        const descriptor = field[0] ?? 0;
        const isSingleSegment = (descriptor & 0x20) !== 0;
        this.#hasChecksum = (descriptor & 0x04) !== 0;
        const contentSize = CONTENT_SIZE_BYTES[descriptor >> 6] || Number(isSingleSegment);
        return ['header', Number(!isSingleSegment) + (DICTIONARY_BYTES[descriptor & 3] ?? 0) + contentSize];
      }
      case 'header':
        return ['block header', 3];
      case 'block header': {
        const header = field.readUIntLE(0, 3);
        this.#isLastBlock = (header & 1) !== 0;
        return ['block', ((header >> 1) & 3) === RLE_BLOCK ? 1 : header >> 3];
      }
      case 'block':
        if (!this.#isLastBlock) return ['block header', 3];
        return this.#hasChecksum ? ['checksum', CHECKSUM_BYTES] : ['magic', 4];
      case 'skipped size':
        return ['skipped', field.readUInt32LE(0)];
      case 'checksum':
      case 'skipped':
        return ['magic', 4];
    }
  }

  #begin(field: Buffer): [State, number] {
    const magic = field.readUInt32LE(0);
    if (isSkippable(magic)) return ['skipped size', 4];
    this.#hasEnded = magic !== MAGIC;
    if (magic === MAGIC) this.#pieces.push(field);
    return ['descriptor', 1];
  }
}
