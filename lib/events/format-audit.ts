// Export formats of the audit log. All text in it is untrusted.
import { z } from 'zod';
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
  yield `${COLUMNS.join(',')}\r\n`;
  for await (const event of events) yield `${COLUMNS.map((column) => toCell(event[column])).join(',')}\r\n`;
}

function toCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString();
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  // Spreadsheets would evaluate these as formulas: https://owasp.org/www-community/attacks/CSV_Injection
  const escaped = /^[\s\p{C}]*[=+\-@|%]|^[\t\r\n]/u.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(escaped) ? `"${escaped.replaceAll('"', '""')}"` : escaped;
}
