// https://docs.aws.amazon.com/AmazonECRPublic/latest/APIReference/API_CreateRepository.html
import { updateCatalogData } from '#lib/repositories/update-catalog-data.ts';
import type { AwsApp } from '../aws-app.ts';
import { defineOperations } from '../define-operations.ts';
import { requireAwsRepository } from '../find-aws-repository.ts';
import { CATALOG_COLUMNS, presentCatalogData, readCatalogData } from '../repositories/catalog-data.ts';
import { createAwsRepository, deleteAwsRepository, requireAwsCreation } from '../repositories/change-repository.ts';
import { describeRepositories } from '../repositories/describe-repositories.ts';
import { presentRepository } from '../repositories/present-repository.ts';
import { PUBLIC_REPOSITORIES_SHAPES } from './shapes/repositories.ts';

export const PUBLIC_REPOSITORIES = defineOperations('ecr-public', PUBLIC_REPOSITORIES_SHAPES, {
  CreateRepository: async (app, call, { catalogData = {}, ...asked }) => {
    await requireAwsCreation(app, call, asked);
    const row = await createAwsRepository(app, call, { ...asked, ...(await readCatalogData(app, call, catalogData)) });
    return {
      repository: presentRepository(app, call, row),
      catalogData: await showCatalogData(app, row.id),
    };
  },

  DescribeRepositories: async (app, call, asked) => {
    const { rows, ...page } = await describeRepositories(app, call, asked);
    return { repositories: rows.map((row) => presentRepository(app, call, row)), ...page };
  },

  DeleteRepository: async (app, call, asked) => ({
    repository: presentRepository(app, call, await deleteAwsRepository(app, call, asked)),
  }),

  /** Terraform reads it after it creates a repository, and any error would fail that. */
  GetRepositoryCatalogData: async (app, call, named) => {
    const { id } = await requireAwsRepository(app, call, named);
    return { catalogData: await showCatalogData(app, id) };
  },

  PutRepositoryCatalogData: async (app, call, { catalogData, ...named }) => {
    const { id, fullName } = await requireAwsRepository(app, call, named);
    const { caller } = call;
    await updateCatalogData(app, { caller, fullName, ...(await readCatalogData(app, call, catalogData)) });
    return { catalogData: await showCatalogData(app, id) };
  },
});

async function showCatalogData(app: AwsApp, id: bigint) {
  return presentCatalogData(app, await app.db.repository.findUniqueOrThrow({ where: { id }, select: CATALOG_COLUMNS }));
}
