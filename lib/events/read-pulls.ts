import type { Db } from '#lib/platform/pg/db.ts';
import { PULL_ACTION } from './audit-queries.sql.ts';
import { readAudit, type AuditEventView, type ReadAuditInput } from './read-audit.ts';

/** Reads a page of pulls, newest first: who pulled an image, or what a machine pulled. @throws AppError `forbidden` */
export async function readPulls(
  app: { db: Db },
  { filter, ...input }: ReadAuditInput & { before: bigint | null; limit: number },
): Promise<AuditEventView[]> {
  return readAudit(app, { ...input, filter: { ...filter, action: PULL_ACTION } });
}
