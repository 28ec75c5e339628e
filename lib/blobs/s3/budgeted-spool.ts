import type { DiskSpace } from '#lib/blobs/disk/disk-space.ts';
import type { StagedFile, StagedVersion, StagedWriter, StagingArea } from '#lib/blobs/staging-area.ts';

/** Files of the local disk that leave its reserve to the database, although the bucket has no limit. */
export class BudgetedSpool implements StagingArea {
  readonly #files: StagingArea;
  readonly #disk: DiskSpace;

  constructor(files: StagingArea, disk: DiskSpace) {
    this.#files = files;
    this.#disk = disk;
  }

  create(id: string): Promise<StagedVersion> {
    this.#disk.require(0);
    return this.#files.create(id);
  }

  async open(writer: StagedWriter): Promise<StagedFile> {
    const file = await this.#files.open(writer);
    return {
      id: file.id,
      hashesLate: file.hashesLate,
      stat: () => file.stat(),
      append: (source, sink) => {
        const claim = async (bytes: number) => {
          this.#disk.claim(bytes);
          await sink.claim?.(bytes);
        };
        return file.append(source, { ...sink, claim });
      },
      truncate: (sizeBytes) => file.truncate(sizeBytes),
      hash: (algorithm) => file.hash(algorithm),
      copyTo: (destination, range) => file.copyTo(destination, range),
      close: () => file.close(),
    };
  }

  copy(id: string, newId: string): Promise<void> {
    return this.#files.copy(id, newId);
  }

  readSize(id: string): Promise<number | null> {
    return this.#files.readSize(id);
  }

  discard(id: string): Promise<void> {
    return this.#files.discard(id);
  }

  listStale(before: Date): AsyncIterable<{ id: string; changedAt: Date }> {
    return this.#files.listStale(before);
  }
}
