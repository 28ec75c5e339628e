import type { Action } from '#lib/access/actions.ts';
import { findMembership } from '#lib/access/find-membership.ts';
import { allowedBy } from '#lib/access/authorize.ts';
import type { Caller, Membership } from '#lib/access/schema.ts';
import type { PolicyCache } from '#lib/access/attached/attached-policy.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { accessFacts, findRepository, isUnderPolicy, NO_ROW, type FoundRepository } from './find-repository.ts';
import { findMoved } from './moves/find-moved.ts';

export type VisibleRepository = FoundRepository & {
  /** The caller's membership in the owning registry. Null unless the caller is a user. */
  membership: Membership | null;
};

/**
 * Finds a repository that the caller may know of, also by a former name. Null for hidden ones, after the same
 * statements as for missing ones.
 * @param orMay another right that shows it, where a policy denies pulls
 */
export async function findVisibleRepository(
  app: { db: Db; policies?: PolicyCache },
  { caller, fullName, orMay = null }: { caller: Caller; fullName: string; orMay?: Action | null },
): Promise<VisibleRepository | null> {
  const current = await findRepository(app, fullName);
  const found = current ?? (await findMoved(app, fullName));
  const [membership, image] = await Promise.all([
    findMembership(app, { principal: caller.principal, registryKey: found?.registryKey ?? NO_ROW }),
    app.db.manifest.findFirst({ where: { repositoryId: found?.id ?? NO_ROW, attachedAs: null }, select: { id: true } }),
  ]);
  if (!found) return null;
  const facts = { ...accessFacts(found), isQuarantined: found.quarantineReason !== null, hasImage: image !== null };
  const may = allowedBy({ ...caller, membership, facts });
  if (may('vitrine:ViewRepository') || (orMay && isUnderPolicy(found, membership) && may(orMay)))
    return { ...found, membership };
  if (current) await findMoved(app, fullName);
  return null;
}
