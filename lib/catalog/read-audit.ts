import { listAuditEvents, type AuditFilter, type AuditRow } from '#lib/audit/queries.ts';
import { canReadAudit } from '#lib/identity/policy.ts';
import type { Caller } from '#lib/identity/schema.ts';
import type { Db } from '#lib/platform/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { findRole } from './find-repository.ts';

const EXPORT_PAGE = 500;

export type AuditEventView = {
  id: string;
  at: Date;
  actorId: string | null;
  actor: string;
  action: string;
  target: string;
  before: unknown;
  after: unknown;
  /** For admins of the site only. */
  address: string | null;
};

export type ReadAuditInput = {
  caller: Caller;
  /** Internal id; null: the whole site's, for admins. */
  registryId: bigint | null;
  filter: AuditFilter;
};

/** Newest first; `before` is the id that the last page ended with. @throws AppError `forbidden` */
export async function readAudit(
  app: { db: Db },
  input: ReadAuditInput & { before: bigint | null; limit: number },
): Promise<AuditEventView[]> {
  await authorize(app, input);
  const { filter, registryId, before, limit, caller } = input;
  const rows = await listAuditEvents(app, { filter, registryId, before, limit });
  return rows.map((row) => toView(row, caller));
}

/** All that matches as JSON lines, read as they are asked for: an export holds one page in memory. @throws AppError `forbidden` */
export async function exportAudit(app: { db: Db }, input: ReadAuditInput): Promise<AsyncIterable<string>> {
  await authorize(app, input);
  return writeLines(app, input);
}

async function* writeLines(app: { db: Db }, { caller, registryId, filter }: ReadAuditInput): AsyncGenerator<string> {
  let before: bigint | null = null;
  for (;;) {
    const rows: AuditRow[] = await listAuditEvents(app, { filter, registryId, before, limit: EXPORT_PAGE });
    for (const row of rows) yield `${JSON.stringify(toView(row, caller))}\n`;
    before = rows.at(-1)?.id ?? null;
    if (before === null || rows.length < EXPORT_PAGE) return;
  }
}

async function authorize(app: { db: Db }, { caller: { actor }, registryId }: ReadAuditInput): Promise<void> {
  const role = registryId === null ? null : await findRole(app, { userId: actor.userId, registryId });
  if (!canReadAudit({ actor, role })) {
    throw new AppError('forbidden', 'The audit of a registry is for its members, that of the site for its admins.');
  }
}

function toView(row: AuditRow, { actor }: Caller): AuditEventView {
  const { id, at, actorId, actorLabel, action, target, before, after, address } = row;
  const isAdmin = actor.siteRole === 'admin';
  return {
    ...{ id: String(id), at, actorId, actor: actorLabel, action, target, before, after },
    address: isAdmin ? address : null,
  };
}
