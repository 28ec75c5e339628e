// Reads of alias requests for requesters and reviewers. Only reviewers see private notes.
import { registryAddress } from '#lib/publishers/registry-address.ts';
import { findMembership } from '#lib/access/find-membership.ts';
import { isAllowed, requireAllowed } from '#lib/access/authorize.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Prisma } from '#lib/platform/prisma/client.ts';
import { checkAlias } from '#lib/aliases/checks/check-alias.ts';
import { findRequest } from '#lib/aliases/requests/store.ts';
import { measureReviewTimes } from './review/review-times.sql.ts';
import type { CheckCode, CheckResult, RequestStatus } from './schema.ts';

export type RequestView = {
  id: string;
  name: string;
  status: RequestStatus;
  registryId: string;
  publisher: string;
  risk: number;
  needsTwo: boolean;
  isAppeal: boolean;
  /** Checks that didn't pass when the request was submitted. */
  flags: CheckCode[];
  version: number;
  submittedAt: Date | null;
  updatedAt: Date;
  reviewer: string | null;
  claimedUntil: Date | null;
};

/** The predefined views of the review queue. */
export const QUEUE_VIEWS = ['open', 'mine', 'second', 'waiting', 'appeals', 'decided'] as const;
export type QueueView = (typeof QUEUE_VIEWS)[number];

const DECIDED: RequestStatus[] = ['active', 'declined', 'withdrawn', 'expired', 'suspended'];

function viewWhere(view: QueueView, userId: string): Prisma.AliasRequestWhereInput {
  const wheres: Record<QueueView, Prisma.AliasRequestWhereInput> = {
    open: { status: { in: ['submitted', 'in_review', 'appealed'] } },
    mine: { status: 'in_review', reviewerId: userId },
    second: { status: { in: ['submitted', 'in_review'] }, approvedById: { not: null } },
    waiting: { status: 'info_requested' },
    // An appeal returned to the queue has the status `submitted`.
    appeals: { isAppeal: true, status: { in: ['appealed', 'submitted', 'in_review'] } },
    // Reviewers never saw a draft that was withdrawn or expired.
    decided: { status: { in: DECIDED }, submittedAt: { not: null } },
  };
  return wheres[view];
}

/** Matches the requested name or the publisher. */
function searchWhere(query: string): Prisma.AliasRequestWhereInput {
  if (query === '') return {};
  // Escape LIKE wildcards.
  const contains = { contains: query.replaceAll(/[\\%_]/g, String.raw`\$&`), mode: 'insensitive' as const };
  const registry = {
    OR: [{ displayName: contains }, { registryId: query }, { aliases: { some: { name: contains } } }],
  };
  return { OR: [{ name: contains }, { registry }] };
}

const INCLUDE = { registry: { include: { primaryAlias: true } } } as const;
type Row = Prisma.AliasRequestGetPayload<{ include: typeof INCLUDE }>;

export function requireQueueReviewer(caller: UserCaller): void {
  requireAllowed({ ...caller, action: 'vitrine:ListReviewQueue' });
}

export type QueueInput = { caller: UserCaller; view: QueueView; query: string; offset: number; limit: number };

/** Lists a view of the queue, oldest first. Decided requests come newest first. @throws AppError `forbidden` */
export async function listQueue(
  app: { db: Db },
  input: QueueInput,
): Promise<{ requests: RequestView[]; total: number }> {
  const { caller, view, query, offset, limit } = input;
  requireQueueReviewer(caller);
  const where = { AND: [viewWhere(view, caller.principal.userId), searchWhere(query)] };
  const orderBy = view === 'decided' ? { updatedAt: 'desc' as const } : { submittedAt: 'asc' as const };
  const [rows, total] = await Promise.all([
    app.db.aliasRequest.findMany({
      where,
      orderBy: [orderBy, { id: 'asc' }],
      skip: offset,
      take: limit,
      include: INCLUDE,
    }),
    app.db.aliasRequest.count({ where }),
  ]);
  return { requests: await toViews(app.db, rows), total };
}

export async function countQueue(
  app: { db: Db },
  { caller }: { caller: UserCaller },
): Promise<Record<QueueView, number>> {
  requireQueueReviewer(caller);
  const counts = await Promise.all(
    QUEUE_VIEWS.map(async (view) => {
      return [view, await app.db.aliasRequest.count({ where: viewWhere(view, caller.principal.userId) })] as const;
    }),
  );
  return Object.fromEntries(counts) as Record<QueueView, number>;
}

/** Lists a registry's requests, newest first. Callers authorize. */
export async function listRequestsOf(
  app: { db: Db },
  { registryKey }: { registryKey: bigint },
): Promise<RequestView[]> {
  const rows = await app.db.aliasRequest.findMany({
    where: { registryKey },
    orderBy: { createdAt: 'desc' },
    take: 100,
    include: INCLUDE,
  });
  return toViews(app.db, rows);
}

export type EntryView = {
  id: string;
  kind: 'message' | 'note' | 'status';
  author: string;
  isReviewer: boolean;
  body: string;
  at: Date;
};

export type RequestDetail = RequestView & {
  registryKey: bigint;
  purpose: string;
  links: string[];
  checks: CheckResult[];
  declineReason: string | null;
  entries: EntryView[];
  /** The caller is a member of the registry, so they can't decide. */
  isOwnRegistry: boolean;
  isClaimedByCaller: boolean;
  approvedByCaller: boolean;
  /** The first of two reviewers has approved. */
  isFirstApproved: boolean;
  /** An appeal against the caller's own decision. */
  declinedByCaller: boolean;
  proofs: { domain: string; method: string; status: string; provenAt: Date | null; checkedAt: Date | null }[];
};

/** Loads a request. Reruns the checks while it is open. @throws AppError `not_found` */
export async function getRequest(
  app: { db: Db },
  { caller, id }: { caller: UserCaller; id: string },
): Promise<RequestDetail> {
  const request = await findRequest(app.db, { caller, id });
  const { principal } = caller;
  const { userId } = principal;
  const membership = await findMembership(app, { principal, registryKey: request.registryKey });
  const seesNotes = isAllowed({ ...caller, action: 'vitrine:ReadReviewNotes', membership });
  const row = await app.db.aliasRequest.findUniqueOrThrow({ where: { id }, include: INCLUDE });
  const [view] = await toViews(app.db, [row]);
  if (!view) throw new AppError('not_found', 'Alias request not found.');
  const isOpen = !DECIDED.includes(request.status);
  const { checks } = isOpen
    ? await checkAlias(app, { name: request.name, registryKey: request.registryKey, exceptRequestId: id })
    : { checks: request.checks as CheckResult[] };
  return {
    ...view,
    registryKey: request.registryKey,
    purpose: request.purpose,
    links: request.links,
    checks,
    declineReason: request.declineReason,
    entries: await listEntries(app.db, request, seesNotes),
    isOwnRegistry: membership !== null && membership.role !== null,
    isClaimedByCaller: request.status === 'in_review' && request.reviewerId === userId,
    isFirstApproved: request.approvedById !== null,
    approvedByCaller: request.approvedById === userId,
    declinedByCaller: request.isAppeal && request.decidedById === userId,
    proofs: await app.db.domainProof.findMany({
      where: { registryKey: request.registryKey },
      orderBy: { createdAt: 'asc' },
      select: { domain: true, method: true, status: true, provenAt: true, checkedAt: true },
    }),
  };
}

async function listEntries(
  db: Db,
  request: { id: string; registryKey: bigint },
  seesNotes: boolean,
): Promise<EntryView[]> {
  const entries = await db.aliasRequestEntry.findMany({
    where: { requestId: request.id, ...(seesNotes ? {} : { kind: { not: 'note' } }) },
    orderBy: { id: 'asc' },
  });
  const members = await db.member.findMany({ where: { registryKey: request.registryKey }, select: { userId: true } });
  const names = await findNames(
    db,
    entries.map(({ authorId }) => authorId),
  );
  return entries.map(({ id, kind, authorId, body, at }) => {
    const isReviewer = authorId !== null && members.every(({ userId }) => userId !== authorId);
    // Reviewers stay anonymous to requesters.
    const author =
      authorId === null ? 'system' : isReviewer && !seesNotes ? 'Reviewer' : (names.get(authorId) ?? 'unknown');
    return { id: String(id), kind, author, isReviewer, body, at };
  });
}

async function toViews(db: Db, rows: Row[]): Promise<RequestView[]> {
  const names = await findNames(
    db,
    rows.map(({ reviewerId }) => reviewerId),
  );
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    status: row.status,
    risk: row.risk,
    needsTwo: row.needsTwo,
    isAppeal: row.isAppeal,
    flags: (row.checks as CheckResult[]).filter(({ verdict }) => verdict !== 'pass').map(({ code }) => code),
    version: row.version,
    submittedAt: row.submittedAt,
    updatedAt: row.updatedAt,
    claimedUntil: row.claimedUntil,
    registryId: row.registry.registryId,
    publisher: row.registry.displayName || registryAddress(row.registry),
    reviewer: row.reviewerId && (names.get(row.reviewerId) ?? null),
  }));
}

async function findNames(db: Db, ids: (string | null)[]): Promise<Map<string, string>> {
  const users = await db.user.findMany({
    where: { id: { in: ids.filter((id) => id !== null) } },
    select: { id: true, displayName: true },
  });
  return new Map(users.map(({ id, displayName }) => [id, displayName]));
}

/** Returns hours from submission to decision over the last 30 days, or null if nothing was decided. */
export async function getReviewTimes(app: {
  db: Db;
}): Promise<{ medianHours: number; p90Hours: number; decided: number } | null> {
  const row = await measureReviewTimes(app.db);
  if (!row || row.median === null || row.p90 === null) return null;
  return { medianHours: row.median, p90Hours: row.p90, decided: Number(row.decided) };
}

/** Lists a registry's domain proofs with their challenges. Callers authorize. */
export async function listDomainProofs(app: { db: Db }, { registryKey }: { registryKey: bigint }) {
  return app.db.domainProof.findMany({
    where: { registryKey },
    orderBy: { createdAt: 'asc' },
    select: {
      id: true,
      domain: true,
      method: true,
      challenge: true,
      nextChallenge: true,
      status: true,
      lastProblem: true,
      checkedAt: true,
      provenAt: true,
    },
  });
}
