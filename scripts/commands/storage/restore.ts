import type { App } from '#lib/app.ts';
import { recordRestore } from '#lib/backup/record-restore.ts';
import { restoreBackup, type RestoredSite } from '#lib/backup/restore-backup.ts';
import { readConfig } from '#lib/config.ts';
import { verifyStore, type StoreVerification } from '#lib/distribution/integrity/verify-store.ts';
import { rebuildSearch } from '#lib/gallery/rebuild-search.ts';
import { toRestoreSite } from '#lib/open-backup-site.ts';
import { createLog } from '#lib/platform/log.ts';
import { rebuildMeilisearch } from '#lib/search/meilisearch/meilisearch-feed.ts';
import { formatBytes } from '#components/ui/format-number.ts';
import { print, reportProgress, required, withApp, type Command } from '../command.ts';

/** Exit code of a restore that found blobs missing. */
const FOUND_PROBLEMS = 2;

export const restoreCommand: Command = {
  summary: 'Restore a backup into an empty database and an empty store. Resumes. Exit code 2: blobs are missing',
  argument: { name: 'DIR', doc: 'Folder of the backup' },
  options: {},
  flags: {
    'accept-loss': 'Go on although blobs are missing or damaged, or with another AUTH_SECRET',
    'same-store': 'Use the store that a backup lists, which no other site uses any more',
  },
  run: async (values) => {
    const report = reportProgress((sentence: string) => sentence);
    const input = {
      folder: required(values, 'DIR'),
      isLossAccepted: values['accept-loss'] === true,
      isSameStore: values['same-store'] === true,
      onProgress: report,
    };
    const restored = await restoreBackup(toRestoreSite(readConfig(), createLog('warn', false)), input);
    const { repositories, verification } = await withApp((app) => finish(app, restored));
    const { missing, wrongSize, unlinked } = verification;
    const isSound = missing + wrongSize + unlinked === 0;
    print(values, { ok: isSound, ...restored, repositories, verification }, [
      ...describe(restored),
      `  search    ${repositories} repositories indexed`,
      ...describeVerification(verification),
    ]);
    if (!isSound) process.exitCode = FOUND_PROBLEMS;
  },
};

/** Rebuilds what backups leave out, and verifies the rest. */
async function finish(
  app: App,
  restored: RestoredSite,
): Promise<{ repositories: number; verification: StoreVerification }> {
  const { db, pool, meilisearch: server } = app;
  await recordRestore(app, restored);
  const repositories = await rebuildSearch(app, () => undefined);
  if (server) await rebuildMeilisearch({ db, pool, server }, () => undefined);
  return { repositories, verification: await verifyStore(app) };
}

function describe({ id, takenAt, rows, blobs, lost, isContinued, migrations }: RestoredSite): string[] {
  return [
    `${isContinued ? 'Finished restoring' : 'Restored'} the backup ${id} of ${takenAt}.`,
    `  database  ${rows} rows${migrations.length > 0 ? `, ${migrations.length} newer migrations applied` : ''}`,
    blobs
      ? `  blobs     ${blobs.restored} restored, ${formatBytes(blobs.restoredBytes)}, ${blobs.present} there already`
      : '  blobs     in place',
    ...lost.map((digest) => `  lost      ${digest}`),
  ];
}

function describeVerification({ blobs, manifests, missing, wrongSize, unlinked }: StoreVerification): string[] {
  const found = `${blobs} blobs, ${manifests} manifests`;
  if (missing + wrongSize + unlinked === 0) return [`Verified ${found}: complete.`];
  const problems = `${missing} blobs missing, ${wrongSize} of the wrong size, ${unlinked} not linked`;
  return [`Verified ${found}: ${problems}. "npm run vitrine -- verify" lists them.`];
}
