// Review of flagged display names. Until a name is approved, the alias is shown instead.
import { registryAddress } from '#lib/publishers/registry-address.ts';
import { findMembership } from '#lib/access/find-membership.ts';
import { isAllowed, requireAllowed } from '#lib/access/authorize.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { approval, UNFLAGGED } from '#lib/publishers/names/name-check.ts';
import { LIVE_PROOFS, toVerification, type Verification } from '#lib/publishers/verification/verification.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { requireQueueReviewer } from '#lib/aliases/queries.ts';

export type FlaggedName = {
  /** 12 digits. */
  registryId: string;
  alias: string;
  displayName: string;
  logoId: string | null;
  reason: string;
  flaggedAt: Date;
  verification: Verification | null;
  /** The caller is a member, so another reviewer must decide. */
  isOwnRegistry: boolean;
};

/** Lists flagged names, oldest first. @throws AppError `forbidden` */
export async function listFlaggedNames(
  app: { db: Db },
  { caller, offset, limit }: { caller: UserCaller; offset: number; limit: number },
): Promise<{ names: FlaggedName[]; total: number }> {
  requireQueueReviewer(caller);
  const where = { flaggedAt: { not: null } };
  const [rows, total] = await Promise.all([
    app.db.registry.findMany({
      where,
      orderBy: [{ flaggedAt: 'asc' }, { id: 'asc' }],
      skip: offset,
      take: limit,
      include: {
        primaryAlias: { select: { name: true } },
        domainProofs: LIVE_PROOFS,
        members: { where: { userId: caller.principal.userId }, select: { userId: true } },
      },
    }),
    app.db.registry.count({ where }),
  ]);
  const names = rows.map((row) => ({
    registryId: row.registryId,
    alias: registryAddress(row),
    displayName: row.displayName,
    logoId: row.logoId,
    reason: row.flaggedReason ?? '',
    flaggedAt: row.flaggedAt ?? row.createdAt,
    verification: toVerification(row),
    isOwnRegistry: row.members.length > 0,
  }));
  return { names, total };
}

export function countFlaggedNames(app: { db: Db }): Promise<number> {
  return app.db.registry.count({ where: { flaggedAt: { not: null } } });
}

export type DecideNameInput = {
  caller: UserCaller;
  /** 12 digits. */
  registryId: string;
  /** The name shown to the reviewer. */
  name: string;
  isApproved: boolean;
};

/** @throws AppError `forbidden`, `not_found`, `conflict` if the name was changed or decided in the meantime */
export async function decideName(app: { db: Db }, input: DecideNameInput): Promise<void> {
  const { caller, registryId, name, isApproved } = input;
  requireAllowed({ ...caller, action: 'vitrine:ReviewNames' });
  await app.db.$transaction(async (tx) => {
    const registry = await tx.registry.findUnique({ where: { registryId }, select: { id: true } });
    if (!registry) throw new AppError('not_found', 'Registry not found.');
    const { id } = registry;
    const membership = await findMembership({ db: tx }, { principal: caller.principal, registryKey: id });
    if (!isAllowed({ ...caller, action: 'vitrine:ReviewNames', membership })) {
      throw new AppError('forbidden', 'You are a member of this registry. Another reviewer must decide.');
    }
    const { count } = await tx.registry.updateMany({
      where: { id, displayName: name, flaggedName: name },
      data: isApproved ? approval(name) : { declinedName: name, ...UNFLAGGED },
    });
    if (count === 0)
      throw new AppError(
        'conflict',
        'The name was changed or decided in the meantime. Reload the page to see its current state.',
      );
    await recordChange(tx, {
      type: isApproved ? 'registry.approve-name' : 'registry.decline-name',
      caller,
      registryKey: id,
      resource: { name: registryId },
      after: { name },
    });
  });
}
