// What a folder with a backup holds:
//
//   backup.json         this manifest, written last: without it, the folder holds no backup
//   parts-UUID/         the database, the list of blobs, and with --with-secrets the secrets
//   blobs/              the blobs, laid out as in DATA_DIR (blobs/disk/paths.ts)
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { syncFolder } from '#lib/blobs/disk/open-file.ts';
import { AppError, errorCode } from '#lib/platform/errors.ts';
import { createFileOnce } from '#lib/platform/files.ts';

const FILE = 'backup.json';
const FORMAT = 'vitrine-backup';
const FORMAT_VERSION = 1;

/** Names within the folder of parts, so that no manifest reaches other files. */
const fileName = z.string().regex(/^[a-z0-9_][\w.-]{0,120}$/i);
const part = z.object({
  file: fileName,
  sizeBytes: z.int().nonnegative(),
  sha256: z.string().regex(/^sha256:[0-9a-f]{64}$/),
});
const count = z.int().nonnegative();

const backupManifest = z.object({
  format: z.literal(FORMAT),
  formatVersion: z.literal(FORMAT_VERSION),
  id: z.uuid(),
  /** The version of Vitrine. */
  version: z.string(),
  /** The time of the database's snapshot. */
  takenAt: z.iso.datetime(),
  siteId: z.string().min(1),
  /** Applied migrations, the latest last. */
  migrations: z.array(z.string()).min(1),
  /** The folder of the parts. */
  folder: fileName,
  tables: z.array(z.object({ name: z.string(), columns: z.array(z.string()), rows: count, part })),
  sequences: z.array(z.object({ name: z.string(), value: z.string().regex(/^-?\d+$/), isCalled: z.boolean() })),
  /** Background jobs that were waiting. */
  jobs: z.object({ rows: count, part }),
  /** `listed`: the blobs themselves are backed up by other means. */
  blobs: z.object({ kind: z.enum(['saved', 'listed']), storage: z.string(), count, sizeBytes: count, part }),
  /** Fingerprints of the versions of MASTER_KEY, and whether anything needs them. */
  masterKeys: z.array(z.object({ version: z.int(), mark: z.string(), isNeeded: z.boolean() })),
  /** Fingerprint of AUTH_SECRET. */
  authSecret: z.string(),
  sealingKeys: z.array(z.object({ id: z.string(), wrappedBy: z.string() })),
  secrets: z.array(z.object({ name: fileName, part })),
});

export type BackupManifest = z.infer<typeof backupManifest>;
export type SavedTable = BackupManifest['tables'][number];
export type SavedSequence = BackupManifest['sequences'][number];

/** Completes a backup. Replaces the manifest of the one before. */
export async function writeBackupManifest(folder: string, content: Omit<BackupManifest, 'format' | 'formatVersion'>) {
  const manifest: BackupManifest = { format: FORMAT, formatVersion: FORMAT_VERSION, ...content };
  createFileOnce(join(folder, FILE), `${JSON.stringify(manifest, null, 2)}\n`, { isForced: true });
  await syncFolder(folder);
}

/**
 * Reads the manifest of a backup. Resolves to null when the folder holds none.
 * @throws AppError `invalid_input` for a manifest that this version can't read
 */
export async function readBackupManifest(folder: string): Promise<BackupManifest | null> {
  const text = await readFile(join(folder, FILE), 'utf8').catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return null;
    throw error;
  });
  if (text === null) return null;
  const parsed = backupManifest.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const { formatVersion } = z
    .object({ formatVersion: z.number().catch(0) })
    .catch({ formatVersion: 0 })
    .parse(parseJson(text));
  const reason =
    formatVersion > FORMAT_VERSION
      ? 'was written by a newer version of Vitrine. Use that version'
      : 'is damaged. Restore another backup';
  throw new AppError('invalid_input', `${join(folder, FILE)} ${reason}.`, { cause: parsed.error });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
