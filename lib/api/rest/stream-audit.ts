import { exportAudit, type ReadAuditInput } from '#lib/catalog/read-audit.ts';
import { AUDIT_MEDIA_TYPES, formatAudit, type AuditFormat } from '#lib/catalog/format-audit.ts';
import type { Db } from '#lib/platform/db.ts';
import { streamLines } from './stream-lines.ts';

/** All that matches, as a file. @throws AppError `forbidden` */
export async function streamAudit(app: { db: Db }, input: ReadAuditInput, format: AuditFormat): Promise<Response> {
  const lines = formatAudit(await exportAudit(app, input), format);
  return streamLines(lines, { fileName: `audit.${format}`, mediaType: AUDIT_MEDIA_TYPES[format] });
}
