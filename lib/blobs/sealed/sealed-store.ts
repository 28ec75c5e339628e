import { createHash, type KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { BlobStoreDecorator } from '#lib/blobs/blob-store-decorator.ts';
import {
  damagedBlob,
  isDamage,
  openBytes,
  toMapKey,
  type BlobBytes,
  type BlobKey,
  type BlobStat,
  type BlobStore,
  type DeleteOptions,
  type OpenBlob,
  type OpenedBlob,
  type OpenOptions,
  type PutOptions,
} from '#lib/blobs/blob-store.ts';
import type { StagedVersion } from '#lib/blobs/staging-area.ts';
import { toDigest, type Digest } from '#lib/oci/digest.ts';
import { AppError } from '#lib/platform/errors.ts';
import { copyUnsealed } from './copy-unsealed.ts';
import { HEADER_BYTES, openHeader, readKeyId, toPlainSize, toSealedSize } from './seal-format.ts';
import type { SealingKeys } from './sealing-keys.ts';
import { collect, toWritable } from '#lib/blobs/to-writable.ts';

const MAX_KNOWN_KEYS = 20_000;

/** `dataKey` is null if the header is damaged. */
type KnownKey = { version: string; dataKey: KeyObject | null };

/**
 * Stores blobs sealed. Expects uploads of a SealedStaging over the same wrapped store. Reads unsealed blobs too, which may have been
 * stored before, or by a process that doesn't seal. Redirects to unsealed blobs only.
 */
export class SealedStore extends BlobStoreDecorator {
  readonly #keys: SealingKeys;
  readonly #isSealing: boolean;
  readonly #known = new LRUCache<string, KnownKey>({ max: MAX_KNOWN_KEYS });

  /** Without `isSealing`, new blobs are stored unsealed, and uploads must be too. */
  constructor(inner: BlobStore, keys: SealingKeys, { isSealing }: { isSealing: boolean } = { isSealing: true }) {
    super(inner);
    this.#keys = keys;
    this.#isSealing = isSealing;
  }

  override async open(key: BlobKey, options: OpenOptions = {}): Promise<OpenedBlob | null> {
    if (!this.#isSealing) return (await this.inner.open(key, options)) ?? this.#openSealed(key, options);
    return (
      (await this.#openSealed(key, options)) ??
      (await this.inner.open(key, options)) ??
      // It may have been sealed meanwhile (seal-stored-blobs.ts).
      this.#openSealed(key, options)
    );
  }

  async #openSealed(key: BlobKey, options: OpenOptions): Promise<BlobBytes | null> {
    const sealed = await openBytes(this.inner, sealedKey(key), options);
    if (!sealed) return null;
    try {
      const known = this.#find(key, sealed) ?? (await this.#learn(key, sealed));
      return unsealBytes(sealed, known.dataKey);
    } catch (error) {
      await sealed.close();
      throw error;
    }
  }

  override openCached(key: BlobKey): BlobBytes | null {
    const sealed = this.inner.openCached(sealedKey(key));
    if (!sealed) return this.inner.openCached(key);
    const known = this.#find(key, sealed);
    if (known) return unsealBytes(sealed, known.dataKey);
    // Nothing was read, so a failed close loses no data.
    void sealed.close().catch(() => undefined);
    return null;
  }

  #find(key: BlobKey, { version }: BlobBytes): KnownKey | null {
    const known = this.#known.get(toMapKey(key));
    return known?.version === version ? known : null;
  }

  async #learn(key: BlobKey, sealed: BlobBytes): Promise<KnownKey> {
    const known = { version: sealed.version, dataKey: await this.#readDataKey(sealed) };
    this.#known.set(toMapKey(key), known);
    return known;
  }

  /** Resolves to null if the header is damaged. @throws AppError `unavailable` without its sealing key */
  async #readDataKey(sealed: OpenBlob): Promise<KeyObject | null> {
    if (sealed.sizeBytes !== toSealedSize(toPlainSize(sealed.sizeBytes))) return null;
    const header = await collect((reader) => sealed.copyTo(reader, { start: 0, end: HEADER_BYTES - 1 }));
    const id = readKeyId(header);
    if (id === null) return null;
    const key = await this.#keys.find(id);
    if (!key) throw new AppError('unavailable', 'The key that seals this blob is unknown to this site.');
    return openHeader(header, key);
  }

  override async stat(key: BlobKey): Promise<BlobStat | null> {
    if (!this.#isSealing) return (await this.inner.stat(key)) ?? this.#statSealed(key);
    return (await this.#statSealed(key)) ?? (await this.inner.stat(key)) ?? this.#statSealed(key);
  }

  async #statSealed(key: BlobKey): Promise<BlobStat | null> {
    const sealed = await this.inner.stat(sealedKey(key));
    return sealed && { ...sealed, sizeBytes: toPlainSize(sealed.sizeBytes) };
  }

  override async put(key: BlobKey, staged: StagedVersion, options: PutOptions = {}): Promise<string | null> {
    if (!this.#isSealing) return this.inner.put(key, staged, options);
    return this.inner.put(sealedKey(key), staged, { ...options, digestOf: (sealed) => this.#digestOf(sealed) });
  }

  async #digestOf(sealed: OpenBlob): Promise<Digest | null> {
    const dataKey = await this.#readDataKey(sealed);
    if (!dataKey) return null;
    const hash = createHash('sha256');
    try {
      await unseal(sealed, dataKey).copyTo(
        toWritable((chunk) => hash.update(chunk)),
        null,
      );
      return toDigest('sha256', hash.digest('hex'));
    } catch (error) {
      if (isDamage(error)) return null;
      throw error;
    }
  }

  override async delete(key: BlobKey, options?: DeleteOptions): Promise<boolean> {
    if (!(await this.inner.delete(sealedKey(key), options))) return false;
    return this.inner.delete(key, options);
  }

  override async *list(): AsyncIterable<BlobKey & { sizeBytes: number; changedAt: Date }> {
    for await (const blob of this.inner.list()) {
      if (blob.scope !== 'sealed') yield blob;
      else yield { ...blob, scope: 'site', sizeBytes: toPlainSize(blob.sizeBytes) };
    }
  }
}

function sealedKey({ sha256 }: BlobKey): BlobKey {
  return { sha256, scope: 'sealed' };
}

function unseal(sealed: OpenBlob, dataKey: KeyObject | null): OpenBlob {
  const sizeBytes = toPlainSize(sealed.sizeBytes);
  return {
    sizeBytes,
    copyTo: async (destination, range) => {
      if (!dataKey) throw damagedBlob();
      await copyUnsealed({ dataKey, sizeBytes, copyTo: (to, part) => sealed.copyTo(to, part) }, destination, range);
    },
    close: () => sealed.close(),
  };
}

function unsealBytes(sealed: BlobBytes, dataKey: KeyObject | null): BlobBytes {
  return { ...unseal(sealed, dataKey), kind: 'bytes', version: sealed.version };
}
