import { exportAudit, type ReadAuditInput } from '#lib/events/read-audit.ts';
import { AUDIT_MEDIA_TYPES, formatAudit, type AuditFormat } from '#lib/events/format-audit.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { streamLines } from './stream-lines.ts';

/** Exports all matching events as a file. @throws AppError `forbidden` */
export async function streamAudit(app: { db: Db }, input: ReadAuditInput, format: AuditFormat): Promise<Response> {
  const lines = formatAudit(await exportAudit(app, input), format);
  return streamLines(lines, { fileName: `audit.${format}`, mediaType: AUDIT_MEDIA_TYPES[format] });
}
