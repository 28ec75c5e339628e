import { ANONYMOUS, type Caller, type RegistryRole } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/db.ts';
import { findRepository, findRole, type FoundRepository } from './find-repository.ts';
import { canSeeRepository } from './policy.ts';

export type VisibleRepository = FoundRepository & {
  /** Of the caller, in the registry that owns it. */
  role: RegistryRole | null;
};

/** A repository for whoever may know of it; what they may not see does not exist for them. */
export async function findVisibleRepository(
  app: { db: Db },
  { caller, fullName }: { caller: Caller | null; fullName: string },
): Promise<VisibleRepository | null> {
  const found = await findRepository(app, fullName);
  if (!found) return null;
  const [role, image] = await Promise.all([
    caller ? findRole(app, { userId: caller.actor.userId, registryId: found.registryId }) : null,
    app.db.manifest.findFirst({ where: { repositoryId: found.id, attachedAs: null }, select: { id: true } }),
  ]);
  const isSeen = canSeeRepository({
    ...{ actor: caller?.actor ?? ANONYMOUS, role, visibility: found.visibility },
    ...{ isQuarantined: found.quarantineReason !== null, hasImage: image !== null },
  });
  return isSeen ? { ...found, role } : null;
}
