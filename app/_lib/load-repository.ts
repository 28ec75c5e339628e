import { notFound, redirect } from 'next/navigation';
import { cache } from 'react';
import { repositoryLink } from '#components/links.ts';
import { findRepository, findRole, type FoundRepository } from '#lib/catalog/find-repository.ts';
import { getRepositoryPage, type RepositoryPage } from '#lib/catalog/gallery-queries.ts';
import { allowedRepositoryActions, canAdminister, canManageRegistry } from '#lib/identity/policy.ts';
import { ANONYMOUS } from '#lib/identity/schema.ts';
import { getApp } from '#lib/app.ts';
import { parseRepositoryPath, type RepositoryPath } from './repository-path.ts';
import type { RawSearchParams } from './search-params.ts';
import { getCaller } from './session.ts';

export type LoadedRepository = {
  repository: RepositoryPage;
  /** The same repository, as what pulls from it takes it. */
  found: FoundRepository;
  path: RepositoryPath;
  canEdit: boolean;
  canQuarantine: boolean;
};

/**
 * The repository of a page, for whoever may know of it. What a visitor may not pull, or could not pull for want of an
 * image, does not exist for them. Twice in one request (title and page) is one look-up.
 */
export const loadRepository = cache(async (alias: string, joinedPath: string): Promise<LoadedRepository> => {
  const app = getApp();
  const path = parseRepositoryPath(alias, joinedPath.split('/'));
  const found = path && (await findRepository(app, `${path.alias}/${path.name}`));
  if (!path || !found) notFound();
  const caller = await getCaller();
  const actor = caller?.actor ?? ANONYMOUS;
  const role = caller && (await findRole(app, { userId: caller.actor.userId, registryId: found.registryId }));
  const { visibility, fullName } = found;
  if (!allowedRepositoryActions({ actor, role, visibility, fullName }).includes('pull')) notFound();
  const repository = await getRepositoryPage(app, { repositoryId: found.id });
  const isStaff = role !== null || canAdminister(actor);
  if (!repository.hasImage && !role) notFound();
  if (repository.quarantineReason !== null && !isStaff) notFound();
  return { repository, found, path, canEdit: canManageRegistry({ actor, role }), canQuarantine: canAdminister(actor) };
});

/** Every alias finds the page, one of them is its address. */
export function redirectToPrimaryAlias({ repository, path }: LoadedRepository, query: RawSearchParams): void {
  if (path.alias === repository.primaryAlias) return;
  const kept = Object.entries(query).map(([key, value]) => [key, Array.isArray(value) ? value[0] : value] as const);
  redirect(repositoryLink({ ...path, alias: repository.primaryAlias }, Object.fromEntries(kept)));
}
