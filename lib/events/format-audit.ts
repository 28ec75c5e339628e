// Export formats of the audit log. All text in it is untrusted.
import { z } from 'zod';
import { toCsvRow } from '#lib/platform/csv-row.ts';
import type { AuditEventView } from './read-audit.ts';

export const auditFormatSchema = z
  .enum(['jsonl', 'csv', 'cloudtrail'], { error: 'Choose jsonl, csv or cloudtrail.' })
  .default('jsonl');
export type AuditFormat = z.output<typeof auditFormatSchema>;

const COLUMNS = [
  ...(['id', 'at', 'lastAt', 'count', 'actorId', 'actor', 'action', 'target', 'before', 'after'] as const),
  ...(['address', 'userAgent', 'credential', 'accessTokenId', 'accessKeyId'] as const),
  ...(['requestId', 'registryId'] as const),
];

/** One JSON object a line. */
export async function* toJsonLines(events: AsyncIterable<unknown>): AsyncGenerator<string> {
  for await (const event of events) yield `${JSON.stringify(event)}\n`;
}

/** RFC 4180, with a header row. */
export async function* toCsv(events: AsyncIterable<AuditEventView>): AsyncGenerator<string> {
  yield toCsvRow(COLUMNS);
  for await (const event of events) yield toCsvRow(COLUMNS.map((column) => event[column]));
}
