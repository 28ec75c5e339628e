// Context for reviewing a request: the publisher, look-alikes and neighbouring requests.
import { LIVE_PROOFS, toVerification, type Verification } from '#lib/publishers/verification/verification.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { OF_A_PERSON } from '#lib/identity/accounts/people.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Prisma } from '#lib/platform/prisma/client.ts';
import { findLookAlikes } from '#lib/aliases/checks/check-alias.ts';
import { listRequestsOf, requireQueueReviewer, type RequestView } from '#lib/aliases/queries.ts';

export type PublisherFacts = {
  displayName: string;
  primaryAlias: string;
  aliases: string[];
  repositoryCount: number;
  memberCount: number;
  /** When the first owner's account was created. */
  accountSince: Date | null;
  verified: Verification | null;
  requests: RequestView[];
  lookAlikes: LookAlike[];
};

export type LookAlike = {
  name: string;
  why: string;
  /** True for an active alias, which has a page; false for a reserved name. */
  isAlias: boolean;
};

/** @throws AppError `forbidden`, `not_found` */
export async function getPublisherFacts(
  app: { db: Db },
  { caller, registryId, name }: { caller: UserCaller; registryId: string; name: string },
): Promise<PublisherFacts> {
  requireQueueReviewer(caller);
  const registry = await app.db.registry.findUnique({
    where: { registryId },
    include: {
      primaryAlias: true,
      domainProofs: LIVE_PROOFS,
      aliases: { where: { status: 'active' }, orderBy: { id: 'asc' } },
      members: { where: { role: 'owner' }, orderBy: { createdAt: 'asc' }, take: 1, include: { user: true } },
      _count: { select: { repositories: true, members: { where: OF_A_PERSON } } },
    },
  });
  if (!registry) throw new AppError('not_found', 'Registry not found.');
  const { id } = registry;
  return {
    displayName: registry.displayName,
    primaryAlias: registry.primaryAlias?.name ?? registryId,
    aliases: registry.aliases.map((alias) => alias.name),
    repositoryCount: registry._count.repositories,
    memberCount: registry._count.members,
    accountSince: registry.members[0]?.user.createdAt ?? null,
    verified: toVerification(registry),
    requests: await listRequestsOf(app, { registryKey: id }),
    lookAlikes: await listLookAlikes(app.db, { name, registryKey: id }),
  };
}

async function listLookAlikes(db: Db, input: { name: string; registryKey: bigint }): Promise<LookAlike[]> {
  const found = await findLookAlikes(db, input);
  const names = found.map(({ name }) => name);
  const aliases = await db.alias.findMany({ where: { name: { in: names }, status: 'active' }, select: { name: true } });
  return found.map(({ name, why }) => ({ name, why, isAlias: aliases.some((alias) => alias.name === name) }));
}

const OPEN: Prisma.AliasRequestWhereInput = { status: { in: ['submitted', 'in_review', 'appealed'] } };
const OLDEST_FIRST: Prisma.AliasRequestOrderByWithRelationInput[] = [{ submittedAt: 'asc' }, { id: 'asc' }];
const MAX_NEIGHBOURS = 1_000;

/** Finds the open requests before and after this one in queue order. */
export async function findNeighbours(
  app: { db: Db },
  { caller, id }: { caller: UserCaller; id: string },
): Promise<{ previousId: string | null; nextId: string | null }> {
  requireQueueReviewer(caller);
  const rows = await app.db.aliasRequest.findMany({
    where: OPEN,
    orderBy: OLDEST_FIRST,
    take: MAX_NEIGHBOURS,
    select: { id: true },
  });
  const place = rows.findIndex((row) => row.id === id);
  return { previousId: rows[place - 1]?.id ?? null, nextId: rows[place + 1]?.id ?? null };
}

/** Finds the oldest open request that this reviewer may decide and nobody else has claimed. */
export async function findNextRequest(app: { db: Db }, { caller }: { caller: UserCaller }): Promise<string | null> {
  requireQueueReviewer(caller);
  const { userId } = caller.principal;
  // `not` alone excludes NULL.
  const isNotMe = [null, { not: userId }];
  const request = await app.db.aliasRequest.findFirst({
    where: {
      AND: [
        OPEN,
        { registry: { members: { none: { userId } } } },
        { OR: isNotMe.map((approvedById) => ({ approvedById })) },
        { OR: [{ isAppeal: false }, ...isNotMe.map((decidedById) => ({ decidedById }))] },
        { OR: [{ status: { not: 'in_review' } }, { reviewerId: userId }, { claimedUntil: { lt: new Date() } }] },
      ],
    },
    orderBy: OLDEST_FIRST,
    select: { id: true },
  });
  return request?.id ?? null;
}
