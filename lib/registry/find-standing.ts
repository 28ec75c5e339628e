import type pg from 'pg';
import { findRepositoryFor, type FoundRepository } from '#lib/catalog/find-repository.ts';
import { allowedRepositoryActions, canCreateRepository } from '#lib/identity/policy.ts';
import type { Actor, RepositoryAction } from '#lib/identity/schema.ts';

/** How somebody stands to a name, by the rows as they are now. */
export type Standing = {
  repository: FoundRepository | null;
  isAliasKnown: boolean;
  /** Of a repository that doesn't exist: what the actor could do as soon as they had made it. */
  actions: RepositoryAction[];
};

export async function findStanding(
  app: { pool: pg.Pool },
  { actor, fullName }: { actor: Actor; fullName: string },
): Promise<Standing> {
  const found = await findRepositoryFor(app, { fullName, userId: actor.kind === 'user' ? actor.userId : null });
  const { repository, role } = found ?? { repository: null, role: null };
  const isAliasKnown = found !== null;
  if (!repository && !canCreateRepository({ actor, role, fullName })) return { repository, isAliasKnown, actions: [] };
  const visibility = repository?.visibility ?? 'public';
  return { repository, isAliasKnown, actions: allowedRepositoryActions({ actor, role, visibility, fullName }) };
}
