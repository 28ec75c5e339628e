// The guarded adapter to the queue's internals. Where graphile-worker has changed its tables, jobs are added by its documented function.
import type pg from 'pg';
import type { Log } from '#lib/platform/log.ts';
import { inTransaction } from '#lib/platform/pg/transaction.ts';
import {
  FINDING_BODY,
  installEnqueueFunction,
  lockInstallation,
  PLAIN_BODY,
  readQueueShape,
  RELIED_ON,
} from './queue-internals.sql.ts';

/**
 * Installs the database function that adds jobs, in the way that this version of the queue allows. Changes nothing where the function
 * is in place, so that a role without the right to create functions can start.
 */
export async function installQueueAdapter(pool: pg.Pool, log: Log): Promise<void> {
  const { columns, body } = await readQueueShape(pool);
  const missing = RELIED_ON.filter((column) => !columns.includes(column));
  if (missing.length > 0) {
    log.warn(
      { missing },
      'the job queue lacks columns that Vitrine relies on: waiting jobs are added again, which is slower',
    );
  }
  const wanted = missing.length > 0 ? PLAIN_BODY : FINDING_BODY;
  if (body === wanted) return;
  await inTransaction(pool, async (tx) => {
    await lockInstallation(tx);
    await installEnqueueFunction(tx, wanted);
  });
}
