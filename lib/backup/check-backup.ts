// Reads a whole backup before any of it is restored.
import { join } from 'node:path';
import { stat } from 'node:fs/promises';
import { blobPath } from '#lib/blobs/disk/paths.ts';
import type { Digest } from '#lib/oci/digest.ts';
import { AppError, errorCode } from '#lib/platform/errors.ts';
import { listMigrations } from '#lib/platform/pg/migrations/migrate.ts';
import { readBackupManifest, type BackupManifest } from './backup-manifest.ts';
import { readInventory, type SavedBlob } from './blobs/inventory.ts';
import { hashStoredFile, type BackupPart } from './part-file.ts';

const MAX_NAMED = 3;

/**
 * Opens a backup that this version can restore, after checking every part of the database.
 * @throws AppError `invalid_input` with a message for the operator
 */
export async function openBackup(folder: string): Promise<BackupManifest> {
  const manifest = await readBackupManifest(folder);
  if (!manifest) {
    const sentence = `${folder} holds no complete backup.`;
    throw new AppError('invalid_input', `${sentence} Choose the folder that "vitrine backup" has written.`);
  }
  const known = new Set(listMigrations());
  const unknown = manifest.migrations.filter((name) => !known.has(name));
  if (unknown.length > 0) {
    const sentence = `The backup was made by a newer version of Vitrine (${manifest.version}, migration ${unknown.at(-1)}).`;
    throw new AppError('invalid_input', `${sentence} Restore it with that version or a newer one.`);
  }
  const damaged: string[] = [];
  for (const part of partsOf(manifest)) {
    const path = join(folder, manifest.folder, part.file);
    const stored = await hashStoredFile(path);
    if (stored?.sha256 !== part.sha256) damaged.push(path);
  }
  if (damaged.length > 0) {
    throw new AppError('invalid_input', `The backup is damaged: ${nameSome(damaged)}. Restore another backup.`);
  }
  return manifest;
}

function partsOf({ tables, jobs, blobs, secrets }: BackupManifest): BackupPart[] {
  return [...tables, jobs, blobs, ...secrets].map(({ part }) => part);
}

/** Names some of many. */
export function nameSome(names: string[]): string {
  const rest = names.length - MAX_NAMED;
  return names.slice(0, MAX_NAMED).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/** Checks the saved blobs, and resolves to those that are missing, or whose bytes have changed. */
export async function findDamagedBlobs(
  folder: string,
  manifest: BackupManifest,
  onProgress: (sentence: string) => void,
): Promise<Digest[]> {
  const damaged: Digest[] = [];
  let count = 0;
  for await (const blob of readInventory(folder, manifest)) {
    if (!(await isIntact(folder, blob))) damaged.push(blob.sha256);
    count += 1;
    onProgress(`${count} of ${manifest.blobs.count} blobs checked`);
  }
  return damaged;
}

/** Whether the backup's file has the bytes that were saved, as far as anyone has read them. */
export async function isIntact(folder: string, blob: SavedBlob): Promise<boolean> {
  const path = blobPath(folder, blob);
  const digest = expectedDigest(blob);
  if (digest !== null) return (await hashStoredFile(path))?.sha256 === digest;
  return (await readSize(path)) === blob.sizeBytes;
}

/** Returns the SHA-256 that the stored bytes must have. Null: only the site's keys can tell. */
export function expectedDigest({ scope, sha256, storedSha256 }: SavedBlob): Digest | null {
  return scope === 'site' ? sha256 : storedSha256;
}

async function readSize(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
