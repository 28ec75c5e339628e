import { createBackup, type Backup } from '#lib/backup/create-backup.ts';
import type { BlobMode } from '#lib/backup/blobs/save-blobs.ts';
import { readConfig } from '#lib/config.ts';
import { openBackupSite } from '#lib/open-backup-site.ts';
import { AppError } from '#lib/platform/errors.ts';
import { createLog } from '#lib/platform/log.ts';
import { formatBytes } from '#components/ui/format-number.ts';
import { print, reportProgress, required, type Command, type OptionValues } from '../command.ts';

/** Exit code of a backup that left damaged blobs out. */
const FOUND_PROBLEMS = 2;
const MODES = ['link', 'copy', 'list'] as const;

export const backupCommand: Command = {
  summary: 'Back up the database and the blobs, beside a running server. Repeatable. Exit code 2: found damage',
  argument: { name: 'DIR', doc: 'Folder of the backup. One that holds a backup of this site is renewed' },
  options: {
    blobs: {
      value: 'HOW',
      doc: 'link: hard links; copy; list: only a list, for storage that is backed up itself (default: link, or copy where links are impossible; on S3 list)',
    },
    base: { value: 'DIR', doc: 'Share blobs with this earlier backup on the same file system' },
  },
  flags: { 'with-secrets': 'Include the secrets that were generated in DATA_DIR' },
  run: async (values) => {
    const input = {
      folder: required(values, 'DIR'),
      mode: readMode(values),
      base: typeof values.base === 'string' ? values.base : null,
      withSecrets: values['with-secrets'] === true,
      onProgress: reportProgress((sentence: string) => sentence),
    };
    const site = await openBackupSite(readConfig(), createLog('warn', false));
    try {
      const backup = await createBackup(site, input);
      print(values, { ok: backup.blobs.damaged.length === 0, ...backup }, describe(backup));
      if (backup.blobs.damaged.length > 0) process.exitCode = FOUND_PROBLEMS;
    } finally {
      await site.close();
    }
  },
};

function readMode({ blobs }: OptionValues): BlobMode {
  if (blobs === undefined) return null;
  const mode = MODES.find((known) => known === blobs);
  if (mode) return mode;
  throw new AppError('invalid_input', `--blobs must be ${MODES.join(', ')}.`);
}

function describe({ folder, takenAt, tables, rows, databaseBytes, blobs, masterKeys, secrets }: Backup): string[] {
  const { count, sizeBytes, linked, copied, present, damaged, kind } = blobs;
  const how = kind === 'listed' ? 'listed only' : `${linked} linked, ${copied} copied, ${present} there already`;
  const keys = masterKeys.length > 0 ? ` It needs version ${masterKeys.join(', ')} of the master key.` : '';
  return [
    `Backed up as of ${takenAt} to ${folder}.`,
    `  database  ${rows} rows of ${tables} tables, ${formatBytes(databaseBytes)} compressed`,
    `  blobs     ${count}, ${formatBytes(sizeBytes)}: ${how}`,
    ...(kind === 'listed' ? ['Back up the blobs themselves after this, by the means of their storage.'] : []),
    secrets.length > 0
      ? `It holds secrets (${secrets.join(', ')}). Protect it like a password.${keys}`
      : `It holds no secrets.${keys} Keep MASTER_KEY and AUTH_SECRET, or secrets/ in DATA_DIR, apart from it.`,
    ...damaged.map((digest) => `  damaged, left out  ${digest}`),
  ];
}
