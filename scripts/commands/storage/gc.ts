import { collectGarbage, type Collection } from '#lib/distribution/garbage/collect-garbage.ts';
import { recordPause } from '#lib/distribution/garbage/brake.ts';
import { formatBytes } from '#components/ui/format-number.ts';
import { print, withApp, type Command } from '../command.ts';

/** Exit code of a paused run. */
const PAUSED = 2;

export const collectGarbageCommand: Command = {
  summary: 'Remove unreferenced blobs and abandoned uploads (the worker does this too)',
  options: {},
  flags: {
    'dry-run': 'Show what would be removed without removing it',
    confirm: 'Allow removing more than a tenth of all blobs that no recorded delete explains',
  },
  run: async (values) => {
    const isDryRun = values['dry-run'] === true;
    const options = { isThorough: true, isDryRun, isConfirmed: values.confirm === true };
    const collection = await withApp(async (app) => {
      const result = await collectGarbage(app, options);
      if (!isDryRun && result.pause === null)
        for (const run of ['gc', 'sweep'] as const) await recordPause(app, run, null);
      return result;
    });
    print(values, { dryRun: isDryRun, ...collection }, describe(collection, isDryRun));
    if (collection.pause !== null) process.exitCode = PAUSED;
  },
};

function describe(collection: Collection, isDryRun: boolean): string[] {
  const { links, blobs, expiredDeletions, untaggedManifests, uploads, orphans, pause } = collection;
  if (pause !== null) return [`Stopped: ${pause}`];
  const more = [
    [expiredDeletions, 'deletions past their restore period'],
    [untaggedManifests, "untagged manifests expired by their publisher's rule"],
    [uploads ?? 0, 'abandoned uploads'],
    [orphans ?? 0, 'stored files without a row (queued for review)'],
  ] as const;
  return [
    isDryRun ? 'Dry run. A real run would do this:' : 'Done.',
    `  repository links        ${review(links)}`,
    `  blobs                   ${review(blobs)}, ${formatBytes(blobs.freedBytes)} freed`,
    ...(blobs.isHeld ? ['  A backup is running, so blobs stay until the next run.'] : []),
    ...more.filter(([count]) => count > 0).map(([count, what]) => `  ${count} ${what}`),
  ];
}

function review({ reviewed, kept, removed }: { reviewed: number; kept: number; removed: number }): string {
  return `${reviewed} reviewed, ${kept} kept, ${removed} removed`;
}
