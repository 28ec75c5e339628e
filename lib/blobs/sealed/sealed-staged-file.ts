import { createHash, type Hash, type KeyObject } from 'node:crypto';
import { IncomingMessage } from 'node:http';
import { Readable, type Writable } from 'node:stream';
import type { Received, Sink, StagedFile } from '#lib/blobs/staging-area.ts';
import { freeMemory } from '#lib/blobs/free-memory.ts';
import { sendBuffer } from '#lib/blobs/send-buffer.ts';
import type { ByteRange } from '#lib/oci/range.ts';
import { copyUnsealed } from './copy-unsealed.ts';
import { collect, toWritable } from '#lib/blobs/to-writable.ts';
import {
  countSegments,
  nextSegmentEnd,
  openSegment,
  SEGMENT_BYTES,
  sealSegment,
  segmentOffset,
  toPlainSize,
  toSealedSize,
} from './seal-format.ts';

type Parts = {
  inner: StagedFile;
  dataKey: KeyObject;
  /** Of an empty file, still to be written. */
  header: Buffer | null;
};

/** `whole` segments are stored, none of them as the last one. `tail` follows them. */
type Content = { whole: number; tail: Buffer };
type State = { content: Content; sealedBytes: number };

const MAX_QUEUED_BYTES = 8 * SEGMENT_BYTES;
const EMPTY = Buffer.alloc(0);

/**
 * Seals an upload while it arrives. Between appends, the stored bytes end in a last segment, as those of a blob do. The next append
 * writes this segment again.
 */
export class SealedStagedFile implements StagedFile {
  readonly #inner: StagedFile;
  readonly #dataKey: KeyObject;
  #header: Buffer | null;
  #content: Content = { whole: 0, tail: EMPTY };
  /** Holds the tail while it grows. */
  #segment: Buffer = EMPTY;
  /** Segments on their way to the file, for readers that follow the writer. */
  #inFlight: { index: number; plain: Buffer }[] = [];
  /** What the last append began with. */
  #before: State | null = null;

  private constructor({ inner, dataKey, header }: Parts) {
    this.#inner = inner;
    this.#dataKey = dataKey;
    this.#header = header;
  }

  static async open(parts: Parts): Promise<SealedStagedFile> {
    const file = new SealedStagedFile(parts);
    if (!parts.header) await file.#readContent();
    return file;
  }

  get id(): string {
    return this.#inner.id;
  }

  get hashesLate(): boolean {
    return this.#inner.hashesLate;
  }

  stat(): { sizeBytes: number; version: string } {
    return { sizeBytes: sizeOf(this.#content), version: this.#inner.stat().version };
  }

  async append(source: Readable, sink: Sink): Promise<Received> {
    const before = { content: this.#content, sealedBytes: this.#inner.stat().sizeBytes };
    this.#before = before;
    // The tail of `before` stays as it is.
    this.#segment = EMPTY;
    const writing = new Writing(source, sink);
    const isEmpty = !(await writing.readChunk());
    if (isEmpty && !writing.failure && !this.#header) return writing.received();
    try {
      await this.#write(this.#seal(writing, sink), sink);
      if (writing.failure) throw writing.failure;
      return writing.received();
    } catch (error) {
      // Keeps the first error. Another process finds what is left by its tags.
      await this.#restore(before).catch(() => undefined);
      throw error;
    } finally {
      this.#inFlight = [];
    }
  }

  async *#seal(writing: Writing, { onWritten }: Sink): AsyncGenerator<Buffer> {
    if (this.#header) yield this.#header;
    while (writing.chunk) {
      for (let rest = writing.chunk; rest.length > 0;) {
        // The last segment may be a full one, so a full one waits for the next byte.
        if (this.#content.tail.length === SEGMENT_BYTES) yield* this.#sealWhole(onWritten !== undefined);
        rest = rest.subarray(this.#extendTail(rest, onWritten !== undefined));
      }
      writing.freeChunk();
      onWritten?.(sizeOf(this.#content));
      await writing.readChunk();
    }
    if (!writing.failure) yield* this.#sealTail({ isLast: true });
  }

  #sealWhole(isFollowed: boolean): Buffer[] {
    const { whole, tail } = this.#content;
    if (isFollowed) this.#inFlight.push({ index: whole, plain: tail });
    const sealed = this.#sealTail({ isLast: false });
    this.#content = { whole: whole + 1, tail: EMPTY };
    return sealed;
  }

  /** Copies bytes to the tail, up to a full segment. Returns how many. Followers may still read earlier segments. */
  #extendTail(bytes: Buffer, isFollowed: boolean): number {
    const { whole, tail } = this.#content;
    const isReusable = this.#segment.length > 0 && (tail.length > 0 || !isFollowed);
    // Earlier views of the tail stay as they are, because only bytes after them are written.
    if (!isReusable) {
      this.#segment = Buffer.allocUnsafeSlow(SEGMENT_BYTES);
      tail.copy(this.#segment);
    }
    const copiedBytes = bytes.copy(this.#segment, tail.length);
    this.#content = { whole, tail: this.#segment.subarray(0, tail.length + copiedBytes) };
    return copiedBytes;
  }

  #sealTail({ isLast }: { isLast: boolean }): Buffer[] {
    const { whole, tail } = this.#content;
    return sealSegment(this.#dataKey, { index: whole, isLast }, tail);
  }

  /** Writes sealed bytes from the last segment on. */
  async #write(
    sealed: AsyncIterable<Buffer> | Buffer[],
    { announcedBytes = null, onWritten }: Pick<Sink, 'announcedBytes' | 'onWritten'>,
  ): Promise<void> {
    const source = Readable.from(sealed, { objectMode: false, highWaterMark: MAX_QUEUED_BYTES });
    const offsetBytes = this.#header ? 0 : segmentOffset(this.#content.whole);
    const { outcome } = await this.#inner.append(source, {
      offsetBytes,
      limitBytes: Number.MAX_SAFE_INTEGER,
      announcedBytes:
        announcedBytes === null ? null : toSealedSize(sizeOf(this.#content) + announcedBytes) - offsetBytes,
      hash: { update: () => undefined },
      ownsChunks: true,
      keptEnd: nextSegmentEnd,
      ...(onWritten && { onWritten: (end) => this.#forgetWritten(end) }),
    });
    if (outcome !== 'complete') throw source.errored ?? new Error('The sealed bytes of an upload were cut.');
    this.#header = null;
  }

  #forgetWritten(sealedEnd: number): void {
    const isWritten = ({ index }: { index: number }) => segmentOffset(index + 1) <= sealedEnd;
    while (this.#inFlight[0] && isWritten(this.#inFlight[0])) this.#inFlight.shift();
  }

  async #restore({ content, sealedBytes }: State): Promise<void> {
    this.#content = content;
    this.#inFlight = [];
    this.#before = null;
    if (this.#header) return this.#inner.truncate(0);
    // Before anything is written, because a store may only be able to undo its last append.
    await this.#inner.truncate(sealedBytes);
    await this.#write(this.#sealTail({ isLast: true }), { announcedBytes: 0 });
  }

  async truncate(sizeBytes: number): Promise<void> {
    if (sizeBytes >= sizeOf(this.#content)) return;
    if (this.#before && sizeOf(this.#before.content) === sizeBytes) return this.#restore(this.#before);
    const whole = countSegments(sizeBytes) - 1;
    const tail = sizeBytes === 0 ? EMPTY : await this.#readPlain(whole * SEGMENT_BYTES, sizeBytes - 1);
    await this.#restore({ content: { whole, tail }, sealedBytes: toSealedSize(sizeBytes) });
  }

  async hash(algorithm: 'sha256' | 'sha512'): Promise<Hash> {
    const hash = createHash(algorithm);
    const sizeBytes = sizeOf(this.#content);
    if (sizeBytes > 0)
      await this.copyTo(
        toWritable((chunk) => hash.update(chunk)),
        { start: 0, end: sizeBytes - 1 },
      );
    return hash;
  }

  async copyTo(destination: Writable, { start, end }: ByteRange): Promise<void> {
    const { whole, tail } = this.#content;
    const inMemory = [...this.#inFlight, { index: whole, plain: tail }];
    const stored = (inMemory[0]?.index ?? whole) * SEGMENT_BYTES;
    if (start < stored) await this.#copyStored(destination, { start, end: Math.min(end, stored - 1) }, stored);
    for (const { index, plain } of inMemory) {
      const offset = index * SEGMENT_BYTES;
      const part = plain.subarray(Math.max(0, start - offset), Math.max(0, end + 1 - offset));
      if (part.length > 0) await sendBuffer(part, destination);
    }
  }

  #copyStored(destination: Writable, range: ByteRange, sizeBytes: number): Promise<void> {
    const copyTo = (opener: Writable, part: ByteRange) => this.#inner.copyTo(opener, part);
    return copyUnsealed({ dataKey: this.#dataKey, sizeBytes, copyTo, hasLast: false }, destination, range);
  }

  #readPlain(start: number, end: number): Promise<Buffer> {
    return collect((reader) => this.copyTo(reader, { start, end }));
  }

  /** Finds where the stored bytes end. Repairs what a process left behind that died while it wrote. */
  async #readContent(): Promise<void> {
    const storedBytes = this.#inner.stat().sizeBytes;
    for (let index = countSegments(toPlainSize(storedBytes)) - 1; index >= 0; index -= 1) {
      const end = Math.min(segmentOffset(index + 1), storedBytes) - 1;
      const sealed = await collect((reader) => this.#inner.copyTo(reader, { start: segmentOffset(index), end }));
      const last = openSegment(this.#dataKey, { index, isLast: true }, sealed);
      const tail = last ?? openSegment(this.#dataKey, { index, isLast: false }, sealed);
      if (!tail) continue;
      this.#content = { whole: index, tail };
      if (last && end + 1 === storedBytes) return;
      break;
    }
    const sealedBytes = Math.min(storedBytes, toSealedSize(sizeOf(this.#content)));
    await this.#restore({ content: this.#content, sealedBytes });
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}

/** Reads a source chunk by chunk, with the checks of an append. */
class Writing {
  chunk: Buffer | null = null;
  failure: Error | null = null;
  readonly #source: Readable;
  readonly #sink: Sink;
  readonly #chunks: AsyncIterator<Buffer>;
  #receivedBytes = 0;
  #outcome: Received['outcome'] = 'complete';

  constructor(source: Readable, sink: Sink) {
    this.#source = source;
    this.#sink = sink;
    this.#chunks = source.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>;
  }

  /** Resolves to the next chunk, or to null at the end, however it came. */
  async readChunk(): Promise<Buffer | null> {
    this.chunk = null;
    const next = await this.#chunks.next().catch(() => null);
    if (!next) this.#outcome = 'broken';
    if (!next || next.done) return null;
    if (this.#receivedBytes + next.value.length > this.#sink.limitBytes) {
      this.#outcome = 'over_limit';
      await this.#chunks.return?.();
      return null;
    }
    try {
      await this.#sink.claim?.(next.value.length);
    } catch (error) {
      this.failure = error as Error;
      await this.#chunks.return?.();
      return null;
    }
    this.#sink.hash.update(next.value);
    this.#receivedBytes += next.value.length;
    this.chunk = next.value;
    return next.value;
  }

  /** Frees the memory of the chunk, which Node allocates separately for each one of a request body. */
  freeChunk(): void {
    if (this.chunk && this.#source instanceof IncomingMessage) freeMemory(this.chunk);
  }

  received(): Received {
    return { receivedBytes: this.#receivedBytes, outcome: this.#outcome };
  }
}

function sizeOf({ whole, tail }: Content): number {
  return whole * SEGMENT_BYTES + tail.length;
}
