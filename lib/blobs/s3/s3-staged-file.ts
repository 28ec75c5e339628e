import { createHash, randomUUID, type Hash } from 'node:crypto';
import type { Readable, Writable } from 'node:stream';
import type pg from 'pg';
import { toWritable } from '#lib/blobs/to-writable.ts';
import type { Received, Sink, StagedFile } from '#lib/blobs/staging-area.ts';
import type { ByteRange } from '#lib/oci/range.ts';
import { AppError } from '#lib/platform/errors.ts';
import { objectKeyOf, partsKeyOf } from './object-keys.ts';
import type { Bucket, UploadedPart } from './bucket.ts';
import type { ByteBudget } from './byte-budget.ts';
import type { FinishedObject } from './object-rows.sql.ts';
import { MAX_PARTS, partBytes } from './part-sizes.ts';
import { uploadLost } from './s3-errors.ts';
import { sendObject } from './send-object.ts';
import { queueObject, savePart, saveStaged, type StagedState } from './staged-rows.sql.ts';

/** Stays behind the parts, so that the last bytes can be overwritten. */
const KEPT_BYTES = 1024 * 1024;
/** Kept in the row, because the header of a sealed upload is read before it is continued. */
const HEAD_BYTES = 4096;
const NO_BYTES = Buffer.alloc(0);
/** Parts being sent while the next one arrives. */
export const PARTS_IN_FLIGHT = 2;

type Parts = {
  id: string;
  session: string;
  state: StagedState;
  bucket: Bucket;
  pool: pg.Pool;
  budget: ByteBudget;
  onClose: () => void;
};

/**
 * An upload on S3: parts of a multipart upload, and the bytes after them, in memory or in an object of their own. An
 * upload that fits in one part is that object alone. It becomes the blob without being copied.
 */
export class S3StagedFile implements StagedFile {
  readonly id: string;
  readonly hashesLate = true;
  readonly #with: Omit<Parts, 'state' | 'id'>;
  #state: StagedState;
  #version: string;
  /** The bytes after the parts. Null: only in the object. */
  #tail: Buffer[] | null;
  #tailBytes: number;
  /** The object holds the bytes after the parts, but only the queue of objects to be removed names it yet. */
  #queuedId: string | null = null;
  /** What the rows don't say yet. */
  #isDirty = false;
  #isGone = false;
  /** The state before the last append, for `truncate`. */
  #before: { parts: UploadedPart[]; nextPart: number; tail: Buffer[]; sizeBytes: number } | null = null;
  #sending: Promise<void>[] = [];
  #recorded: Promise<void> = Promise.resolve();

  constructor({ id, state, ...rest }: Parts) {
    this.id = id;
    this.#with = rest;
    this.#state = state;
    this.#version = state.version;
    this.#tail = state.object ? null : [state.after];
    this.#tailBytes = state.object?.sizeBytes ?? state.after.length;
  }

  stat(): { sizeBytes: number; version: string } {
    return { sizeBytes: this.#partsBytes() + this.#tailBytes, version: this.#version };
  }

  #partsBytes(): number {
    return this.#state.parts.reduce((sum, part) => sum + part.sizeBytes, 0);
  }

  async append(source: Readable, sink: Sink): Promise<Received> {
    const comingBytes = Math.min(sink.announcedBytes ?? Infinity, sink.limitBytes);
    const heldBytes = sink.offsetBytes - this.#partsBytes() + comingBytes;
    const give = await this.#with.budget.take(Math.min(partBytes(this.#state.nextPart), heldBytes));
    try {
      const tail = await this.#loadTail();
      const { parts, nextPart } = this.#state;
      this.#before = { parts: [...parts], nextPart, tail: [...tail], sizeBytes: this.stat().sizeBytes };
      this.#markChanged();
      const overwritten = this.#cutAt(sink.offsetBytes);
      const received = await this.#receive(source, sink);
      const rest = overwritten.subarray(received.receivedBytes);
      this.#tail?.push(rest);
      this.#tailBytes += rest.length;
      // Parts were recorded under another version, so that nobody mistakes them for all of this append.
      this.#version = randomUUID();
      return received;
    } finally {
      give();
    }
  }

  #markChanged(): void {
    this.#isDirty = true;
    this.#queuedId = null;
    this.#version = randomUUID();
  }

  async #receive(source: Readable, sink: Sink): Promise<Received> {
    const { limitBytes, hash, claim, onWritten } = sink;
    let receivedBytes = 0;
    const chunks = source.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Buffer>;
    try {
      for (;;) {
        const next = await chunks.next().catch(() => null);
        if (!next) return { receivedBytes, outcome: 'broken' };
        if (next.done) return { receivedBytes, outcome: 'complete' };
        const chunk = next.value;
        if (receivedBytes + chunk.length > limitBytes) return { receivedBytes, outcome: 'over_limit' };
        await claim?.(chunk.length);
        hash.update(chunk);
        receivedBytes += chunk.length;
        this.#tail?.push(chunk);
        this.#tailBytes += chunk.length;
        while (this.#tailBytes > partBytes(this.#state.nextPart) + KEPT_BYTES)
          await this.#sendPart(sink, sink.offsetBytes + receivedBytes);
        onWritten?.(this.stat().sizeBytes);
      }
    } finally {
      await Promise.allSettled(this.#sending);
      await this.#recorded;
    }
  }

  /** Starts to send the first bytes after the parts. Waits while the budget or the number of parts in flight is used up. */
  async #sendPart({ keptEnd }: Sink, endBytes: number): Promise<void> {
    const { bucket, budget } = this.#with;
    const number = this.#state.nextPart;
    if (number >= MAX_PARTS) throw new AppError('too_large', "The blob has more parts than the site's storage allows.");
    const multipart = (this.#state.multipart ??= await bucket.startMultipart(partsKeyOf(this.#state.objectId)));
    const bytes = this.#cut(partBytes(number));
    const sentBytes = endBytes - this.#tailBytes;
    const after = this.#copyTail(keptEnd ? keptEnd(sentBytes) - sentBytes : 0);
    this.#state.nextPart += 1;
    this.#state.head ??= Buffer.from(bytes.subarray(0, HEAD_BYTES));
    const { head } = this.#state;
    if (this.#sending.length >= PARTS_IN_FLIGHT) await this.#sending.shift();
    const give = budget.tryTake(bytes.length);
    const uploading = bucket.uploadPart(multipart, number, bytes).finally(() => give?.());
    uploading.catch(() => undefined);
    // Recorded in order, so that the recorded parts never have a gap.
    const previous = this.#recorded;
    const record = async () => {
      await Promise.allSettled([previous, uploading]);
      await previous;
      const part = await uploading;
      this.#state.parts.push(part);
      this.#state.object = null;
      this.#state.after = after;
      const sizeBytes = this.#partsBytes() + after.length;
      const saved = { version: this.#version, multipart, part, sizeBytes, head, after };
      if (!(await savePart(this.#with.pool, this.#row, saved))) throw takenOver();
    };
    const recorded = record();
    recorded.catch(() => undefined);
    this.#recorded = recorded;
    if (give) this.#sending.push(recorded);
    else await recorded;
  }

  get #row(): { id: string; session: string } {
    return { id: this.id, session: this.#with.session };
  }

  /** Removes and returns the bytes from an offset on. */
  #cutAt(offsetBytes: number): Buffer {
    const keptBytes = offsetBytes - this.#partsBytes();
    if (keptBytes >= this.#tailBytes) return Buffer.alloc(0);
    if (keptBytes < 0) throw new AppError('internal', 'Bytes of a part that was sent were to be overwritten.');
    const all = Buffer.concat(this.#tail ?? []);
    this.#tail = [all.subarray(0, keptBytes)];
    this.#tailBytes = keptBytes;
    return all.subarray(keptBytes);
  }

  /** Takes the first bytes after the parts. */
  #cut(sizeBytes: number): Buffer {
    const all = Buffer.concat(this.#tail ?? []);
    this.#tail = [all.subarray(sizeBytes)];
    this.#tailBytes -= sizeBytes;
    return all.subarray(0, sizeBytes);
  }

  /** Copies the first bytes of the tail after `#cut`, so that the row doesn't keep all of it in memory. */
  #copyTail(sizeBytes: number): Buffer {
    return Buffer.from((this.#tail?.[0] ?? NO_BYTES).subarray(0, sizeBytes));
  }

  /** Reads the bytes after the parts into memory. @throws AppError `range_invalid` after a failed finish */
  async #loadTail(): Promise<Buffer[]> {
    if (this.#tail) return this.#tail;
    const { object, nextPart } = this.#state;
    if (object && object.sizeBytes > partBytes(nextPart) + KEPT_BYTES) {
      throw new AppError('range_invalid', 'All bytes of this upload have arrived. Finish it, or start another one.');
    }
    const chunks: Buffer[] = [];
    if (object)
      await this.#readObject(
        object,
        toWritable((chunk) => chunks.push(Buffer.from(chunk))),
      );
    this.#tail = chunks;
    return chunks;
  }

  async #readObject(object: { key: string; sizeBytes: number; etag: string }, into: Writable, range?: ByteRange) {
    await sendObject(this.#with.bucket, object, range ?? { start: 0, end: object.sizeBytes - 1 }, into);
  }

  async truncate(sizeBytes: number): Promise<void> {
    const before = this.#before;
    if (!before && sizeBytes === this.stat().sizeBytes) return;
    this.#markChanged();
    if (before?.sizeBytes === sizeBytes) {
      const head = before.parts.length > 0 ? this.#state.head : null;
      const { parts, nextPart } = before;
      this.#state = { ...this.#state, parts, nextPart, object: null, after: NO_BYTES, head };
      this.#tail = before.tail;
      this.#tailBytes = sizeBytes - this.#partsBytes();
      this.#recorded = Promise.resolve();
      this.#sending = [];
      return;
    }
    await this.#loadTail();
    this.#cutAt(sizeBytes);
  }

  /** Parts can't be read before they are joined. Joining ends the upload for further bytes. */
  async hash(algorithm: 'sha256' | 'sha512'): Promise<Hash> {
    const hash = createHash(algorithm);
    const sizeBytes = this.stat().sizeBytes;
    if (sizeBytes === 0) return hash;
    const hasher = toWritable((chunk) => hash.update(chunk));
    await this.copyTo(hasher, { start: 0, end: sizeBytes - 1 });
    return hash;
  }

  /** Reads bytes that are known without joining the parts: the first ones, and those after the parts. */
  async #readKnown({ start, end }: ByteRange): Promise<Buffer | null> {
    const { head, parts } = this.#state;
    const partsBytes = this.#partsBytes();
    if (head && parts.length > 0 && end < head.length) return head.subarray(start, end + 1);
    if (start < partsBytes || (!this.#tail && parts.length === 0)) return null;
    return Buffer.concat(await this.#loadTail()).subarray(start - partsBytes, end - partsBytes + 1);
  }

  async copyTo(destination: Writable, range: ByteRange): Promise<void> {
    const bytes = await this.#readKnown(range);
    if (bytes) {
      if (destination.destroyed) throw new AppError('unavailable', 'The reader went away.');
      return new Promise((resolve, reject) => {
        destination.write(bytes, (error) => (error ? reject(error) : resolve()));
      });
    }
    if (!this.#mayJoin(range)) throw uploadLost();
    await this.#readObject(await this.#join(), destination, range);
  }

  /** Joining parts ends the upload, so only hashing may do it, which reads them all. */
  #mayJoin({ start, end }: ByteRange): boolean {
    return this.#state.parts.length === 0 || (start < HEAD_BYTES && end >= this.#partsBytes() - 1);
  }

  /** The bytes after the parts, if they are in memory only. For a copy. */
  readUnsavedTail(): Buffer | null {
    // The bytes before those in memory may be on their way to S3.
    if (this.#state.multipart) return null;
    return this.#isDirty && this.#tail ? Buffer.concat(this.#tail) : null;
  }

  /** Makes the upload one object that can become a blob. */
  async finish(): Promise<FinishedObject> {
    const { key: objectKey, sizeBytes, etag } = await this.#join();
    return { stagedId: this.id, session: this.#with.session, objectKey, sizeBytes, etag, queuedId: this.#queuedId };
  }

  async #join(): Promise<{ key: string; sizeBytes: number; etag: string }> {
    const { bucket } = this.#with;
    const { multipart, nextPart } = this.#state;
    // Without parts, a multipart upload holds nothing. It is aborted later.
    if (!multipart || this.#state.parts.length === 0) return this.#saveTail();
    const tail = Buffer.concat(await this.#loadTail());
    // Joined parts can't be taken over. Somebody may have done so before.
    if (!(await this.#save())) throw takenOver();
    const stat = await bucket.complete(multipart, this.#state.parts, { number: nextPart, bytes: tail });
    const joined = { key: multipart.key, ...stat };
    this.#state = { ...this.#state, multipart: null, parts: [], object: joined };
    this.#tail = null;
    this.#tailBytes = joined.sizeBytes;
    this.#before = null;
    // Saved at once, because nothing else can be done with the parts any more.
    this.#isDirty = true;
    if (!(await this.#save())) throw takenOver();
    this.#isDirty = false;
    return joined;
  }

  /** S3 may still execute a write that timed out, so each one has a key of its own. */
  async #saveTail(): Promise<{ key: string; sizeBytes: number; etag: string }> {
    const { object } = this.#state;
    if (object && (this.#queuedId !== null || !(this.#isDirty && this.#tail))) return object;
    const { bucket, pool } = this.#with;
    const queuedId = randomUUID();
    const key = objectKeyOf(queuedId);
    const bytes = Buffer.concat(this.#tail ?? []);
    await queueObject(pool, queuedId, key);
    const etag = (await bucket.put(key, bytes)) ?? '';
    this.#queuedId = queuedId;
    return (this.#state.object = { key, sizeBytes: bytes.length, etag });
  }

  async #save(): Promise<boolean> {
    const state = { ...this.#state, version: this.#version };
    if (!(await saveStaged(this.#with.pool, this.#row, state, this.#queuedId))) return false;
    this.#queuedId = null;
    return true;
  }

  /** The rows of this upload are gone, so there is nothing to save. */
  markGone(): void {
    this.#isGone = true;
  }

  async close(): Promise<void> {
    try {
      if (!this.#isDirty || this.#isGone) return;
      if (this.#tailBytes > 0) await this.#saveTail();
      else this.#state = { ...this.#state, object: null, after: NO_BYTES };
      if (!(await this.#save()) && !this.#isGone) throw takenOver();
    } finally {
      this.#with.onClose();
    }
  }
}

function takenOver(): AppError {
  return new AppError('range_invalid', 'Another request has taken over this upload.');
}
