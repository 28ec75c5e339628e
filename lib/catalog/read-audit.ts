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
  return toViews(app, caller, await listAuditEvents(app, { filter, registryId, before, limit }));
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
    for (const view of await toViews(app, caller, rows)) yield `${JSON.stringify(view)}\n`;
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

/** Members of a registry read what the site's staff did to it, not who of them. */
async function toViews(app: { db: Db }, { actor }: Caller, rows: AuditRow[]): Promise<AuditEventView[]> {
  if (actor.siteRole === 'admin') return rows.map(toView);
  const staff = await app.db.user.findMany({
    where: { id: { in: rows.flatMap(({ actorId }) => actorId ?? []) }, role: { in: ['reviewer', 'admin'] } },
    select: { id: true, members: { select: { registryId: true } } },
  });
  const isStaff = ({ actorId, registryId }: AuditRow) =>
    staff.some(({ id, members }) => id === actorId && !members.some((member) => member.registryId === registryId));
  return rows.map((row) => ({
    ...toView(row),
    address: null,
    ...(isStaff(row) && { actorId: null, actor: 'staff of this site' }),
  }));
}

function toView(row: AuditRow): AuditEventView {
  const { id, at, actorId, actorLabel, action, target, before, after, address } = row;
  return { id: String(id), at, actorId, actor: actorLabel, action, target, before, after, address };
}
