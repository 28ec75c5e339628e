import { allowedBy, isAllowed } from '#lib/access/authorize.ts';
import type { Action } from '#lib/access/actions.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { notFound, permanentRedirect, redirect } from 'next/navigation';
import { cache } from 'react';
import { consoleRepositoryLink } from '#components/links.ts';
import { getApp } from '#lib/app.ts';
import { splitFullName } from '#lib/oci/name.ts';
import { accessFacts } from '#lib/repositories/find-repository.ts';
import { findVisibleRepository, type VisibleRepository } from '#lib/repositories/find-visible-repository.ts';
import { getCatalogData, type CatalogDataView } from '#lib/repositories/queries.ts';
import { requireCaller } from '../session/session.ts';
import { parseConsolePath, type ConsolePath } from './repository-path.ts';

export type ConsoleRepository = {
  caller: UserCaller;
  path: ConsolePath;
  repository: VisibleRepository;
  catalogData: CatalogDataView;
  can: (action: Action) => boolean;
};

/**
 * Loads the repository of a console page. Throws `notFound` for non-members, who mustn't learn that it exists. Cached per
 * request.
 */
export const loadConsoleRepository = cache(async (alias: string, joinedPath: string): Promise<ConsoleRepository> => {
  const path = parseConsolePath(alias, joinedPath.split('/'));
  if (!path) notFound();
  const caller = await requireCaller(consoleRepositoryLink(path));
  const app = getApp();
  const fullName = `${path.alias}/${path.name}`;
  // A policy that denies pulls must still be found by those who may read it.
  const repository = await findVisibleRepository(app, { caller, fullName, orMay: 'ecr:GetRepositoryPolicy' });
  const { membership = null } = repository ?? {};
  if (!repository || !isAllowed({ ...caller, action: 'vitrine:ViewRegistry', membership })) notFound();
  const { movedTo } = repository;
  if (movedTo !== undefined) permanentRedirect(consoleRepositoryLink({ ...path, ...splitFullName(movedTo) }));
  const can = allowedBy({ ...caller, membership, facts: accessFacts(repository) });
  if (path.tab !== 'access' && repository.visibility === 'private' && !can('vitrine:ViewRepository')) {
    redirect(consoleRepositoryLink({ ...path, tab: 'access' }));
  }
  const catalogData = await getCatalogData(app, { repositoryId: repository.id });
  return { caller, path, repository, catalogData, can };
});
