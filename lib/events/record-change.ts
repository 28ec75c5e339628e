// Records changes. The audit row and the follow-up jobs commit or roll back together with the change.
import { randomUUID } from 'node:crypto';
import type { Prisma } from '#lib/platform/prisma/client.ts';
import { runStatements, type AnyTx, type SqlStatement } from '#lib/platform/pg/run-statement.ts';
import type { Occurrence, OccurrenceType, RecordedChange } from './event-types.ts';
import { isOutbound } from './outbound/build-outbound-events.ts';
import { jobsOfRecorded, reactionsTo } from './reactions.ts';
import { enqueueEach } from './reactions.sql.ts';
import { auditInsert, auditStatement, type AuditEntry } from './audit-row.ts';
import { SUBSCRIBERS, type Subscriber } from './subscribers.ts';

/**
 * Writes an audit row for each change, in order, and runs or enqueues the reactions listed in subscribers.ts.
 * On a pg connection the statements are pipelined.
 */
export async function recordChange(tx: AnyTx, ...changes: RecordedChange[]): Promise<void> {
  await recordFor(SUBSCRIBERS, tx, changes);
}

/**
 * Returns the statements that record changes, for the end of a transaction (`last` of inTransaction). The changes must have no
 * subscribers that need the id of the audit row.
 */
export function changeStatements(...changes: RecordedChange[]): SqlStatement[] {
  if (jobsOfRecorded(changes, [], SUBSCRIBERS).length > 0)
    throw new Error('a subscriber needs the ids of the audit rows');
  return statementsOf(SUBSCRIBERS, changes);
}

function statementsOf(subscribers: readonly Subscriber[], changes: RecordedChange[]): SqlStatement[] {
  const identified = changes.map((change) => (isOutbound(change) ? { ...change, eventId: randomUUID() } : change));
  return [auditStatement(identified.map(toEntry)), ...reactionsTo(identified, subscribers)];
}

export async function recordFor(
  subscribers: readonly Subscriber[],
  tx: AnyTx,
  changes: RecordedChange[],
): Promise<void> {
  const [rows = []] = await runStatements(tx, statementsOf(subscribers, changes));
  const ids = (rows as { id: string }[]).map(({ id }) => id);
  await runStatements(tx, jobsOfRecorded(changes, ids, subscribers));
}

/** Runs or enqueues the reactions to events that have no audit row. */
export async function announce(tx: AnyTx, ...occurrences: Occurrence[]): Promise<void> {
  await runStatements(tx, reactionsTo(occurrences, SUBSCRIBERS));
}

/**
 * Returns the end of a statement that announces an event for each repository in `relation`.
 * `relation` must have an `id` column with repository ids.
 */
export function announceEach(type: OccurrenceType, relation: string): string {
  const jobs = SUBSCRIBERS.flatMap((row) => ('job' in row && row.on.includes(type) ? [row.job] : []));
  return enqueueEach(jobs, relation);
}

/**
 * Builds the insert of an audit row for use inside another statement. It writes the row only if `condition` holds.
 * The change must have no subscribers.
 */
export function changeInsert(change: RecordedChange, condition: Prisma.Sql): Prisma.Sql {
  if (reactionsTo([change], SUBSCRIBERS).length > 0) throw new Error(`${change.type} has subscribers`);
  return auditInsert(toEntry(change), condition);
}

function toEntry(change: RecordedChange): AuditEntry {
  const { type: action, caller, eventId, registryKey, resource } = change;
  const part = 'tag' in resource ? `:${resource.tag}` : 'digest' in resource ? `@${resource.digest}` : '';
  const { before, after } = change as Pick<AuditEntry, 'before' | 'after'>;
  return { caller, eventId, registryKey, action, target: `${resource.name}${part}`, before, after };
}
