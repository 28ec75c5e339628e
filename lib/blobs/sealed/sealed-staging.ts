import type { CreateOptions, StagedFile, StagedVersion, StagedWriter, StagingArea } from '#lib/blobs/staging-area.ts';
import { AppError } from '#lib/platform/errors.ts';
import { createHeader, HEADER_BYTES, openHeader, readKeyId, toPlainSize } from './seal-format.ts';
import { SealedStagedFile } from './sealed-staged-file.ts';
import type { SealingKeys } from './sealing-keys.ts';
import { collect } from '#lib/blobs/to-writable.ts';

/** Seals uploads while they arrive, so that the wrapped store need only move them into place. */
export class SealedStaging implements StagingArea {
  readonly #inner: StagingArea;
  readonly #keys: SealingKeys;

  constructor(inner: StagingArea, keys: SealingKeys) {
    this.#inner = inner;
    this.#keys = keys;
  }

  create(id: string, options?: CreateOptions): Promise<StagedVersion> {
    return this.#inner.create(id, options);
  }

  async open(writer: StagedWriter): Promise<StagedFile> {
    const inner = await this.#inner.open(writer);
    try {
      if (inner.stat().sizeBytes === 0) {
        return await SealedStagedFile.open({ inner, ...createHeader(await this.#keys.newest('site')) });
      }
      const end = Math.min(HEADER_BYTES, inner.stat().sizeBytes) - 1;
      const header = await collect((reader) => inner.copyTo(reader, { start: 0, end }));
      const id = readKeyId(header);
      const key = id === null ? null : await this.#keys.find(id);
      const dataKey = key && openHeader(header, key);
      // The upload began before storage was sealed, or its first write was cut.
      if (!dataKey) throw new AppError('upload_not_found', "The upload can't be continued. Send the blob again.");
      return await SealedStagedFile.open({ inner, dataKey, header: null });
    } catch (error) {
      await inner.close();
      throw error;
    }
  }

  copy(id: string, newId: string): Promise<void> {
    return this.#inner.copy(id, newId);
  }

  async readSize(id: string): Promise<number | null> {
    const sealedBytes = await this.#inner.readSize(id);
    return sealedBytes === null ? null : toPlainSize(sealedBytes);
  }

  discard(id: string): Promise<void> {
    return this.#inner.discard(id);
  }

  listStale(before: Date): AsyncIterable<{ id: string; changedAt: Date }> {
    return this.#inner.listStale(before);
  }
}
