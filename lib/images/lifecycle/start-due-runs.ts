// Starts the daily run of each lifecycle policy, and forgets old reports and previews.
import { announce } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { NOT_DELETED } from '#lib/publishers/deleted-registry.ts';
import { PREVIEW_HOURS, REPORT_DAYS } from './run-queries.ts';

const HOUR_MS = 60 * 60 * 1000;
/** Somewhat less than a day, so that runs don't get later every day. */
const PERIOD_HOURS = 23;
const BATCH = 500;

/** A policy that was just changed has its own delay. */
const SETTLED_HOURS = 0.5;

export async function startDueRuns({ db }: { db: Db }): Promise<void> {
  const ago = (hours: number) => new Date(Date.now() - hours * HOUR_MS);
  const isDue = { OR: [{ evaluatedAt: null }, { evaluatedAt: { lt: ago(PERIOD_HOURS) } }] };
  const isSettled = { updatedAt: { lt: ago(SETTLED_HOURS) } };
  for (let after = 0n; ;) {
    const due = await db.lifecyclePolicy.findMany({
      where: {
        ...isDue,
        ...isSettled,
        repositoryId: { gt: after },
        repository: { registryKey: NOT_DELETED, quarantinedAt: null },
      },
      orderBy: { repositoryId: 'asc' },
      take: BATCH,
      select: { repositoryId: true, repository: { select: { name: true } } },
    });
    for (const { repositoryId, repository } of due) {
      const resource = { repositoryId, name: repository.name };
      await announce(db, { type: 'repository.reach-lifecycle-run', resource });
    }
    after = due.at(-1)?.repositoryId ?? after;
    if (due.length < BATCH) break;
  }
  await db.lifecycleRun.deleteMany({
    where: {
      OR: [{ startedAt: { lt: ago(REPORT_DAYS * 24) } }, { isPreview: true, startedAt: { lt: ago(PREVIEW_HOURS) } }],
    },
  });
}
