// Copies blobs from one store to another, beside a live server.
import { createHash, randomUUID } from 'node:crypto';
import { Transform } from 'node:stream';
import { toDigest, type Digest } from '#lib/oci/digest.ts';
import { openBytes, toMapKey, type BlobKey, type BlobStore, type OpenBlob } from './blob-store.ts';
import type { StagingArea } from './staging-area.ts';

const MAX_LISTED = 100;

export type BlobCopy = {
  copied: number;
  copiedBytes: number;
  /** Already in the target. */
  present: number;
  /** Not copied, because the stored bytes don't match the digest. */
  damaged: number;
  /** Removed while the copy was under way. */
  gone: number;
  /** At most MAX_LISTED digests. */
  damagedDigests: string[];
};

export type CopyTarget = { store: BlobStore; staging: StagingArea };
type CopyOptions = { onProgress?: (copy: BlobCopy) => void };

/**
 * Copies every blob that the target lacks, and hashes each one on the way. Repeats until a pass finds nothing new, so
 * that blobs that arrive meanwhile are copied too. An interrupted copy resumes, because the target has what it copied.
 */
export async function copyBlobs(
  from: BlobStore,
  target: CopyTarget,
  { onProgress = () => undefined }: CopyOptions = {},
): Promise<BlobCopy> {
  const copy: BlobCopy = { copied: 0, copiedBytes: 0, present: 0, damaged: 0, gone: 0, damagedDigests: [] };
  const seen = new Set<string>();
  for (let isNew = true; isNew;) {
    isNew = false;
    for await (const { sha256, scope } of from.list()) {
      const key = { sha256, scope };
      if (seen.has(toMapKey(key))) continue;
      seen.add(toMapKey(key));
      isNew = true;
      await copyOne(from, target, key, copy);
      onProgress(copy);
    }
  }
  return copy;
}

async function copyOne(from: BlobStore, target: CopyTarget, key: BlobKey, copy: BlobCopy): Promise<void> {
  const blob = await openBytes(from, key, { isRaw: true });
  if (!blob) {
    copy.gone += 1;
    return;
  }
  try {
    if ((await target.store.stat(key))?.sizeBytes === blob.sizeBytes) {
      copy.present += 1;
      return;
    }
    if (await copyBlob(blob, target, key)) {
      copy.copied += 1;
      copy.copiedBytes += blob.sizeBytes;
      return;
    }
    copy.damaged += 1;
    if (copy.damagedDigests.length < MAX_LISTED) copy.damagedDigests.push(key.sha256);
  } finally {
    await blob.close();
  }
}

/** Resolves to false when the bytes don't match the digest, or garbage collection has just removed the blob. */
export function copyBlob(blob: OpenBlob, target: CopyTarget, key: BlobKey): Promise<boolean> {
  return copyStoredBytes(blob, target, key, (digest) => digest === key.sha256);
}

/**
 * Copies stored bytes as they are, sealed ones too. `isRight` judges their SHA-256. Resolves to false when it rejects them, or
 * garbage collection has just removed the blob.
 */
export async function copyStoredBytes(
  blob: OpenBlob,
  { store, staging }: CopyTarget,
  key: BlobKey,
  isRight: (digest: Digest) => boolean,
): Promise<boolean> {
  const id = randomUUID();
  await staging.create(id);
  const file = await staging.open({ id, fence: 0n, scope: key.scope });
  let isStored = false;
  try {
    const hash = createHash('sha256');
    // Copied, because stores reuse their buffers.
    const source = new Transform({ transform: (chunk: Buffer, _encoding, done) => done(null, Buffer.from(chunk)) });
    const reading = blob.copyTo(source, null).then(
      () => void source.end(),
      (error: Error) => void source.destroy(error),
    );
    const { outcome } = await file.append(source, { offsetBytes: 0, limitBytes: blob.sizeBytes, hash });
    await reading;
    if (outcome !== 'complete') return false;
    const digest = toDigest('sha256', hash.digest('hex'));
    if (!isRight(digest)) return false;
    // Sealed bytes have another digest than their blob. Those in the target stay only if they are the same.
    const digestOf = async (stored: OpenBlob) => ((await hashStoredBytes(stored)) === digest ? key.sha256 : null);
    const options = digest === key.sha256 ? {} : { digestOf };
    const version = await store.put(key, { id, version: file.stat().version }, options);
    isStored = true;
    // Null: garbage collection has removed the blob again.
    return version !== null;
  } finally {
    if (!isStored) await staging.discard(id);
    await file.close();
  }
}

async function hashStoredBytes(blob: OpenBlob): Promise<Digest> {
  const hash = createHash('sha256');
  await blob.copyTo(hash, null);
  return toDigest('sha256', hash.digest('hex'));
}
