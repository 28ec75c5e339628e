// Puts the site's blobs into the folder of a backup, beside a running site. Nothing removes blobs meanwhile
// (blobs/hold-removals.sql.ts).
import { once } from 'node:events';
import { dirname } from 'node:path';
import { PassThrough } from 'node:stream';
import { openBytes, toMapKey, type BlobKey, type BlobStore } from '#lib/blobs/blob-store.ts';
import { copyStoredBytes } from '#lib/blobs/copy-blobs.ts';
import { hardLinkBlob } from '#lib/blobs/disk/hard-link-blob.ts';
import { syncFolder } from '#lib/blobs/disk/open-file.ts';
import { openDisk, type Disk } from '#lib/blobs/disk/open-disk.ts';
import { blobPath } from '#lib/blobs/disk/paths.ts';
import type { Digest } from '#lib/oci/digest.ts';
import { eachAtOnce } from '#lib/platform/concurrency/each-at-once.ts';
import { AppError } from '#lib/platform/errors.ts';
import { writePart, type BackupPart } from '#lib/backup/part-file.ts';
import type { SavedBlob } from './inventory.ts';

const AT_ONCE = 8;
/** For blobs that moved. After that, they are listed without being stored. */
const MAX_LOOKS = 3;
const MAX_LISTED = 100;

/** `link`: hard links, of a disk only. `list`: the blobs stay where they are. Null: links where possible, else copies. */
export type BlobMode = 'link' | 'copy' | 'list' | null;

export type BlobSaving = {
  /** Of all blobs in the backup, as stored. */
  count: number;
  sizeBytes: number;
  linked: number;
  copied: number;
  copiedBytes: number;
  /** From an earlier backup. */
  present: number;
  /** Left out, because they are missing or don't match their digest. At most MAX_LISTED of the latter. */
  damaged: Digest[];
};

export type SaveInput = {
  store: BlobStore;
  /** DATA_DIR if the store is a disk. */
  diskFolder: string | null;
  mode: BlobMode;
  /** The folder of the backup. */
  folder: string;
  target: Disk;
  /** The folder of an earlier backup, whose files may be shared. */
  base: string | null;
  /** Known SHA-256s of stored bytes, by `toMapKey`. */
  knownDigests: ReadonlyMap<string, Digest>;
  /** Where the list of blobs goes. */
  listPath: string;
  onProgress?: (saving: BlobSaving) => void;
};

/**
 * Saves every blob and lists it. Blobs that are stored meanwhile may be in the list or not. `kept` has the `toMapKey` of each blob
 * that the folder now holds.
 */
export async function saveBlobs(input: SaveInput): Promise<BlobSaving & { part: BackupPart; kept: Set<string> }> {
  const saving: BlobSaving = { count: 0, sizeBytes: 0, linked: 0, copied: 0, copiedBytes: 0, present: 0, damaged: [] };
  const source = { ...input, saving, folders: new Set<string>(), baseDisk: await openBase(input.base) };
  const list = new PassThrough();
  const writing = writePart(input.listPath, list);
  // Awaited below. Without a listener, an early failure would end the process.
  writing.catch(() => undefined);
  const kept = new Set<string>();
  /** Saves the blobs that are wanted, and resolves to those that were gone by then. */
  const pass = async (isWanted: (sha256: Digest) => boolean) => {
    const gone = new Set<Digest>();
    await eachAtOnce(input.store.list(), AT_ONCE, async ({ sha256, scope }) => {
      const key = { sha256, scope };
      if (!isWanted(sha256) || kept.has(toMapKey(key))) return;
      const saved = await saveBlob(source, key);
      if (saved === 'gone') gone.add(sha256);
      if (saved === 'gone' || saved === 'damaged') return;
      kept.add(toMapKey(key));
      saving.count += 1;
      saving.sizeBytes += saved.sizeBytes;
      if (!list.write(`${JSON.stringify(saved)}\n`)) await Promise.race([once(list, 'drain'), writing]);
      input.onProgress?.(saving);
    });
    return gone;
  };
  try {
    // A blob that is sealed meanwhile moves to another scope.
    let gone = await pass(() => true);
    for (let look = 0; gone.size > 0 && look < MAX_LOOKS; look += 1) gone = await pass(gone.has.bind(gone));
    saving.damaged.push(...gone);
    list.end();
    for (const folder of source.folders) await syncFolder(folder);
    return { ...saving, part: await writing, kept };
  } catch (error) {
    list.destroy();
    throw error;
  } finally {
    source.baseDisk?.volume.close();
  }
}

async function openBase(base: string | null): Promise<Disk | null> {
  return base === null ? null : openDisk(base, { reserveBytes: 0 });
}

type Source = SaveInput & { saving: BlobSaving; folders: Set<string>; baseDisk: Disk | null };

async function saveBlob(source: Source, key: BlobKey): Promise<SavedBlob | 'gone' | 'damaged'> {
  const { store, mode, target, saving } = source;
  const stat = await store.stat(key);
  if (!stat) return 'gone';
  const { sizeBytes, version } = stat;
  if (mode === 'list') return { ...key, sizeBytes, storedSha256: null, version };
  const known = source.knownDigests.get(toMapKey(key)) ?? null;
  const saved = { ...key, sizeBytes, storedSha256: known, version: null };
  if ((await target.store.stat(key))?.sizeBytes === sizeBytes) {
    saving.present += 1;
    return saved;
  }
  if (await linkFrom(source, source.base, source.baseDisk, key, sizeBytes)) {
    saving.present += 1;
    return saved;
  }
  if (mode !== 'copy' && (await linkFrom(source, source.diskFolder, null, key, sizeBytes))) {
    saving.linked += 1;
    return saved;
  }
  if (mode === 'link') throw cannotLink();
  return copyOne(source, key);
}

function cannotLink(): AppError {
  const sentence = "Blobs can't be linked into this folder, because it isn't on the file system of DATA_DIR.";
  return new AppError('invalid_input', `${sentence} Choose another folder, or use --blobs copy.`);
}

async function linkFrom(
  { folder, folders }: Source,
  from: string | null,
  disk: Disk | null,
  key: BlobKey,
  sizeBytes: number,
): Promise<boolean> {
  if (from === null) return false;
  // An earlier backup may hold a blob that was replaced since.
  if (disk && (await disk.store.stat(key))?.sizeBytes !== sizeBytes) return false;
  const linked = await hardLinkBlob(from, folder, key);
  if (linked === 'linked') {
    const parent = dirname(blobPath(folder, key));
    folders
      .add(parent)
      .add(dirname(parent))
      .add(dirname(dirname(parent)));
  }
  return linked === 'linked' || linked === 'present';
}

async function copyOne({ store, target, saving }: Source, key: BlobKey): Promise<SavedBlob | 'gone' | 'damaged'> {
  const blob = await openBytes(store, key, { isRaw: true });
  if (!blob) return 'gone';
  const { sizeBytes } = blob;
  try {
    let storedSha256: Digest | null = null;
    const isCopied = await copyStoredBytes(blob, target, key, (digest) => {
      storedSha256 = digest;
      return key.scope !== 'site' || digest === key.sha256;
    });
    if (!isCopied) {
      if (saving.damaged.length < MAX_LISTED) saving.damaged.push(key.sha256);
      return 'damaged';
    }
    saving.copied += 1;
    saving.copiedBytes += sizeBytes;
    return { ...key, sizeBytes, storedSha256, version: null };
  } finally {
    await blob.close();
  }
}
