import type { Hash } from 'node:crypto';
import type { Readable, Writable } from 'node:stream';
import type { Received, Sink, StagedFile } from '#lib/blobs/staging-area.ts';
import type { ByteRange } from '#lib/oci/range.ts';
import type { BufferPool } from './buffer-pool.ts';
import { toVersion, withStorageErrors } from './disk-files.ts';
import { hashFile } from './hash-file.ts';
import type { OpenFile } from './open-file.ts';
import { receiveFile } from './receive-file.ts';
import { sendFile } from './send-file.ts';

type Parts = { id: string; file: OpenFile; buffers: BufferPool; onClose: () => void };

export class DiskStagedFile implements StagedFile {
  readonly id: string;
  readonly hashesLate = false;
  readonly #file: OpenFile;
  readonly #buffers: BufferPool;
  readonly #onClose: () => void;

  constructor({ id, file, buffers, onClose }: Parts) {
    this.id = id;
    this.#file = file;
    this.#buffers = buffers;
    this.#onClose = onClose;
  }

  stat(): { sizeBytes: number; version: string } {
    const stats = this.#file.stats();
    return { sizeBytes: stats.size, version: toVersion(stats) };
  }

  append(source: Readable, sink: Sink): Promise<Received> {
    return withStorageErrors(() => receiveFile(source, this.#file.fd, sink));
  }

  truncate(sizeBytes: number): Promise<void> {
    return withStorageErrors(() => this.#file.truncate(sizeBytes));
  }

  hash(algorithm: 'sha256' | 'sha512'): Promise<Hash> {
    return withStorageErrors(() => hashFile(this.#file, algorithm));
  }

  copyTo(destination: Writable, { start, end }: ByteRange): Promise<void> {
    const part = { fd: this.#file.fd, startBytes: start, lengthBytes: end - start + 1 };
    return sendFile(part, destination, this.#buffers);
  }

  async close(): Promise<void> {
    this.#onClose();
    await this.#file.close();
  }
}
