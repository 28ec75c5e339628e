// The one way by which a change is recorded: its row and what follows from it are committed together with it, or not at all.
import type { Prisma } from '#lib/platform/prisma/client.ts';
import { runStatements, type AnyTx } from '#lib/platform/pg/run-statement.ts';
import type { Occurrence, OccurrenceType, RecordedChange } from './event-types.ts';
import { jobsOfRecorded, reactionsTo } from './reactions.ts';
import { jobsPerRepository } from './reactions.sql.ts';
import { auditInsert, auditStatement, type AuditEntry } from './audit-row.ts';
import { SUBSCRIBERS, type Subscriber } from './subscribers.ts';

/**
 * Writes a row for each change, in the order given, and does or enqueues what subscribers.ts lists. On a connection of pg all
 * statements are sent before the first answer is waited for.
 */
export async function recordChange(tx: AnyTx, ...changes: RecordedChange[]): Promise<void> {
  await recordFor(SUBSCRIBERS, tx, changes);
}

export async function recordFor(
  subscribers: readonly Subscriber[],
  tx: AnyTx,
  changes: RecordedChange[],
): Promise<void> {
  const insert = auditStatement(changes.map(toEntry));
  const [rows = []] = await runStatements(tx, [insert, ...reactionsTo(changes, subscribers)]);
  const ids = (rows as { id: string }[]).map(({ id }) => id);
  await runStatements(tx, jobsOfRecorded(changes, ids, subscribers));
}

/** What happened without leaving a row: only what subscribers.ts lists is done. */
export async function announce(tx: AnyTx, ...occurrences: Occurrence[]): Promise<void> {
  await runStatements(tx, reactionsTo(occurrences, SUBSCRIBERS));
}

/** The same of every row of `relation`, which has repositories by their `id`: the end of a statement that finds them. */
export function announceEach(type: OccurrenceType, relation: string): string {
  const jobs = SUBSCRIBERS.flatMap((row) => ('job' in row && row.on.includes(type) ? [row.job] : []));
  return `SELECT ${jobs.map((job) => `(SELECT count(*) FROM ${jobsPerRepository(job, relation)})`).join(', ')}`;
}

/** The row of a change that nothing follows from, as a part of another statement, if `condition` holds. */
export function changeInsert(change: RecordedChange, condition: Prisma.Sql): Prisma.Sql {
  if (reactionsTo([change], SUBSCRIBERS).length > 0) throw new Error(`${change.type} has subscribers`);
  return auditInsert(toEntry(change), condition);
}

function toEntry(change: RecordedChange): AuditEntry {
  const { type: action, caller, registryKey, resource } = change;
  const part = 'tag' in resource ? `:${resource.tag}` : 'digest' in resource ? `@${resource.digest}` : '';
  const { before, after } = change as Pick<AuditEntry, 'before' | 'after'>;
  return { caller, registryKey, action, target: `${resource.name}${part}`, before, after };
}
