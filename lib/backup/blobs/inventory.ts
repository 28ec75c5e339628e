// The list of a backup's blobs: one JSON document per line.
import { join } from 'node:path';
import { z } from 'zod';
import type { BlobKey } from '#lib/blobs/blob-store.ts';
import { isOwnScope, type KeyScope } from '#lib/platform/key-scope.ts';
import { readLines } from '#lib/backup/part-file.ts';
import type { BackupManifest } from '#lib/backup/backup-manifest.ts';
import { isDigest, type Digest } from '#lib/oci/digest.ts';

const sha256 = z.custom<Digest>((value) => typeof value === 'string' && isDigest(value) && value.startsWith('sha256:'));

const savedBlob = z.object({
  sha256,
  /** blobs/disk/paths.ts maps it to a folder. */
  scope: z.custom<KeyScope>(
    (value) => value === 'site' || value === 'sealed' || (typeof value === 'string' && isOwnScope(value)),
  ),
  /** As stored. */
  sizeBytes: z.int().nonnegative(),
  /** SHA-256 of the stored bytes, which differs from the digest of a sealed blob. Null: nobody has read them. */
  storedSha256: sha256.nullable(),
  /**
   * The version in the store, such as an object with its ETag. A renewed backup copies blobs with another one again, and operators
   * who back up the storage themselves can find it. Null: the file was linked.
   */
  version: z.string().nullable(),
});

export type SavedBlob = BlobKey & { sizeBytes: number; storedSha256: Digest | null; version: string | null };

/** @throws ZodError when a line isn't that of a blob */
export async function* readInventory(folder: string, manifest: BackupManifest): AsyncIterable<SavedBlob> {
  for await (const line of readLines(join(folder, manifest.folder, manifest.blobs.part.file))) {
    yield savedBlob.parse(line);
  }
}
