import { z } from 'zod';
import { authorize } from '#lib/access/authorize.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { RepositoryKeys } from '#lib/keys/repository-keys.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError, errorCode } from '#lib/platform/errors.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import { storeLogo } from '#lib/publishers/logos/logo-store.ts';
import { findRegistryByAlias, type FoundRepository } from './find-repository.ts';
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
  /** Defaults to public, or for a push to the registry's setting. */
  visibility?: Visibility;
  isByPush?: boolean;
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
  visibility: visibilitySchema.optional(),
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
  const { caller, alias, isByPush = false, logo = null, resourceTags = [] } = input;
  const { name, catalogData, tagRule, kmsKey, ...chosen } = parseInput(inputSchema, input);
  const problem = findTagProblem(resourceTags);
  if (problem !== null) throw new AppError('invalid_input', problem);
  requireFewTags(resourceTags.length);
  const fullName = `${alias}/${name}`;
  const registry = await findRegistryByAlias(app, alias);
  if (!registry) throw new AppError('repository_not_found', `Publisher ${alias} doesn't exist.`);
  const visibility = chosen.visibility ?? (isByPush ? registry.pushVisibility : 'public');
  const tagKeys = resourceTags.map(({ key }) => key);
  const facts = { fullName, ...(tagKeys.length > 0 && { requestTags: resourceTags, tagKeys }) };
  const asked = { action: 'ecr:CreateRepository', registryKey: registry.id, facts } as const;
  await authorize(app, { ...caller, ...asked });
  if (kmsKey !== undefined && !app.repositoryKeys) throw new TypeError('No keys of repositories.');
  const key = kmsKey === undefined ? null : ((await app.repositoryKeys?.open(kmsKey)) ?? null);
  const keyScope = key?.scope ?? 'site';
  return app.db.$transaction(async (tx) => {
    const logoId = logo && (await storeLogo(tx, logo));
    const tags = { createMany: { data: [...resourceTags] } };
    const data = {
      ...catalogData,
      ...tagRule,
      registryKey: registry.id,
      name,
      visibility,
      logoId,
      keyScope,
      kmsKey: key?.arn ?? null,
    };
    const repository = await tx.repository
      .create({ data: { ...data, ...(resourceTags.length > 0 && { resourceTags: tags }) } })
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
      after: { visibility, ...tagRule, ...(key && { kmsKey: key.arn }) },
    });
    const found = {
      id,
      registryKey: registry.id,
      alias,
      name,
      fullName,
      visibility,
      version,
      createdAt,
      keyScope,
    } as const;
    const values =
      resourceTags.length > 0 ? Object.fromEntries(resourceTags.map(({ key, value }) => [key, value])) : null;
    return { ...found, quarantineReason: null, upstream: null, policy: null, resourceTags: values };
  });
}
