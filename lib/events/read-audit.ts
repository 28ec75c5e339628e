import { findMembership } from '#lib/access/find-membership.ts';
import { isAllowed, requireAllowed } from '#lib/access/authorize.ts';
import { listAuditEvents, type AuditedRepository, type AuditFilter, type AuditRow } from './audit-queries.sql.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { OUTSIDERS } from './outbound/shown-actor.sql.ts';
import { splitFullName } from '#lib/oci/name.ts';
import type { Db } from '#lib/platform/pg/db.ts';

const EXPORT_PAGE = 500;

export type AuditEventView = {
  id: string;
  at: Date;
  /** The last of `count` occurrences; `at` is the first. */
  lastAt: Date;
  count: number;
  actorId: string | null;
  actor: string;
  action: string;
  target: string;
  before: unknown;
  after: unknown;
  /** `address` and `userAgent` are null unless the reader is an admin, owner or maintainer. */
  address: string | null;
  userAgent: string | null;
  credential: string | null;
  accessTokenId: string | null;
  accessKeyId: string | null;
  /** Null for an event that counts several requests. */
  requestId: string | null;
  /** 12 digits. Null for an event of the site. */
  registryId: string | null;
};

/** `repository` is `ALIAS/NAME`, or just `NAME` when searching one registry. */
export type AuditSearch = Omit<AuditFilter, 'repository'> & { repository?: string };

export type ReadAuditInput = {
  caller: UserCaller;
  /** Null for the whole site, which requires an admin. */
  registryKey: bigint | null;
  filter: AuditSearch;
};

/** Reads a page, newest first. `before` is the last id of the previous page. @throws AppError `forbidden` */
export async function readAudit(
  app: { db: Db },
  input: ReadAuditInput & { before: bigint | null; limit: number },
): Promise<AuditEventView[]> {
  const reader = await requireReader(app, input);
  return readPage(app, reader, await toFilter(app, input), input);
}

/** Streams all matching events, holding one page in memory. @throws AppError `forbidden` */
export async function exportAudit(app: { db: Db }, input: ReadAuditInput): Promise<AsyncIterable<AuditEventView>> {
  const reader = await requireReader(app, input);
  return readAll(app, reader, await toFilter(app, input), input.registryKey);
}

async function* readAll(
  app: { db: Db },
  reader: Reader,
  filter: AuditFilter | null,
  registryKey: bigint | null,
): AsyncGenerator<AuditEventView> {
  let before: bigint | null = null;
  for (;;) {
    const views: AuditEventView[] = await readPage(app, reader, filter, { registryKey, before, limit: EXPORT_PAGE });
    yield* views;
    const last = views.at(-1);
    if (!last || views.length < EXPORT_PAGE) return;
    before = BigInt(last.id);
  }
}

/** `filter` null matches nothing. */
async function readPage(
  app: { db: Db },
  reader: Reader,
  filter: AuditFilter | null,
  { registryKey, before, limit }: { registryKey: bigint | null; before: bigint | null; limit: number },
): Promise<AuditEventView[]> {
  if (filter === null) return [];
  const query = { filter, registryKey, before, limit, hidesOutsiders: !reader.isAdmin };
  return (await listAuditEvents(app, query)).map((row) => toView(row, reader));
}

type Reader = { isAdmin: boolean; seesClients: boolean };

async function requireReader(app: { db: Db }, { caller, registryKey, filter }: ReadAuditInput): Promise<Reader> {
  const membership =
    registryKey === null ? null : await findMembership(app, { principal: caller.principal, registryKey });
  requireAllowed({ ...caller, action: 'vitrine:ReadAudit', membership });
  const seesClients = isAllowed({ ...caller, action: 'vitrine:ReadClientAddresses', membership });
  if (filter.address || filter.userAgent)
    requireAllowed({ ...caller, action: 'vitrine:ReadClientAddresses', membership });
  return { isAdmin: isAllowed({ ...caller, action: 'vitrine:ReadAudit' }), seesClients };
}

/** Returns null if the repository never existed. */
async function toFilter(app: { db: Db }, { filter, registryKey }: ReadAuditInput): Promise<AuditFilter | null> {
  const { repository: text, ...rest } = filter;
  if (!text) return rest;
  const parts = splitFullName(text);
  const alias =
    parts && (await app.db.alias.findUnique({ where: { name: parts.alias }, select: { registryKey: true } }));
  if (parts && alias && (registryKey === null || alias.registryKey === registryKey)) {
    return { ...rest, repository: await withFormerNames(app, alias.registryKey, parts.name) };
  }
  return registryKey === null ? null : { ...rest, repository: await withFormerNames(app, registryKey, text) };
}

/** Adds the names that the repository had before in this registry. */
async function withFormerNames(app: { db: Db }, registryKey: bigint, name: string): Promise<AuditedRepository> {
  const former = await app.db.formerName.findMany({
    where: { registryKey, repository: { registryKey, name } },
    select: { name: true },
  });
  return { registryKey, names: [name, ...former.map((row) => row.name)] };
}

/** Masks site staff, and users from outside the registry who pulled public images, unless the reader is an admin. */
function toView(row: AuditRow, { isAdmin, seesClients }: Reader): AuditEventView {
  const { id, at, lastAt, count, action, target, before, after, isStaff, isOutsider } = row;
  const isHidden = !isAdmin && (isStaff || isOutsider);
  const hasClient = seesClients && (isAdmin || !isStaff);
  return {
    id: String(id),
    at,
    lastAt: lastAt ?? at,
    count,
    action,
    target,
    before,
    after,
    actorId: isHidden ? null : row.actorId,
    actor: isHidden ? OUTSIDERS[isStaff ? 'staff' : 'user'] : row.actorLabel,
    address: hasClient ? row.address : null,
    userAgent: hasClient ? row.userAgent : null,
    credential: row.credential,
    accessTokenId: isHidden ? null : row.accessTokenId,
    accessKeyId: isHidden ? null : row.accessKeyId,
    requestId: row.requestId,
    registryId: row.registryId,
  };
}
