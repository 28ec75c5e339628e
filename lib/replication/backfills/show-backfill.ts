import type pg from 'pg';
import { authorize } from '#lib/access/authorize.ts';
import type { Caller } from '#lib/access/schema.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import type { ReplicationBackfill } from '#lib/platform/prisma/client.ts';
import { countProgress, listResultRows, type BackfillResult } from './backfill-rows.sql.ts';
import { toBackfillView, type BackfillView } from './backfill-view.ts';

type App = { db: Db; pool: pg.Pool };
type Position = { startedAt: Date; id: string };

/** Lists a registry's backfills, newest first, after `after`. @throws AppError `forbidden` */
export async function listBackfills(
  app: App,
  { caller, registryKey, after, limit }: { caller: Caller; registryKey: bigint; after: Position | null; limit: number },
): Promise<BackfillView[]> {
  await authorize(app, { ...caller, action: 'ecr:ListReplicationBackfills', registryKey });
  const rows = await app.db.replicationBackfill.findMany({
    where: {
      registryKey,
      ...(after && {
        OR: [{ startedAt: { lt: after.startedAt } }, { startedAt: after.startedAt, id: { lt: after.id } }],
      }),
    },
    orderBy: [{ startedAt: 'desc' }, { id: 'desc' }],
    take: limit,
  });
  return viewBackfills(app, rows);
}

/** Shows a backfill with its results so far. @throws AppError `forbidden`, `not_found` */
export async function showBackfill(
  app: App,
  {
    caller,
    registryKey,
    id,
    ...page
  }: {
    caller: Caller;
    registryKey: bigint;
    id: string;
    after: string;
    state: 'complete' | 'failed' | null;
    limit: number;
  },
): Promise<BackfillView & { results: BackfillResult[] }> {
  await authorize(app, { ...caller, action: 'ecr:DescribeReplicationBackfillResults', registryKey });
  const [view] = await viewBackfills(app, [await findBackfill(app, { registryKey, id })]);
  if (!view) throw new Error('a backfill without a view');
  return { ...view, results: await listResultRows(app.pool, { id, ...page }) };
}

/** @throws AppError `not_found` */
export async function findBackfill(
  { db }: { db: Db },
  { registryKey, id }: { registryKey: bigint; id: string },
): Promise<ReplicationBackfill> {
  const found = await db.replicationBackfill.findFirst({ where: { id, registryKey } });
  if (!found) throw new AppError('not_found', `The replication backfill ${id} does not exist.`);
  return found;
}

export async function viewBackfills({ pool }: { pool: pg.Pool }, rows: ReplicationBackfill[]): Promise<BackfillView[]> {
  const progress = await countProgress(
    pool,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => toBackfillView(row, progress.get(row.id)));
}
