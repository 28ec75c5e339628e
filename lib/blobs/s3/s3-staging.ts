import { randomUUID } from 'node:crypto';
import { Readable, Transform } from 'node:stream';
import type pg from 'pg';
import {
  type CreateOptions,
  type StagedFile,
  type StagedVersion,
  type StagedWriter,
  type StagingArea,
} from '#lib/blobs/staging-area.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Bucket, Multipart } from './bucket.ts';
import type { ByteBudget } from './byte-budget.ts';
import { BLOBS_FOLDER } from './object-keys.ts';
import { readSmallObject } from './read-small-object.ts';
import { PARTS_IN_FLIGHT, S3StagedFile } from './s3-staged-file.ts';
import {
  claimStaged,
  insertStaged,
  listKnownMultiparts,
  listStaged,
  moveStaged,
  readStagedSize,
  removeStaged,
} from './staged-rows.sql.ts';

const IDS_PER_QUERY = 500;

export type S3StagingParts = {
  bucket: Bucket;
  pool: pg.Pool;
  budget: ByteBudget;
  /** Stages blobs that are read while they arrive. S3 can't read the parts of an unfinished upload. */
  spool: StagingArea;
};

/** Stages uploads on S3, with their state in rows, so that any replica can continue them. */
export class S3Staging implements StagingArea {
  readonly #parts: S3StagingParts;
  readonly #open = new Map<string, S3StagedFile>();
  readonly #opening = new Set<string>();
  readonly #followed = new Map<string, StagedFile | null>();

  constructor(parts: S3StagingParts) {
    this.#parts = parts;
  }

  async create(id: string, { isFollowed = false }: CreateOptions = {}): Promise<StagedVersion> {
    if (isFollowed) {
      const staged = await this.#parts.spool.create(id, { isFollowed });
      this.#followed.set(id, null);
      return staged;
    }
    const version = randomUUID();
    await insertStaged(this.#parts.pool, id, version);
    return { id, version };
  }

  async open(writer: StagedWriter): Promise<StagedFile> {
    const { id, fence } = writer;
    if (this.#followed.has(id)) {
      const file = await this.#parts.spool.open(writer);
      this.#followed.set(id, file);
      return file;
    }
    if (this.#open.has(id) || this.#opening.has(id)) {
      throw new AppError('range_invalid', 'Another request is writing to this upload.');
    }
    const file = await this.#claim(id, fence);
    if (file) return file;
    if ((await readStagedSize(this.#parts.pool, id)) === null) throw notFound();
    throw new AppError('range_invalid', 'Another request has taken over this upload.');
  }

  async #claim(id: string, fence: bigint | null): Promise<S3StagedFile | null> {
    const { bucket, pool, budget } = this.#parts;
    const session = randomUUID();
    this.#opening.add(id);
    const state = await claimStaged(pool, { id, session, fence }).finally(() => this.#opening.delete(id));
    if (!state) return null;
    const onClose = () => {
      if (this.#open.get(id) === file) this.#open.delete(id);
    };
    const file = new S3StagedFile({ id, session, state, bucket, pool, budget, onClose });
    this.#open.set(id, file);
    return file;
  }

  /**
   * Moves the parts instead of copying them. Their previous writer is then refused. Of a writer in another process, the
   * copy has what that process has saved.
   */
  async copy(id: string, newId: string): Promise<void> {
    const { bucket, pool } = this.#parts;
    const unsaved = this.#open.get(id)?.readUnsavedTail() ?? null;
    const moved = await moveStaged(pool, { id, newId, version: randomUUID(), skippedParts: PARTS_IN_FLIGHT });
    if (!moved) throw notFound();
    const file = await this.#claim(newId, 0n);
    if (!file) throw notFound();
    try {
      const { object, multipart } = moved;
      // The parts are those in the rows, so the rest has to fit them.
      const tail = (multipart ? null : unsaved) ?? (object && (await readSmallObject(bucket, object.key)));
      if (!tail || tail.length === 0) return;
      const sink = { offsetBytes: file.stat().sizeBytes, limitBytes: tail.length, hash: { update: () => undefined } };
      await file.append(Readable.from([tail]), sink);
    } finally {
      await file.close();
    }
  }

  /** Resolves to null once the rows of the upload are gone. */
  readSavedSize(id: string): Promise<number | null> {
    return readStagedSize(this.#parts.pool, id);
  }

  async readSize(id: string): Promise<number | null> {
    if (this.#followed.has(id)) return this.#parts.spool.readSize(id);
    return this.#open.get(id)?.stat().sizeBytes ?? readStagedSize(this.#parts.pool, id);
  }

  async discard(id: string): Promise<void> {
    this.#followed.delete(id);
    await this.#parts.spool.discard(id);
    this.forget(id);
    const removed = await removeStaged(this.#parts.pool, id);
    if (!removed) return;
    const { bucket } = this.#parts;
    if (removed.multipart) await bucket.abort(removed.multipart);
    // The parts may have been joined without the row saying so.
    const keys = new Set([removed.multipart?.key, removed.objectKey]);
    for (const key of keys) if (key) await bucket.delete(key);
  }

  /** The rows of an upload are gone. A writer in this process has nothing to save. */
  forget(id: string): void {
    this.#open.get(id)?.markGone();
    this.#open.delete(id);
  }

  /** Also aborts multipart uploads that a crash kept from being recorded. */
  async *listStale(before: Date): AsyncIterable<{ id: string; changedAt: Date }> {
    yield* this.#parts.spool.listStale(before);
    await this.#abortUnknown(before);
    for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
      const batch = await listStaged(this.#parts.pool, { before, after, limit: IDS_PER_QUERY });
      yield* batch;
      const last = batch.at(-1);
      if (!last) return;
      after = last.id;
    }
  }

  async #abortUnknown(before: Date): Promise<void> {
    let batch: Multipart[] = [];
    const abortBatch = async () => {
      const ids = batch.map(({ uploadId }) => uploadId);
      const known = new Set(ids.length > 0 ? await listKnownMultiparts(this.#parts.pool, ids) : []);
      for (const each of batch) if (!known.has(each.uploadId)) await this.#parts.bucket.abort(each);
      batch = [];
    };
    for await (const { startedAt, ...multipart } of this.#parts.bucket.listMultiparts(BLOBS_FOLDER)) {
      if (startedAt < before) batch.push(multipart);
      if (batch.length === IDS_PER_QUERY) await abortBatch();
    }
    await abortBatch();
  }

  /**
   * Opens a staged file that was hashed in this version, to make it a blob. Uploads one that was spooled.
   * @throws AppError `upload_not_found`, `range_invalid`
   */
  async openFinished({ id, version }: StagedVersion): Promise<S3StagedFile> {
    const followed = this.#followed.get(id);
    if (followed) return this.#upload(followed, version);
    const held = this.#open.get(id);
    const file = held ?? (await this.#claim(id, null));
    if (!file) throw new AppError('upload_not_found', 'Another request has taken over this upload.');
    if (file.stat().version === version) return file;
    if (!held) await file.close();
    throw new AppError('range_invalid', 'Another request wrote to this upload while it was being finished.');
  }

  async #upload(spooled: StagedFile, version: string): Promise<S3StagedFile> {
    const { sizeBytes, version: now } = spooled.stat();
    if (now !== version) throw new AppError('range_invalid', 'Another request wrote to this upload.');
    await insertStaged(this.#parts.pool, spooled.id, randomUUID());
    const file = await this.#claim(spooled.id, 0n);
    if (!file) throw notFound();
    // Copied, because the disk reuses its buffers.
    const source = new Transform({ transform: (chunk: Buffer, _encoding, done) => done(null, Buffer.from(chunk)) });
    const sending = sizeBytes === 0 ? Promise.resolve() : spooled.copyTo(source, { start: 0, end: sizeBytes - 1 });
    const ended = sending.then(
      () => void source.end(),
      (error: Error) => void source.destroy(error),
    );
    const hash = { update: () => undefined };
    const { receivedBytes } = await file.append(source, { offsetBytes: 0, limitBytes: sizeBytes, hash });
    await ended;
    if (receivedBytes !== sizeBytes) throw new AppError('unavailable', 'The received bytes could not be read back.');
    return file;
  }

  /** A spooled file that is stored no longer needs its spool. Its readers keep it open. */
  async endFollowing(id: string): Promise<void> {
    if (!this.#followed.delete(id)) return;
    await this.#parts.spool.discard(id);
  }
}

function notFound(): AppError {
  return new AppError('upload_not_found', "The upload doesn't exist.");
}
