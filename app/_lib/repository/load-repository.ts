import { isAllowed } from '#lib/access/authorize.ts';
import { notFound, redirect } from 'next/navigation';
import { cache } from 'react';
import { repositoryLink } from '#components/links.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import { findVisibleRepository } from '#lib/repositories/find-visible-repository.ts';
import { getRepositoryPage, type RepositoryPage } from '#lib/gallery/gallery-queries.ts';
import { getApp } from '#lib/app.ts';
import { parseRepositoryPath, type RepositoryPath } from './repository-path.ts';
import type { RawSearchParams } from '../search-params.ts';
import { getViewer } from '../session/session.ts';

export type LoadedRepository = {
  repository: RepositoryPage;
  /** The same repository, as what pulls from it takes it. */
  found: FoundRepository;
  path: RepositoryPath;
  /** Raised by every change a page could show. */
  version: number;
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
  const caller = await getViewer();
  const found = path && (await findVisibleRepository(app, { caller, fullName: `${path.alias}/${path.name}` }));
  if (!path || !found) notFound();
  const repository = await getRepositoryPage(app, { repositoryId: found.id });
  const { membership, fullName, visibility } = found;
  const facts = { fullName, visibility };
  return {
    repository,
    found,
    path,
    version: found.version,
    canEdit: isAllowed({ ...caller, action: 'ecr-public:PutRepositoryCatalogData', membership, facts }),
    canQuarantine: isAllowed({ ...caller, action: 'vitrine:ModerateRepository' }),
  };
});

/** Every alias finds the page, one of them is its address. */
export function redirectToPrimaryAlias({ repository, path }: LoadedRepository, query: RawSearchParams): void {
  if (path.alias === repository.primaryAlias) return;
  const kept = Object.entries(query).map(([key, value]) => [key, Array.isArray(value) ? value[0] : value] as const);
  redirect(repositoryLink({ ...path, alias: repository.primaryAlias }, Object.fromEntries(kept)));
}
