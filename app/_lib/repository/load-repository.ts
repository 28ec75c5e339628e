import { isAllowed } from '#lib/access/authorize.ts';
import { notFound, permanentRedirect, redirect } from 'next/navigation';
import { cache } from 'react';
import { repositoryLink } from '#components/links.ts';
import { accessFacts } from '#lib/repositories/find-repository.ts';
import { findVisibleRepository, type VisibleRepository } from '#lib/repositories/find-visible-repository.ts';
import { getRepositoryPage, type RepositoryPage } from '#lib/gallery/gallery-queries.ts';
import { getApp } from '#lib/app.ts';
import { parseRepositoryPath, type RepositoryPath } from './repository-path.ts';
import type { RawSearchParams } from '../search-params.ts';
import { getViewer } from '../session/session.ts';

export type LoadedRepository = {
  repository: RepositoryPage;
  /** The same repository, as pull code expects it, with the viewer's membership. */
  found: VisibleRepository;
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
  const { path, found } = await findPageRepository(alias, parts);
  return { ...(await loadFound(found.fullName)), path };
}

/** Does the first part of it, for what can be loaded at the same time as the rest. */
export async function findPageRepository(alias: string, parts: string[]) {
  const path = parseRepositoryPath(alias, parts);
  if (!path) notFound();
  return { path, found: await findNamed(`${path.alias}/${path.name}`) };
}

/** By name, because Next escapes the rest of the path in one way for the metadata and in another for the page. */
const findNamed = cache(async (fullName: string) => {
  const found = await findVisibleRepository(getApp(), { caller: await getViewer(), fullName });
  return found ?? notFound();
});

const loadFound = cache(async (fullName: string): Promise<Omit<LoadedRepository, 'path'>> => {
  const [caller, found] = await Promise.all([getViewer(), findNamed(fullName)]);
  const repository = await getRepositoryPage(getApp(), { repositoryId: found.id });
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
