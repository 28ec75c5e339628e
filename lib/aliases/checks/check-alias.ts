import { foldAlias } from '#lib/publishers/names/fold-alias.ts';
import { findLikeness } from '#lib/publishers/names/look-alikes.ts';
import { findKnownNames, findReservedNames } from '#lib/publishers/names/protected-names.sql.ts';
import { isProvableDomain, LIVE_STATUSES } from '#lib/publishers/verification/verification.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { evaluateChecks, type CheckFacts, type CheckEvaluation } from './evaluate-checks.ts';
import { HOLDING_STATUSES } from '#lib/aliases/requests/transitions.ts';

const MAX_LOOK_ALIKES = 5;
const DAY_MS = 86_400_000;
const DECLINED_BLOCK_DAYS = 30;

export type CheckAliasInput = {
  name: string;
  /** The requesting registry. */
  registryKey: bigint;
  /** The request under review, which the checks ignore. */
  exceptRequestId?: string;
};

/** Checks whether a name can be requested. Read-only. */
export async function checkAlias(app: { db: DbOrTx }, input: CheckAliasInput): Promise<CheckEvaluation> {
  const name = input.name.trim().toLowerCase();
  const [holder, reserved, lookAlikes, history] = await Promise.all([
    findHolder(app.db, { ...input, name }),
    findReservedNames(app, name),
    findLookAlikes(app.db, { ...input, name }),
    findHistory(app.db, { ...input, name }),
  ]);
  return evaluateChecks({ name, holder, reserved, lookAlikes, ...history });
}

async function findHolder(
  db: DbOrTx,
  { name, registryKey, exceptRequestId }: CheckAliasInput,
): Promise<CheckFacts['holder']> {
  const alias = await db.alias.findUnique({ where: { foldedKey: foldAlias(name) }, include: { request: true } });
  if (!alias || (exceptRequestId && alias.request?.id === exceptRequestId)) return null;
  return { name: alias.name, isOwn: alias.registryKey === registryKey, status: alias.status, since: alias.createdAt };
}

/** Finds well-known publishers and brands that `name` could be mistaken for. */
export async function findLookAlikes(
  db: DbOrTx,
  { name, registryKey }: CheckAliasInput,
): Promise<CheckFacts['lookAlikes']> {
  const known = await findKnownNames(db, registryKey);
  return known
    .flatMap((candidate) => {
      const why = findLikeness(name, candidate.name);
      return why ? [{ name: candidate.name, why }] : [];
    })
    .slice(0, MAX_LOOK_ALIKES);
}

async function findHistory(db: DbOrTx, { name, registryKey, exceptRequestId }: CheckAliasInput) {
  const yearAgo = new Date(Date.now() - 365 * DAY_MS);
  const others = { registryKey, ...(exceptRequestId && { id: { not: exceptRequestId } }) };
  const owner = await db.member.findFirst({
    where: { registryKey, role: 'owner' },
    orderBy: { createdAt: 'asc' },
    select: { user: { select: { createdAt: true } } },
  });
  const declined = await db.aliasRequest.findMany({
    where: { ...others, status: 'declined', decidedAt: { gt: yearAgo } },
    select: { name: true, decidedAt: true },
  });
  const lastOfName = declined
    .filter((request) => request.name === name)
    .map(({ decidedAt }) => decidedAt?.getTime() ?? 0);
  const blockedUntil = new Date(Math.max(0, ...lastOfName) + DECLINED_BLOCK_DAYS * DAY_MS);
  const proofs = await db.domainProof.findMany({
    where: { registryKey, status: { in: [...LIVE_STATUSES] } },
    select: { domain: true },
  });
  return {
    accountAgeDays: (Date.now() - (owner?.user.createdAt.getTime() ?? Date.now())) / DAY_MS,
    declinedCount: declined.length,
    provenDomains: proofs.map(({ domain }) => domain).filter(isProvableDomain),
    openRequests: await db.aliasRequest.count({ where: { ...others, status: { in: [...HOLDING_STATUSES] } } }),
    customAliases: await db.alias.count({ where: { registryKey, status: 'active', defaultOf: null } }),
    blockedUntil: lastOfName.length > 0 && blockedUntil > new Date() ? blockedUntil : null,
  };
}
