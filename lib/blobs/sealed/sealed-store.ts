import { isOwnScope, type KeyScope } from '#lib/platform/key-scope.ts';
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
  type BlobRedirect,
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
import type { FoundKey, SealingKeys } from './sealing-keys.ts';
import { collect, toWritable } from '#lib/blobs/to-writable.ts';

const MAX_KNOWN_KEYS = 20_000;

/** `keyId` and `dataKey` are null if the header is damaged. */
type DataKey = { keyId: string | null; dataKey: KeyObject | null };
type KnownKey = DataKey & { version: string };

const DAMAGED: DataKey = { keyId: null, dataKey: null };

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
    if (isOwnScope(key.scope)) return this.#openSealed(key, options);
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
      // Keys of repositories can be revoked.
      if (!this.#isFresh(known)) await this.#requireKey(known.keyId);
      return unsealBytes(sealed, known.dataKey);
    } catch (error) {
      await sealed.close();
      throw error;
    }
  }

  override openCached(key: BlobKey): BlobBytes | null {
    const sealed = this.inner.openCached(sealedKey(key));
    if (!sealed) return isOwnScope(key.scope) ? null : this.inner.openCached(key);
    const known = this.#find(key, sealed);
    if (known && this.#isFresh(known)) return unsealBytes(sealed, known.dataKey);
    // Nothing was read, so a failed close loses no data.
    void sealed.close().catch(() => undefined);
    return null;
  }

  /** Clients can't open sealed bytes. */
  override recallRedirect(key: BlobKey): BlobRedirect | null {
    return this.#isSealing ? null : this.inner.recallRedirect(key);
  }

  #isFresh({ keyId }: DataKey): boolean {
    return keyId === null || this.#keys.isFresh(keyId);
  }

  #find(key: BlobKey, { version }: BlobBytes): KnownKey | null {
    const known = this.#known.get(toMapKey(key));
    return known?.version === version ? known : null;
  }

  async #learn(key: BlobKey, sealed: BlobBytes): Promise<KnownKey> {
    const known = { version: sealed.version, ...(await this.#readDataKey(key.scope, sealed)) };
    this.#known.set(toMapKey(key), known);
    return known;
  }

  /** @throws AppError `unavailable` without its sealing key, `key_refused` */
  async #readDataKey(scope: KeyScope, sealed: OpenBlob): Promise<DataKey> {
    if (sealed.sizeBytes !== toSealedSize(toPlainSize(sealed.sizeBytes))) return DAMAGED;
    const header = await collect((reader) => sealed.copyTo(reader, { start: 0, end: HEADER_BYTES - 1 }));
    const keyId = readKeyId(header);
    if (keyId === null) return DAMAGED;
    const found = await this.#requireKey(keyId);
    // Bytes under another key are none of this scope.
    if (found.scope !== scope) return DAMAGED;
    return { keyId, dataKey: openHeader(header, found.key) };
  }

  async #requireKey(id: string | null): Promise<FoundKey> {
    const found = id === null ? null : await this.#keys.find(id);
    if (found) return found;
    throw new AppError('unavailable', 'The key that seals this blob is unknown to this site.');
  }

  override async stat(key: BlobKey): Promise<BlobStat | null> {
    if (isOwnScope(key.scope)) return this.#statSealed(key);
    if (!this.#isSealing) return (await this.inner.stat(key)) ?? this.#statSealed(key);
    return (await this.#statSealed(key)) ?? (await this.inner.stat(key)) ?? this.#statSealed(key);
  }

  async #statSealed(key: BlobKey): Promise<BlobStat | null> {
    const sealed = await this.inner.stat(sealedKey(key));
    return sealed && { ...sealed, sizeBytes: toPlainSize(sealed.sizeBytes) };
  }

  override async put(key: BlobKey, staged: StagedVersion, options: PutOptions = {}): Promise<string | null> {
    if (!this.#isSealing) {
      if (isOwnScope(key.scope)) throw unsealedProcess();
      return this.inner.put(key, staged, options);
    }
    const digestOf = (sealed: OpenBlob) => this.#digestOf(key.scope, sealed);
    return this.inner.put(sealedKey(key), staged, { ...options, digestOf });
  }

  async #digestOf(scope: KeyScope, sealed: OpenBlob): Promise<Digest | null> {
    const { dataKey } = await this.#readDataKey(scope, sealed);
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
    if (isOwnScope(key.scope)) return true;
    return this.inner.delete(key, options);
  }

  override async *list(): AsyncIterable<BlobKey & { sizeBytes: number; changedAt: Date }> {
    for await (const blob of this.inner.list()) {
      const { scope } = blob;
      if (scope === 'site') yield blob;
      else yield { ...blob, scope: scope === 'sealed' ? 'site' : scope, sizeBytes: toPlainSize(blob.sizeBytes) };
    }
  }
}

function sealedKey({ sha256, scope }: BlobKey): BlobKey {
  return { sha256, scope: scope === 'site' ? 'sealed' : scope };
}

/** Another process of the site seals, and has created the repository. */
export function unsealedProcess(): AppError {
  const sentence =
    "This repository has a key of its own, and this process doesn't seal blobs. Ask the operator to set SEALED_STORAGE=1.";
  return new AppError('unavailable', sentence);
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
