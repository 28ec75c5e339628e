import { isOwnScope } from '#lib/platform/key-scope.ts';
import type { CreateOptions, StagedFile, StagedVersion, StagedWriter, StagingArea } from '#lib/blobs/staging-area.ts';
import { AppError } from '#lib/platform/errors.ts';
import { createHeader, HEADER_BYTES, openHeader, readKeyId, toPlainSize } from './seal-format.ts';
import { SealedStagedFile } from './sealed-staged-file.ts';
import { unsealedProcess } from './sealed-store.ts';
import type { SealingKeys } from './sealing-keys.ts';
import { collect } from '#lib/blobs/to-writable.ts';

/** Seals uploads while they arrive, so that the wrapped store need only move them into place. */
export class SealedStaging implements StagingArea {
  readonly #inner: StagingArea;
  readonly #keys: SealingKeys;

  readonly #isSealing: boolean;

  /** Without `isSealing`, uploads are stored as they are, but not those of repositories with a key of their own. */
  constructor(inner: StagingArea, keys: SealingKeys, { isSealing }: { isSealing: boolean } = { isSealing: true }) {
    this.#inner = inner;
    this.#keys = keys;
    this.#isSealing = isSealing;
  }

  create(id: string, options?: CreateOptions): Promise<StagedVersion> {
    return this.#inner.create(id, options);
  }

  async open(writer: StagedWriter): Promise<StagedFile> {
    if (!this.#isSealing && isOwnScope(writer.scope ?? 'site')) throw unsealedProcess();
    const inner = await this.#inner.open(writer);
    const { scope = 'site' } = writer;
    try {
      if (!this.#isSealing) return await this.#requireUnsealed(inner);
      if (inner.stat().sizeBytes === 0) {
        return await SealedStagedFile.open({ inner, ...createHeader(await this.#keys.newest(scope)) });
      }
      const end = Math.min(HEADER_BYTES, inner.stat().sizeBytes) - 1;
      const header = await collect((reader) => inner.copyTo(reader, { start: 0, end }));
      const id = readKeyId(header);
      const found = id === null ? null : await this.#keys.find(id);
      const isAllowed = writer.scope === undefined || found?.scope === scope;
      const dataKey = found && isAllowed ? openHeader(header, found.key) : null;
      // The upload began before storage was sealed or under another key, or its first write was cut.
      if (!dataKey) throw new AppError('upload_not_found', "The upload can't be continued. Send the blob again.");
      return await SealedStagedFile.open({ inner, dataKey, header: null });
    } catch (error) {
      await inner.close();
      throw error;
    }
  }

  /** Another process may seal, as while the setting changes. Plain bytes behind its sealed ones would make neither kind of blob. */
  async #requireUnsealed(inner: StagedFile): Promise<StagedFile> {
    if (inner.stat().sizeBytes < HEADER_BYTES) return inner;
    const header = await collect((reader) => inner.copyTo(reader, { start: 0, end: HEADER_BYTES - 1 }));
    const id = readKeyId(header);
    if (id === null || !(await this.#keys.find(id))) return inner;
    throw new AppError('upload_not_found', "The upload can't be continued. Send the blob again.");
  }

  copy(id: string, newId: string): Promise<void> {
    return this.#inner.copy(id, newId);
  }

  async readSize(id: string): Promise<number | null> {
    const sealedBytes = await this.#inner.readSize(id);
    return sealedBytes === null || !this.#isSealing ? sealedBytes : toPlainSize(sealedBytes);
  }

  discard(id: string): Promise<void> {
    return this.#inner.discard(id);
  }

  listStale(before: Date): AsyncIterable<{ id: string; changedAt: Date }> {
    return this.#inner.listStale(before);
  }
}
