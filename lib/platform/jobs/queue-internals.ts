// The guarded adapter to the queue's internals. If graphile-worker has changed its tables, it falls back to the documented API.
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
 * Installs the database function that adds jobs, using the queue's internals if possible. Does nothing if it is already
 * installed, so that a role without the right to create functions can start.
 */
export async function installQueueAdapter(pool: pg.Pool, log: Log): Promise<void> {
  const { columns, body } = await readQueueShape(pool);
  const missing = RELIED_ON.filter((column) => !columns.includes(column));
  if (missing.length > 0) {
    log.warn({ missing }, 'the job queue lacks columns that Vitrine relies on, so enqueueing is slower');
  }
  const wanted = missing.length > 0 ? PLAIN_BODY : FINDING_BODY;
  if (body === wanted) return;
  await inTransaction(pool, async (tx) => {
    await lockInstallation(tx);
    await installEnqueueFunction(tx, wanted);
  });
}
