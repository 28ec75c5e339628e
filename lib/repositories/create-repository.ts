import { z } from 'zod';
import { authorize } from '#lib/access/authorize.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { RepositoryKeys } from '#lib/keys/repository-keys.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import { findRegistryByAlias, type FoundRepository } from './find-repository.ts';
import { insertRepository } from './templates/insert-repository.ts';
import {
  catalogDataSchema,
  kmsKeySchema,
  repositoryNameSchema,
  visibilitySchema,
  type CatalogData,
  type Visibility,
} from './schema.ts';
import { findTagProblem, type KeyedTag } from '#lib/access/tags/schema.ts';
import { requireFewTags } from './resource-tags/tag-resource.ts';
import { tagMutabilityRuleSchema, type TagMutabilityRule } from './tag-mutability/schema.ts';

export type CreateRepositoryInput = {
  caller: UserCaller;
  alias: string;
  /** Without the alias. */
  name: string;
  /** Defaults to public. */
  visibility?: Visibility;
  catalogData?: Partial<CatalogData>;
  /** Encoded (publishers/logos/encode-logo.ts). */
  logo?: Buffer | null;
  tagRule?: TagMutabilityRule;
  /** A KMS key for its blobs: an id, an ARN or an alias, or null for the site's KMS key. Omitted: the key of the site. */
  kmsKey?: string | null;
  resourceTags?: readonly KeyedTag[];
};

const inputSchema = z.object({
  name: repositoryNameSchema,
  visibility: visibilitySchema.default('public'),
  catalogData: catalogDataSchema.partial().default({}),
  tagRule: tagMutabilityRuleSchema.optional(),
  kmsKey: kmsKeySchema.nullish(),
});

/**
 * `repositoryKeys` is needed for a KMS key only.
 * @throws AppError `invalid_input`, `key_refused`, `unavailable` for a KMS key, `repository_not_found` for an unknown alias, `forbidden`, `name_taken`,
 * `quota_exceeded` for too many resource tags
 */
export async function createRepository(
  app: { db: Db; repositoryKeys?: RepositoryKeys },
  input: CreateRepositoryInput,
): Promise<FoundRepository> {
  const { caller, alias, logo = null, resourceTags = [] } = input;
  const { name, visibility, catalogData, tagRule, kmsKey } = parseInput(inputSchema, input);
  const problem = findTagProblem(resourceTags);
  if (problem !== null) throw new AppError('invalid_input', problem);
  requireFewTags(resourceTags.length);
  const fullName = `${alias}/${name}`;
  const registry = await findRegistryByAlias(app, alias);
  if (!registry) throw new AppError('repository_not_found', `Publisher ${alias} doesn't exist.`);
  const tagKeys = resourceTags.map(({ key }) => key);
  const facts = { fullName, ...(tagKeys.length > 0 && { requestTags: resourceTags, tagKeys }) };
  const asked = { action: 'ecr:CreateRepository', registryKey: registry.id, facts } as const;
  await authorize(app, { ...caller, ...asked });
  if (kmsKey !== undefined && !app.repositoryKeys) throw new TypeError('No keys of repositories.');
  const key = kmsKey === undefined ? null : ((await app.repositoryKeys?.open(kmsKey)) ?? null);
  const registryKey = registry.id;
  return app.db.$transaction((tx) =>
    insertRepository(
      { tx },
      { caller, registryKey, alias, name, visibility, catalogData, logo, tagRule, key, resourceTags },
    ),
  );
}
