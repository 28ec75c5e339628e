import { isAllowed } from '#lib/access/authorize.ts';
import { notFound, permanentRedirect, redirect } from 'next/navigation';
import { cache } from 'react';
import { repositoryLink } from '#components/links.ts';
import { accessFacts, type FoundRepository } from '#lib/repositories/find-repository.ts';
import { findVisibleRepository } from '#lib/repositories/find-visible-repository.ts';
import { getRepositoryPage, type RepositoryPage } from '#lib/gallery/gallery-queries.ts';
import { getApp } from '#lib/app.ts';
import { parseRepositoryPath, type RepositoryPath } from './repository-path.ts';
import type { RawSearchParams } from '../search-params.ts';
import { getViewer } from '../session/session.ts';

export type LoadedRepository = {
  repository: RepositoryPage;
  /** The same repository, as pull code expects it. */
  found: FoundRepository;
  path: RepositoryPath;
  /** Increases with every change that a page could show. */
  version: number;
  canEdit: boolean;
  canQuarantine: boolean;
};

/**
 * Loads the repository of a page. Throws `notFound` if the viewer may not see it, which visitors may only once it has an
 * image. Cached per request.
 */
export async function loadRepository(alias: string, parts: string[]): Promise<LoadedRepository> {
  const path = parseRepositoryPath(alias, parts);
  if (!path) notFound();
  return { ...(await loadNamed(`${path.alias}/${path.name}`)), path };
}

/** By name, because Next escapes the rest of the path in one way for the metadata and in another for the page. */
const loadNamed = cache(async (fullName: string): Promise<Omit<LoadedRepository, 'path'>> => {
  const app = getApp();
  const caller = await getViewer();
  const found = await findVisibleRepository(app, { caller, fullName });
  if (!found) notFound();
  const repository = await getRepositoryPage(app, { repositoryId: found.id });
  const { membership } = found;
  const facts = accessFacts(found);
  return {
    repository,
    found,
    version: found.version,
    canEdit: isAllowed({ ...caller, action: 'ecr-public:PutRepositoryCatalogData', membership, facts }),
    canQuarantine: isAllowed({ ...caller, action: 'vitrine:ModerateRepository' }),
  };
});

/** Redirects former names to the current one (308), and other aliases to the primary one. */
export function redirectToAddress({ repository, found, path }: LoadedRepository, query: RawSearchParams): void {
  const { primaryAlias: alias, name } = repository;
  if (path.alias === alias && path.name === name) return;
  const kept = Object.entries(query).map(([key, value]) => [key, Array.isArray(value) ? value[0] : value] as const);
  const address = repositoryLink({ ...path, alias, name }, Object.fromEntries(kept));
  if (found.movedTo === undefined) redirect(address);
  permanentRedirect(address);
}
