import { isAllowed } from '#lib/access/authorize.ts';
import type { Action } from '#lib/access/actions.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { notFound, permanentRedirect } from 'next/navigation';
import { cache } from 'react';
import { consoleRepositoryLink } from '#components/links.ts';
import { getApp } from '#lib/app.ts';
import { splitFullName } from '#lib/oci/name.ts';
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
  const repository = await findVisibleRepository(app, { caller, fullName: `${path.alias}/${path.name}` });
  const { membership = null } = repository ?? {};
  if (!repository || !isAllowed({ ...caller, action: 'vitrine:ViewRegistry', membership })) notFound();
  const { fullName, visibility, movedTo } = repository;
  if (movedTo !== undefined) permanentRedirect(consoleRepositoryLink({ ...path, ...splitFullName(movedTo) }));
  return {
    caller,
    path,
    repository,
    catalogData: await getCatalogData(app, { repositoryId: repository.id }),
    can: (action) => isAllowed({ ...caller, action, membership, facts: { fullName, visibility } }),
  };
});
