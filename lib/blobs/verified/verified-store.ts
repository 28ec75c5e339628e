import type { Writable } from 'node:stream';
import { BlobStoreDecorator } from '#lib/blobs/blob-store-decorator.ts';
import {
  HELD_BACK_BYTES,
  isDamage,
  toMapKey,
  type BlobBytes,
  type BlobKey,
  type BlobStat,
  type BlobStore,
  type OpenedBlob,
  type OpenOptions,
} from '#lib/blobs/blob-store.ts';
import type { StagedVersion } from '#lib/blobs/staging-area.ts';
import type { ByteRange } from '#lib/oci/range.ts';
import { KnownVersions } from './known-versions.ts';
import { startHashing, untilClosed, type Hashing } from './hashing.ts';

/**
 * Called when a blob is found damaged. `isStillSo` reports whether the damaged version is still stored. Never rejects.
 */
export type OnDamage = (found: { key: BlobKey; isStillSo: () => Promise<boolean> }) => Promise<void>;

/**
 * Never serves a damaged blob completely. The first complete read hashes the blob in parallel, unless this process
 * verified it within a day. On a digest mismatch, every reader fails before the end, and the blob counts as missing
 * from then on.
 */
export class VerifiedStore extends BlobStoreDecorator {
  readonly #onDamage: OnDamage;
  readonly #known = new KnownVersions();
  /** Hashing passes in progress, shared by all readers of the same version. */
  readonly #hashings = new Map<string, Hashing>();

  constructor(inner: BlobStore, { onDamage }: { onDamage: OnDamage }) {
    super(inner);
    this.#onDamage = onDamage;
  }

  override async open(key: BlobKey, options: OpenOptions = {}): Promise<OpenedBlob | null> {
    const blob = await this.inner.open(key, options);
    // A redirected client verifies the digest itself.
    if (blob?.kind !== 'bytes' || options.isRaw) return blob;
    if (!this.#known.isWrong(key, blob.version)) return this.#guard(key, blob);
    await blob.close();
    return null;
  }

  override openCached(key: BlobKey): BlobBytes | null {
    const blob = this.inner.openCached(key);
    if (!blob || !this.#known.isWrong(key, blob.version)) return blob && this.#guard(key, blob);
    // Nothing was read, so a failed close loses no data.
    void blob.close().catch(() => undefined);
    return null;
  }

  override async stat(key: BlobKey): Promise<BlobStat | null> {
    const stat = await this.inner.stat(key);
    return stat && this.#known.isWrong(key, stat.version) ? null : stat;
  }

  override async put(key: BlobKey, staged: StagedVersion): Promise<string | null> {
    const version = await this.inner.put(key, staged, { trustedVersion: this.#known.findRight(key) });
    // The stored bytes have been hashed, whether they are new or were kept.
    if (version !== null) this.#known.addRight(key, version);
    return version;
  }

  #guard(key: BlobKey, blob: BlobBytes): BlobBytes {
    let own: Hashing | null = null;
    return {
      kind: blob.kind,
      sizeBytes: blob.sizeBytes,
      version: blob.version,
      copyTo: async (destination, range) => {
        if (!isWhole(blob, range) || this.#known.isRight(key, blob.version)) {
          return this.#copyUnhashed(key, blob, { destination, range });
        }
        const hashing = this.#hashings.get(nameOf(key, blob)) ?? (own = this.#startHashing(key, blob));
        hashing.readers += 1;
        try {
          const heldFrom = Math.max(0, blob.sizeBytes - HELD_BACK_BYTES);
          if (heldFrom > 0) await blob.copyTo(destination, { start: 0, end: heldFrom - 1 });
          await untilClosed(destination, hashing.end);
          await blob.copyTo(destination, { start: heldFrom, end: blob.sizeBytes - 1 });
        } finally {
          hashing.readers -= 1;
          if (hashing.readers === 0) hashing.stop();
        }
      },
      close: async () => {
        // The hashing pass still reads from this blob.
        await own?.end.catch(() => undefined);
        await blob.close();
      },
    };
  }

  /** A sealed blob shows its damage by itself. */
  async #copyUnhashed(key: BlobKey, blob: BlobBytes, to: { destination: Writable; range: ByteRange | null }) {
    try {
      await blob.copyTo(to.destination, to.range);
    } catch (error) {
      if (isDamage(error) && !this.#known.isWrong(key, blob.version)) await this.#report(key, blob);
      throw error;
    }
  }

  async #report(key: BlobKey, blob: BlobBytes): Promise<void> {
    this.#known.addWrong(key, blob.version);
    const isStillSo = async () => (await this.inner.stat(key))?.version === blob.version;
    await this.#onDamage({ key, isStillSo });
  }

  #startHashing(key: BlobKey, blob: BlobBytes): Hashing {
    const name = nameOf(key, blob);
    const hashing = startHashing(blob, key.sha256, {
      onRight: () => this.#known.addRight(key, blob.version),
      onWrong: () => this.#report(key, blob),
      onEnd: () => {
        if (this.#hashings.get(name) === hashing) this.#hashings.delete(name);
      },
    });
    this.#hashings.set(name, hashing);
    return hashing;
  }
}

function isWhole({ sizeBytes }: BlobBytes, range: ByteRange | null): boolean {
  return range === null || (range.start === 0 && range.end === sizeBytes - 1);
}

function nameOf(key: BlobKey, { version }: BlobBytes): string {
  return `${toMapKey(key)} ${version}`;
}
