import { z } from 'zod';
import { recordChange } from '#lib/events/record-change.ts';
import type { Caller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import { replaceLogo } from './logo/replace-logo.ts';
import { authorizeRepository } from './authorize-repository.ts';
import { lockRepository } from './lock-repository.ts';
import { catalogDataSchema, visibilitySchema, type CatalogData, type Visibility } from './schema.ts';

export type UpdateCatalogDataInput = {
  caller: Caller;
  fullName: string;
  /** Omitted fields keep their values. */
  catalogData?: Partial<CatalogData>;
  visibility?: Visibility;
  /** Encoded (publishers/logos/encode-logo.ts). Null removes it. */
  logo?: Buffer | null;
};

const inputSchema = z.object({
  catalogData: catalogDataSchema.partial().default({}),
  visibility: visibilitySchema.optional(),
});

const CHANGEABLE = {
  description: true,
  aboutText: true,
  usageText: true,
  operatingSystems: true,
  architectures: true,
  categories: true,
  visibility: true,
} as const;

/**
 * Updates the given fields of a repository's catalog data, its logo and its visibility.
 * @throws AppError `invalid_input`, `repository_not_found`, `forbidden`, `quarantined`
 */
export async function updateCatalogData(app: { db: Db }, input: UpdateCatalogDataInput): Promise<void> {
  const { caller, fullName, logo } = input;
  const repository = await authorizeRepository(app, {
    caller,
    fullName,
    action: 'ecr-public:PutRepositoryCatalogData',
  });
  const { catalogData, visibility } = parseInput(inputSchema, input);
  const data = { ...catalogData, ...(visibility && { visibility }) };
  if (Object.keys(data).length === 0 && logo === undefined) return;
  await app.db.$transaction(async (tx) => {
    // First, as every change of logos, so that none waits for another's row.
    if (logo !== undefined) await replaceLogo(tx, { caller, repository, logo });
    if (Object.keys(data).length === 0) return;
    await lockRepository(tx, repository);
    const { id, registryKey } = repository;
    const state = await tx.repository.findUniqueOrThrow({ where: { id }, select: CHANGEABLE });
    const before = Object.fromEntries(Object.entries(state).filter(([key]) => key in data));
    await tx.repository.update({ where: { id }, data, select: { id: true } });
    await recordChange(tx, {
      type: 'repository.update-catalog-data',
      caller,
      registryKey,
      resource: { repositoryId: id, name: fullName },
      before,
      after: data,
    });
  });
}
