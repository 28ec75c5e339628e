import { authorize } from '#lib/access/authorize.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError, errorCode } from '#lib/platform/errors.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import { findRegistryByAlias, type FoundRepository } from './find-repository.ts';
import {
  catalogDataSchema,
  repositoryNameSchema,
  visibilitySchema,
  type CatalogData,
  type Visibility,
} from './schema.ts';
import { z } from 'zod';

export type CreateRepositoryInput = {
  caller: UserCaller;
  alias: string;
  /** Without the alias. */
  name: string;
  /** Defaults to public, or for a push to the registry's setting. */
  visibility?: Visibility;
  isByPush?: boolean;
  catalogData?: Partial<CatalogData>;
};

const inputSchema = z.object({
  name: repositoryNameSchema,
  visibility: visibilitySchema.optional(),
  catalogData: catalogDataSchema.partial().default({}),
});

/** @throws AppError `invalid_input`, `repository_not_found` for an unknown alias, `forbidden`, `name_taken` */
export async function createRepository(app: { db: Db }, input: CreateRepositoryInput): Promise<FoundRepository> {
  const { caller, alias, isByPush = false } = input;
  const { name, catalogData, ...chosen } = parseInput(inputSchema, input);
  const fullName = `${alias}/${name}`;
  const registry = await findRegistryByAlias(app, alias);
  if (!registry) throw new AppError('repository_not_found', `Publisher ${alias} doesn't exist.`);
  const visibility = chosen.visibility ?? (isByPush ? registry.pushVisibility : 'public');
  const asked = { action: 'ecr:CreateRepository', registryKey: registry.id, facts: { fullName } } as const;
  await authorize(app, { ...caller, ...asked });
  return app.db.$transaction(async (tx) => {
    const repository = await tx.repository
      .create({ data: { ...catalogData, registryKey: registry.id, name, visibility } })
      .catch((cause: unknown) => {
        if (errorCode(cause) !== 'P2002') throw cause;
        const message = `${fullName} already exists.`;
        throw new AppError('name_taken', message, { cause, detail: { fieldErrors: { name: message } } });
      });
    const { id, version, createdAt } = repository;
    await recordChange(tx, {
      type: 'repository.create',
      caller,
      registryKey: registry.id,
      resource: { repositoryId: id, name: fullName },
      after: { visibility },
    });
    const found = { id, registryKey: registry.id, alias, name, fullName, visibility, version, createdAt };
    return { ...found, quarantineReason: null, upstream: null };
  });
}
