import { isOwnScope, type KeyScope } from '#lib/platform/key-scope.ts';
import type pg from 'pg';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { findAttached, type AttachedPolicy, type PolicyCache } from '#lib/access/attached/attached-policy.ts';
import { toMembership } from '#lib/access/find-membership.sql.ts';
import { hasPolicies, type Membership } from '#lib/access/schema.ts';
import { splitFullName } from '#lib/oci/name.ts';
import type { PushCreation } from '#lib/publishers/schema.ts';
import type { RegistryQuota } from '#lib/publishers/registry-quota.ts';
import type { TagValues } from '#lib/access/tags/schema.ts';
import type { Visibility } from './schema.ts';
import { findPulledRow, findRowFor, type OwnerRow, type PulledRow, type RowForUser } from './find-repository.sql.ts';
import { findFormerRow, type FormerRow } from './moves/find-former.sql.ts';

export type FoundRepository = {
  id: bigint;
  /** Database id of the registry. */
  registryKey: bigint;
  /** The alias it was looked up by, which may be any active alias of the registry. */
  alias: string;
  name: string;
  /** As it was asked for, which may be a former name. */
  fullName: string;
  /** Its address, if it was asked for by a former name. */
  movedTo?: string;
  visibility: Visibility;
  /** Set while nobody may pull or change it (refuse-quarantined.ts). */
  quarantineReason: string | null;
  version: number;
  createdAt: Date;
  /** Of the key that protects its blobs. */
  keyScope: KeyScope;
  /** Null for repositories that images are pushed to. */
  upstream: MirrorSource | null;
  /** Null if only roles decide. */
  policy: AttachedPolicy | null;
  /** Null without any. */
  resourceTags: TagValues | null;
};

/** What a decision about the repository needs to know of it. */
export function accessFacts({
  fullName,
  visibility,
  policy,
  resourceTags,
}: Pick<FoundRepository, 'fullName' | 'visibility' | 'policy' | 'resourceTags'>) {
  return { fullName, visibility, policy, resourceTags };
}

/** Whether policies decide besides roles. They may test the request. */
export function isUnderPolicy({ policy }: Pick<FoundRepository, 'policy'>, membership: Membership | null): boolean {
  return policy !== null || hasPolicies(membership);
}

/** The id of a repository without a row. Queries by it find nothing. */
export const NO_ROW = 0n;

/** The upstream repository of a mirror. `name` is the upstream's own name, such as `library/alpine`. */
export type MirrorSource = { upstreamId: bigint; name: string };

export type FoundRegistry = {
  id: bigint;
  /** 12 digits. */
  registryId: string;
  displayName: string;
  primaryAlias: string;
  /** The visibility of repositories created by a push. */
  pushVisibility: Visibility;
  /** Which missing repositories a push creates. */
  pushCreation: PushCreation;
};

/** `policies` is missing in transactions, which compile each policy anew. */
export type RowApp = { db: DbOrTx; policies?: PolicyCache };

/** Finds `ALIAS/NAME` by any active alias. Doesn't authorize. */
export async function findRepository(app: RowApp, fullName: string): Promise<FoundRepository | null> {
  const parts = splitFullName(fullName);
  if (!parts) return null;
  const { alias, name } = parts;
  // Two look-ups by unique keys, because a single query would scan all repositories of that name.
  const owner = await app.db.alias.findUnique({ where: { name: alias }, select: { registryKey: true, status: true } });
  if (owner?.status !== 'active') return null;
  return findRepositoryOf(app, { registryKey: owner.registryKey, alias, name });
}

/** Finds by registry and name, when the caller has no alias. */
export async function findRepositoryOf(
  app: RowApp,
  { registryKey, alias, name }: { registryKey: bigint; alias: string; name: string },
): Promise<FoundRepository | null> {
  const row = await app.db.repository.findUnique({ where: { registryKey_name: { registryKey, name } }, select: FOUND });
  return row && toFound(app, row, { alias, name, fullName: `${alias}/${name}` });
}

export const FOUND = {
  id: true,
  registryKey: true,
  visibility: true,
  version: true,
  createdAt: true,
  keyScope: true,
  quarantineReason: true,
  upstreamId: true,
  upstreamName: true,
  policy: true,
  resourceTagValues: true,
} as const;

export type FoundRow = Pick<
  FoundRepository,
  'id' | 'registryKey' | 'visibility' | 'version' | 'createdAt' | 'quarantineReason'
> & {
  upstreamId: bigint | null;
  upstreamName: string | null;
  policy: string | null;
  resourceTagValues: unknown;
  keyScope: string;
};

type Names = Pick<FoundRepository, 'alias' | 'name' | 'fullName' | 'movedTo'>;

export function toFound(app: Pick<RowApp, 'policies'>, row: FoundRow, names: Names): FoundRepository {
  const { upstreamId, upstreamName, policy, resourceTagValues, keyScope, ...rest } = row;
  const upstream = upstreamId !== null && upstreamName !== null ? { upstreamId, name: upstreamName } : null;
  const resourceTags = resourceTagValues as TagValues | null;
  return {
    ...rest,
    ...names,
    upstream,
    policy: findAttached(app, policy),
    resourceTags,
    keyScope: toKeyScope(keyScope),
  };
}

function toKeyScope(scope: string): KeyScope {
  if (scope === 'site' || isOwnScope(scope)) return scope;
  throw new TypeError(`${scope} is no scope of a key.`);
}

/** Finds by the 12 digits. */
export async function findRegistry(app: { db: DbOrTx }, registryId: string): Promise<{ id: bigint } | null> {
  return app.db.registry.findUnique({ where: { registryId }, select: { id: true } });
}

export async function findRegistryByAlias(app: { db: DbOrTx }, alias: string): Promise<FoundRegistry | null> {
  const registry = await app.db.registry.findFirst({
    where: { aliases: { some: { name: alias, status: 'active' } } },
    select: {
      id: true,
      registryId: true,
      displayName: true,
      pushVisibility: true,
      pushCreation: true,
      primaryAlias: { select: { name: true } },
    },
  });
  return registry && { ...registry, primaryAlias: registry.primaryAlias?.name ?? alias };
}

export type PooledApp = { pool: pg.Pool; policies?: PolicyCache };

/**
 * Like findRepository, but as a prepared statement, because every request of a pull starts with it. Also finds by a
 * former name.
 */
export async function findPulledRepository(app: PooledApp, fullName: string): Promise<FoundRepository | null> {
  const parts = splitFullName(fullName);
  if (!parts) return null;
  const row = await findPulledRow(app.pool, parts);
  if (row) return toPulled(app, row, { ...parts, fullName });
  const former = await findFormerRow(app.pool, { ...parts, userId: null });
  return former && toFormer(app, former, { ...parts, fullName });
}

/** Keeps the name that was asked for, because rights of tokens are tied to it. */
function toFormer(app: PooledApp, row: FormerRow, { alias, fullName }: Names): FoundRepository {
  const movedTo = `${row.current_alias}/${row.current_name}`;
  return toPulled(app, row, { alias, name: row.current_name, fullName, movedTo });
}

function toPulled(app: PooledApp, row: PulledRow, names: Names): FoundRepository {
  const { id, registry_id: registryKey, upstream_id: upstreamId } = row;
  const found = {
    id: BigInt(id),
    registryKey: BigInt(registryKey),
    visibility: row.visibility,
    version: row.version,
    createdAt: row.created_at,
    keyScope: row.key_scope,
    quarantineReason: row.quarantine_reason,
    upstreamId: upstreamId === null ? null : BigInt(upstreamId),
    upstreamName: row.upstream_name,
    policy: row.policy,
    resourceTagValues: row.resource_tag_values,
  };
  return toFound(app, found, names);
}

export type NamedFor = {
  /** Null when the alias has no such repository. */
  repository: FoundRepository | null;
  /** The given user's membership in the registry that has the repository now. */
  membership: Membership;
  quota: RegistryQuota;
  /** Of a repository that a push creates in the alias's registry. */
  pushVisibility: Visibility;
};

type AskedName = { fullName: string; userId: string | null };

/** Finds a repository and the user's membership. Null for an unknown alias. Also finds by a former name. */
export async function findRepositoryFor(app: PooledApp, asked: AskedName): Promise<NamedFor | null> {
  const parts = splitFullName(asked.fullName);
  const row = parts && (await findRowFor(app.pool, { ...parts, userId: asked.userId }));
  return row && toNamedFor(app, asked, row);
}

/** Reads another row only for a former name. */
export async function toNamedFor(
  app: PooledApp,
  { fullName, userId }: AskedName,
  row: RowForUser,
): Promise<NamedFor | null> {
  const parts = splitFullName(fullName);
  if (!parts) return null;
  if (row.former_id !== null) {
    const former = await findFormerRow(app.pool, { ...parts, userId });
    if (former) return toNamed(app, former, toFormer(app, former, { ...parts, fullName }));
  }
  return toNamed(app, row, hasRepository(row) ? toPulled(app, row, { ...parts, fullName }) : null);
}

function toNamed(app: PooledApp, row: OwnerRow, repository: FoundRepository | null): NamedFor {
  const quotaBytes = row.quota_bytes === null ? null : BigInt(row.quota_bytes);
  return {
    repository,
    membership: toMembership(app, { registryId: row.owner_digits, role: row.role }, row),
    quota: { registryKey: BigInt(row.owner_id), quotaBytes },
    pushVisibility: row.push_visibility,
  };
}

function hasRepository<Row extends { id: string | null }>(row: Row): row is Row & PulledRow {
  return row.id !== null;
}
