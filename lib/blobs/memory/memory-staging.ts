import { createHash, type Hash } from 'node:crypto';
import type { Readable, Writable } from 'node:stream';
import type { Received, Sink, StagedFile, StagedVersion, StagedWriter, StagingArea } from '#lib/blobs/staging-area.ts';
import type { ByteRange } from '#lib/oci/range.ts';
import { AppError } from '#lib/platform/errors.ts';
import { sendBuffer } from '#lib/blobs/send-buffer.ts';

/** Each write replaces `bytes`; nothing mutates it. */
export type StagedBytes = { bytes: Buffer; version: number; fence: bigint; isOpen: boolean; changedAt: Date };

/** Stages uploads in memory. For tests. */
export class MemoryStaging implements StagingArea {
  readonly files = new Map<string, StagedBytes>();

  async create(id: string): Promise<StagedVersion> {
    if (this.files.has(id)) throw new Error('The upload already exists.');
    this.files.set(id, { bytes: Buffer.alloc(0), version: 0, fence: 0n, isOpen: false, changedAt: new Date() });
    return Promise.resolve({ id, version: '0' });
  }

  async open({ id, fence }: StagedWriter): Promise<StagedFile> {
    const staged = this.files.get(id);
    if (!staged) throw new AppError('upload_not_found', "The upload doesn't exist.");
    if (staged.isOpen || fence < staged.fence)
      throw new AppError('range_invalid', 'Another request is using this upload.');
    staged.isOpen = true;
    staged.fence = fence;
    return Promise.resolve(new MemoryStagedFile(id, staged));
  }

  async copy(id: string, newId: string): Promise<void> {
    const staged = this.files.get(id);
    if (!staged) throw new AppError('upload_not_found', "The upload doesn't exist.");
    await this.create(newId);
    write(this.files.get(newId), staged.bytes);
  }

  async readSize(id: string): Promise<number | null> {
    return Promise.resolve(this.files.get(id)?.bytes.length ?? null);
  }

  async discard(id: string): Promise<void> {
    this.files.delete(id);
    return Promise.resolve();
  }

  async *listStale(before: Date): AsyncIterable<{ id: string; changedAt: Date }> {
    await Promise.resolve();
    for (const [id, { changedAt }] of this.files) if (changedAt < before) yield { id, changedAt };
  }
}

class MemoryStagedFile implements StagedFile {
  readonly id: string;
  readonly hashesLate = false;
  readonly #staged: StagedBytes;

  constructor(id: string, staged: StagedBytes) {
    this.id = id;
    this.#staged = staged;
  }

  stat(): { sizeBytes: number; version: string } {
    return { sizeBytes: this.#staged.bytes.length, version: String(this.#staged.version) };
  }

  async append(source: Readable, { offsetBytes, limitBytes, hash, claim, onWritten }: Sink): Promise<Received> {
    let receivedBytes = 0;
    const chunks = source.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Buffer>;
    for (;;) {
      const next = await chunks.next().catch(() => null);
      if (!next) return { receivedBytes, outcome: 'broken' };
      if (next.done) return { receivedBytes, outcome: 'complete' };
      if (receivedBytes + next.value.length > limitBytes) return { receivedBytes, outcome: 'over_limit' };
      await claim?.(next.value.length);
      hash.update(next.value);
      const { bytes } = this.#staged;
      const [start, end] = [
        bytes.subarray(0, offsetBytes + receivedBytes),
        offsetBytes + receivedBytes + next.value.length,
      ];
      receivedBytes += next.value.length;
      write(this.#staged, Buffer.concat([start, next.value, bytes.subarray(end)]));
      onWritten?.(end);
    }
  }

  async truncate(sizeBytes: number): Promise<void> {
    write(this.#staged, this.#staged.bytes.subarray(0, sizeBytes));
    return Promise.resolve();
  }

  async hash(algorithm: 'sha256' | 'sha512'): Promise<Hash> {
    return Promise.resolve(createHash(algorithm).update(this.#staged.bytes));
  }

  copyTo(destination: Writable, { start, end }: ByteRange): Promise<void> {
    return sendBuffer(this.#staged.bytes.subarray(start, end + 1), destination);
  }

  async close(): Promise<void> {
    this.#staged.isOpen = false;
    return Promise.resolve();
  }
}

function write(staged: StagedBytes | undefined, bytes: Buffer): void {
  if (staged) Object.assign(staged, { bytes, version: staged.version + 1, changedAt: new Date() });
}
