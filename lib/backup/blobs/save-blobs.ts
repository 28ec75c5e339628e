// Puts the site's blobs into the folder of a backup, beside a running site. Nothing removes blobs meanwhile
// (blobs/hold-removals.sql.ts).
import { once } from 'node:events';
import { dirname } from 'node:path';
import { PassThrough } from 'node:stream';
import { openBytes, toMapKey, type BlobKey, type BlobStore } from '#lib/blobs/blob-store.ts';
import { copyStoredBytes } from '#lib/blobs/copy-blobs.ts';
import { syncFolder } from '#lib/blobs/disk/open-file.ts';
import type { Disk } from '#lib/blobs/disk/open-disk.ts';
import { blobPath } from '#lib/blobs/disk/paths.ts';
import type { Digest } from '#lib/oci/digest.ts';
import { eachAtOnce } from '#lib/platform/concurrency/each-at-once.ts';
import { AppError } from '#lib/platform/errors.ts';
import { isIntact } from '#lib/backup/check-backup.ts';
import { writePart, type BackupPart } from '#lib/backup/part-file.ts';
import { isSameFile, readFileMark, type FileMark } from './file-mark.ts';
import { hardLinkBlob } from './hard-link-blob.ts';
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
  /** What the manifests of `folder` and `base` say of their blobs, by `toMapKey`. */
  known: Record<'folder' | 'base', ReadonlyMap<string, SavedBlob>>;
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
  const source = { ...input, saving, folders: new Set<string>() };
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
  }
}

type Source = SaveInput & { saving: BlobSaving; folders: Set<string> };

async function saveBlob(source: Source, key: BlobKey): Promise<SavedBlob | 'gone' | 'damaged'> {
  const { store, mode, folder, base, known, saving } = source;
  const stat = await store.stat(key);
  if (!stat) return 'gone';
  const { sizeBytes } = stat;
  const unread = { ...key, sizeBytes, storedSha256: null, version: null };
  if (mode === 'list') return { ...unread, version: stat.version };
  const stored = source.diskFolder === null ? null : await readFileMark(blobPath(source.diskFolder, key));
  const now = { ...key, sizeBytes, changedAt: stat.changedAt, stored, version: stored?.version ?? stat.version };
  const present = await findCurrent(folder, now, known.folder);
  if (present) {
    saving.present += 1;
    return present;
  }
  const inBase = base === null ? null : await findCurrent(base, now, known.base);
  if (inBase && (await linkFrom(source, base, key))) {
    saving.present += 1;
    return inBase;
  }
  if (mode !== 'copy' && (await linkFrom(source, source.diskFolder, key))) {
    saving.linked += 1;
    return unread;
  }
  if (mode === 'link') throw cannotLink();
  const copied = await copyOne(source, key, now.version);
  if (copied !== 'damaged') return copied;
  // The earlier copy may be the last good one.
  if (await isIntact(folder, unread)) {
    saving.present += 1;
    return unread;
  }
  if (saving.damaged.length < MAX_LISTED) saving.damaged.push(key.sha256);
  return 'damaged';
}

/** A blob in the store. */
type Stored = BlobKey & { sizeBytes: number; changedAt: Date; stored: FileMark | null; version: string };

/**
 * Resolves to the blob in a backup's folder, or to null unless it has the bytes that the site stores now. A repaired blob may have
 * the size of the damaged one, so that the size alone doesn't tell.
 */
async function findCurrent(
  folder: string,
  { changedAt, stored, version, ...blob }: Stored,
  known: ReadonlyMap<string, SavedBlob>,
): Promise<SavedBlob | null> {
  const file = await readFileMark(blobPath(folder, blob));
  if (file?.sizeBytes !== blob.sizeBytes) return null;
  const saved = known.get(toMapKey(blob));
  if (saved?.version === version) return saved;
  const unread = { ...blob, storedSha256: null, version: null };
  if (stored && isSameFile(file, stored)) return unread;
  // An interrupted backup may have copied it. The file of a copy is created after its source was opened.
  return !saved?.version && file.bornAt > changedAt ? unread : null;
}

function cannotLink(): AppError {
  const sentence = "Blobs can't be linked into this folder, because it isn't on the file system of DATA_DIR.";
  return new AppError('invalid_input', `${sentence} Choose another folder, or use --blobs copy.`);
}

async function linkFrom({ folder, folders }: Source, from: string | null, key: BlobKey): Promise<boolean> {
  if (from === null) return false;
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

/** `version` is that from before the copy, so that a later change shows. */
async function copyOne(
  { store, target, saving }: Source,
  key: BlobKey,
  version: string,
): Promise<SavedBlob | 'gone' | 'damaged'> {
  const blob = await openBytes(store, key, { isRaw: true });
  if (!blob) return 'gone';
  const { sizeBytes } = blob;
  try {
    let storedSha256: Digest | null = null;
    const isCopied = await copyStoredBytes(blob, target, key, (digest) => {
      storedSha256 = digest;
      return key.scope !== 'site' || digest === key.sha256;
    });
    if (!isCopied) return 'damaged';
    saving.copied += 1;
    saving.copiedBytes += sizeBytes;
    return { ...key, sizeBytes, storedSha256, version };
  } finally {
    await blob.close();
  }
}
