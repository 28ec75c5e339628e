import { findRegistryByAlias, findRepository, findRole, type FoundRepository } from '#lib/catalog/find-repository.ts';
import { allowedRepositoryActions, canCreateRepository } from '#lib/identity/policy.ts';
import type { Actor, RepositoryAction } from '#lib/identity/schema.ts';
import { splitFullName } from '#lib/oci/name.ts';
import type { Db } from '#lib/platform/db.ts';

/** How somebody stands to a name, by the rows as they are now. */
export type Standing = {
  repository: FoundRepository | null;
  isAliasKnown: boolean;
  /** Of a repository that doesn't exist: what the actor could do as soon as they had made it. */
  actions: RepositoryAction[];
};

export async function findStanding(
  app: { db: Db },
  { actor, fullName }: { actor: Actor; fullName: string },
): Promise<Standing> {
  const repository = await findRepository(app, fullName);
  const registryId = repository?.registryId ?? (await findRegistryId(app, fullName));
  const isAliasKnown = registryId !== null;
  const role = actor.kind === 'user' && isAliasKnown ? await findRole(app, { userId: actor.userId, registryId }) : null;
  if (!repository && !canCreateRepository({ actor, role, fullName })) return { repository, isAliasKnown, actions: [] };
  const visibility = repository?.visibility ?? 'public';
  return { repository, isAliasKnown, actions: allowedRepositoryActions({ actor, role, visibility, fullName }) };
}

async function findRegistryId(app: { db: Db }, fullName: string): Promise<bigint | null> {
  const parts = splitFullName(fullName);
  const registry = parts && (await findRegistryByAlias(app, parts.alias));
  return registry?.id ?? null;
}
