// Reads of the audit. Callers decide who may ask (catalog/read-audit.ts).
import type { Db } from '#lib/platform/db.ts';
import { escapeLike } from '#lib/platform/escape-like.ts';
import type { Prisma } from '#lib/platform/prisma/client.ts';

/** What is missing or empty matches everything. */
export type AuditFilter = {
  /** Part of the e-mail address that somebody acted under. */
  actor?: string;
  /** What the action begins with: `tag.` or `alias-request`. */
  action?: string;
  /** Part of it. */
  target?: string;
  from?: Date;
  /** Up to and without it. */
  to?: Date;
};

export type AuditQuery = {
  filter: AuditFilter;
  /** Internal id; null: all of them, and what belongs to none. */
  registryId: bigint | null;
  /** The id that the last page ended with. */
  before: bigint | null;
  limit: number;
};

export type AuditRow = Prisma.AuditEventGetPayload<object>;

/** Newest first. */
export async function listAuditEvents(app: { db: Db }, query: AuditQuery): Promise<AuditRow[]> {
  const { filter, registryId, before, limit } = query;
  const { actor, action, target, from, to } = filter;
  return app.db.auditEvent.findMany({
    where: {
      ...(registryId !== null && { registryId }),
      ...(before !== null && { id: { lt: before } }),
      ...(actor && { actorLabel: { contains: escapeLike(actor), mode: 'insensitive' } }),
      ...(action && { action: { startsWith: escapeLike(action) } }),
      ...(target && { target: { contains: escapeLike(target), mode: 'insensitive' } }),
      ...((from ?? to) && { at: { ...(from && { gte: from }), ...(to && { lt: to }) } }),
    },
    orderBy: { id: 'desc' },
    take: limit,
  });
}
