// Decides whether a backup may be restored here, before anything is written.
import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type pg from 'pg';
import type { Volume } from '#lib/blobs/volume.ts';
import { markMasterKey } from '#lib/keys/master-keys.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { BackupManifest } from './backup-manifest.ts';
import { isDatabaseEmpty, readRestoreMark, type RestoreMark } from './database/restore-mark.sql.ts';
import { chooseSecrets, markAuthSecret } from './secrets.ts';

const GB = 1e9;

/**
 * Resolves to the mark of an interrupted restore of the same backup, which goes on, or to null for an empty database.
 * @throws AppError `conflict`
 */
export async function requireEmptyDatabase(client: pg.Client, { id }: BackupManifest): Promise<RestoreMark | null> {
  const mark = await readRestoreMark(client);
  if (mark?.backupId === id) return mark;
  if (mark) {
    const sentence = `The restore of another backup (${mark.backupId}) into this database was interrupted.`;
    throw new AppError('conflict', `${sentence} Finish that one, or empty the database and the blob store.`);
  }
  if (await isDatabaseEmpty(client)) return null;
  const sentence = "The database isn't empty, so nothing was restored.";
  throw new AppError('conflict', `${sentence} Set DATABASE_URL or DATA_DIR to an empty place.`);
}

export type StoreRules = {
  isContinued: boolean;
  /** Allows a site on the store that a listed backup was taken from. */
  isSameStore: boolean;
};

/**
 * Saved blobs go to an empty store, and listed ones must be in place. `volume` is null if the store doesn't exist yet.
 * @throws AppError `conflict`
 */
export async function requireStore(
  volume: Volume | null,
  manifest: BackupManifest,
  { isContinued, isSameStore }: StoreRules,
): Promise<void> {
  const stored = (await volume?.readSiteId()) ?? null;
  if (manifest.blobs.kind === 'listed') {
    if (volume && stored === manifest.siteId) {
      // Only the name can tell a copy of a bucket from the bucket itself.
      if (isSameStore || volume.name !== manifest.blobs.storage) return;
      const sentence = `This backup lists the blobs of ${volume.name}. A second site on them would remove what the first one has stored since.`;
      const next = 'For a trial, copy them with site-id to another bucket or DATA_DIR, and restore there.';
      throw new AppError('conflict', `${sentence} ${next} If no other site uses them, add --same-store.`);
    }
    const sentence = `This backup lists blobs without holding them, and ${volume?.name ?? 'the blob store'} isn't that of the site.`;
    throw new AppError('conflict', `${sentence} Put ${manifest.blobs.storage} back first, with its site-id.`);
  }
  if (!volume) return;
  if (!isContinued && (stored !== null || (await volume.hasBlobs()))) {
    const sentence = `${volume.name.replace(/^./, (first) => first.toUpperCase())} isn't empty, so nothing was restored.`;
    throw new AppError('conflict', `${sentence} Set DATA_DIR or S3_BUCKET to an empty place.`);
  }
}

/** @throws AppError `storage_full` when the disk of DATA_DIR has too little space for the blobs */
export async function requireSpace(dataDir: string, { blobs }: BackupManifest): Promise<void> {
  let folder = resolve(dataDir);
  while (!existsSync(folder)) folder = dirname(folder);
  const { bavail, bsize } = await statfs(folder);
  if (blobs.sizeBytes <= bavail * bsize) return;
  const [needed, free] = [blobs.sizeBytes, bavail * bsize].map((bytes) => `${(bytes / GB).toFixed(1)} GB`);
  throw new AppError('storage_full', `The blobs need ${needed}, and the disk of ${folder} has ${free} left.`);
}

export type RestoreSecrets = {
  settings: { masterKeys: ReadonlyMap<number, string> | undefined; authSecret: string | undefined };
  /** Those in DATA_DIR. */
  generated: ReadonlyMap<string, string>;
  /** Those in the backup. */
  saved: ReadonlyMap<string, string>;
};

/**
 * Compares the secrets with those of the site. Resolves to versions of the master key that are lost but not needed.
 * `isLossAccepted` allows another AUTH_SECRET.
 * @throws AppError `conflict`
 */
export function requireSecrets(secrets: RestoreSecrets, manifest: BackupManifest, isLossAccepted: boolean): number[] {
  const { settings, generated, saved } = secrets;
  for (const [name, secret] of saved) {
    if ((generated.get(name) ?? secret) === secret) continue;
    const sentence = `DATA_DIR has another secrets/${name} than the backup.`;
    throw new AppError('conflict', `${sentence} Move it away, or restore into an empty DATA_DIR.`);
  }
  const { masterKeys, authSecret } = chooseSecrets(settings, new Map([...generated, ...saved]));
  const lost: number[] = [];
  for (const { version, mark, isNeeded } of manifest.masterKeys) {
    const secret = masterKeys.get(version);
    if (secret !== undefined && markMasterKey(secret) === mark) continue;
    if (secret === undefined && !isNeeded) {
      lost.push(version);
      continue;
    }
    const problem = secret === undefined ? 'is missing' : "isn't the one that the site has used";
    const sentence = `Version ${version} of the master key ${problem}. Sealed blobs, access keys or secrets need it.`;
    throw new AppError('conflict', `${sentence} Set MASTER_KEY, or copy secrets/master into DATA_DIR.`);
  }
  if (!isLossAccepted && (authSecret === null || markAuthSecret(authSecret) !== manifest.authSecret)) {
    const problem = authSecret === null ? 'is missing' : "isn't the one that the site has used";
    const sentence = `AUTH_SECRET ${problem}. Authenticator apps and passwords of upstreams may need it.`;
    const next = 'Set AUTH_SECRET, or copy secrets/auth into DATA_DIR. To go on without them, use --accept-loss.';
    throw new AppError('conflict', `${sentence} ${next}`);
  }
  return lost;
}
