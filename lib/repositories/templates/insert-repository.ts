import type { PolicyCache } from '#lib/access/attached/attached-policy.ts';
import type { KeyedTag } from '#lib/access/tags/schema.ts';
import type { AuditCaller } from '#lib/events/audit-row.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { RepositoryKey } from '#lib/keys/repository-keys.ts';
import { AppError, errorCode } from '#lib/platform/errors.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { storeLogo } from '#lib/publishers/logos/logo-store.ts';
import { FOUND, toFound, type FoundRepository, type MirrorSource } from '#lib/repositories/find-repository.ts';
import { authorOf } from '#lib/repositories/policies/policy-revision.ts';
import type { CatalogData, Visibility } from '#lib/repositories/schema.ts';
import type { TagMutabilityRule } from '#lib/repositories/tag-mutability/schema.ts';

export type NewRepository = {
  caller: AuditCaller;
  registryKey: bigint;
  alias: string;
  name: string;
  visibility: Visibility;
  catalogData?: Partial<CatalogData>;
  logo?: Buffer | null;
  tagRule?: TagMutabilityRule | undefined;
  /** Null: the key of the site. */
  key?: RepositoryKey | null;
  resourceTags?: readonly KeyedTag[];
  policy?: string | null;
  lifecyclePolicy?: string | null;
  upstream?: MirrorSource | null;
  /** Prefix of the template that the settings come from. */
  template?: string | null;
};

/**
 * Writes a repository with everything that belongs to it. Callers authorize, and have checked each setting.
 * @throws AppError `name_taken`
 */
export async function insertRepository(
  { tx, ...app }: { tx: DbOrTx; policies?: PolicyCache },
  { caller, registryKey, alias, name, visibility, tagRule, ...rest }: NewRepository,
): Promise<FoundRepository> {
  const { catalogData, logo, key = null, resourceTags = [], policy = null, lifecyclePolicy = null } = rest;
  const { upstream = null, template = null } = rest;
  const fullName = `${alias}/${name}`;
  const logoId = logo ? await storeLogo(tx, logo) : null;
  const data = {
    ...catalogData,
    ...tagRule,
    registryKey,
    name,
    visibility,
    logoId,
    keyScope: key?.scope ?? 'site',
    kmsKey: key?.arn ?? null,
    ...(upstream && { upstreamId: upstream.upstreamId, upstreamName: upstream.name }),
    ...(policy !== null && { policy, policyRevision: 1 }),
    ...(resourceTags.length > 0 && { resourceTags: { createMany: { data: [...resourceTags] } } }),
    ...(lifecyclePolicy !== null && { lifecyclePolicy: { create: { text: lifecyclePolicy } } }),
    ...(policy !== null && { policyRevisions: { create: { revision: 1, policy, ...authorOf(caller) } } }),
  };
  const { resourceTagValues: _stale, ...row } = await tx.repository
    .create({ data, select: FOUND })
    .catch((cause: unknown) => {
      if (errorCode(cause) !== 'P2002') throw cause;
      const message = `${fullName} already exists.`;
      throw new AppError('name_taken', message, { cause, detail: { fieldErrors: { name: message } } });
    });
  await recordChange(tx, {
    type: 'repository.create',
    caller,
    registryKey,
    resource: { repositoryId: row.id, name: fullName },
    after: {
      ...(upstream ? { upstream: upstream.name } : { visibility }),
      ...tagRule,
      ...(key && { kmsKey: key.arn }),
      ...(template !== null && { template, policy, lifecyclePolicy, resourceTags: toValues(resourceTags) }),
    },
  });
  return toFound(app, { ...row, resourceTagValues: toValues(resourceTags) }, { alias, name, fullName });
}

function toValues(tags: readonly KeyedTag[]): Record<string, string> | null {
  return tags.length > 0 ? Object.fromEntries(tags.map(({ key, value }) => [key, value])) : null;
}
