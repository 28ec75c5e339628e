// Runs and previews of lifecycle policies as their readers see them. Callers authorize.
import type { Db } from '#lib/platform/pg/db.ts';
import type { LifecycleAction, LifecycleOutcome } from '#lib/repositories/lifecycle/schema.ts';

/** Reports are kept for so long. */
export const REPORT_DAYS = 90;
/** A preview can be read for so long. Later it says nothing about the repository. */
export const PREVIEW_HOURS = 24;

const HOUR_MS = 60 * 60 * 1000;

/** How many images a rule takes in one way. `outcome` is `planned` in previews, and while a run is going on. */
export type TakenCount = { rulePriority: number; action: LifecycleAction; outcome: LifecycleOutcome; count: number };

export type LifecycleRunView = {
  id: string;
  /** The policy that it applied. */
  text: string;
  startedAt: Date;
  finishedAt: Date | null;
  /** Images of the repository, without attachments such as signatures. */
  imageCount: number;
  /** The most images that the run may take. */
  imageLimit: number;
  /** Freed once the deletions can't be restored any more. */
  freedBytes: number;
  /** Attachments, which go with their image, aren't counted. */
  taken: TakenCount[];
};

const RUN_COLUMNS = {
  id: true,
  text: true,
  startedAt: true,
  finishedAt: true,
  imageCount: true,
  imageLimit: true,
  freedBytes: true,
} as const;

type RunRow = Omit<LifecycleRunView, 'freedBytes' | 'taken'> & { freedBytes: bigint };

async function addCounts({ db }: { db: Db }, runs: RunRow[]): Promise<LifecycleRunView[]> {
  const groups = await db.lifecycleRunImage.groupBy({
    by: ['runId', 'rulePriority', 'action', 'outcome'],
    where: { runId: { in: runs.map(({ id }) => id) }, goesWith: null },
    orderBy: [{ rulePriority: 'asc' }, { outcome: 'asc' }],
    _count: true,
  });
  return runs.map(({ freedBytes, ...run }) => ({
    ...run,
    freedBytes: Number(freedBytes),
    taken: groups
      .filter(({ runId }) => runId === run.id)
      .map(({ rulePriority, action, outcome, _count: count }) => ({ rulePriority, action, outcome, count })),
  }));
}

/** Lists reports, latest first. */
export async function listLifecycleRuns(
  app: { db: Db },
  { repositoryId, offset, limit }: { repositoryId: bigint; offset: number; limit: number },
): Promise<{ rows: LifecycleRunView[]; total: number }> {
  const where = { repositoryId, isPreview: false };
  const orderBy = [{ startedAt: 'desc' }, { id: 'desc' }] as const;
  const [rows, total] = await Promise.all([
    app.db.lifecycleRun.findMany({ where, orderBy: [...orderBy], skip: offset, take: limit, select: RUN_COLUMNS }),
    app.db.lifecycleRun.count({ where }),
  ]);
  return { rows: await addCounts(app, rows), total };
}

/** Finds a report. Returns null if there is none, or it has expired. */
export async function findLifecycleRun(
  app: { db: Db },
  { repositoryId, id }: { repositoryId: bigint; id: string },
): Promise<LifecycleRunView | null> {
  const row = await app.db.lifecycleRun.findUnique({
    where: { id, repositoryId, isPreview: false },
    select: RUN_COLUMNS,
  });
  return row && ((await addCounts(app, [row]))[0] ?? null);
}

export type LifecyclePreview = LifecycleRunView & { isExpired: boolean };

/** Finds the latest preview of a repository. */
export async function findLifecyclePreview(app: { db: Db }, repositoryId: bigint): Promise<LifecyclePreview | null> {
  const where = { repositoryId, isPreview: true };
  const row = await app.db.lifecycleRun.findFirst({ where, orderBy: { startedAt: 'desc' }, select: RUN_COLUMNS });
  const [preview] = row ? await addCounts(app, [row]) : [];
  return preview ? { ...preview, isExpired: preview.startedAt.getTime() < Date.now() - PREVIEW_HOURS * HOUR_MS } : null;
}

export type LifecycleImageView = {
  position: number;
  digest: string;
  tags: string[];
  pushedAt: Date;
  lastPulledAt: Date | null;
  /** Whether it was archived before the run. */
  isArchived: boolean;
  rulePriority: number;
  action: LifecycleAction;
  outcome: LifecycleOutcome;
};

export type LifecycleImageFilter = {
  outcomes?: LifecycleOutcome[] | undefined;
  isTagged?: boolean | undefined;
  digests?: string[] | undefined;
  tags?: string[] | undefined;
};

/** Lists the images of a run or preview, newest first, without attachments. `after` is the last position of the previous page. */
export async function listLifecycleImages(
  { db }: { db: Db },
  input: { runId: string; after: number; limit: number } & LifecycleImageFilter,
): Promise<LifecycleImageView[]> {
  const { runId, after, limit, outcomes, isTagged, digests = [], tags = [] } = input;
  const named = [...digests.map((digest) => ({ digest })), ...tags.map((tag) => ({ tags: { has: tag } }))];
  return db.lifecycleRunImage.findMany({
    where: {
      runId,
      position: { gt: after },
      goesWith: null,
      ...(outcomes && { outcome: { in: outcomes } }),
      ...(isTagged !== undefined && { tags: { isEmpty: !isTagged } }),
      ...(named.length > 0 && { OR: named }),
    },
    orderBy: { position: 'asc' },
    take: limit,
    omit: { runId: true, goesWith: true },
  });
}
