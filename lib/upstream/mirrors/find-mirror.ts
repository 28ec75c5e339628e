// Resolves names without a row that are pulled through anyway: below a mirrored registry, or routed by the operator.
import { findRepositoryOf, NO_ROW, type FoundRepository } from '#lib/repositories/find-repository.ts';
import { isName, splitFullName } from '#lib/oci/name.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { findRule } from '#lib/upstream/rules/find-rule.ts';
import { upstreamRepository } from '#lib/upstream/client/docker-hub.ts';

/** The route for aliases that are unknown on this site. */
export const UNKNOWN_ALIASES = '*';

type MirroredRegistry = { id: bigint; alias: string; host: string; upstreamId: bigint; prefix: string };

/**
 * Resolves a full name without a row, or returns null. Runs after local lookups, so local names always win: an alias
 * that exists or ever existed here is never looked up elsewhere.
 */
export async function findMirror(app: { db: Db }, fullName: string): Promise<FoundRepository | null> {
  const parts = splitFullName(fullName);
  if (!parts) return null;
  const alias = await app.db.alias.findUnique({
    where: { name: parts.alias },
    select: { status: true, registry: { select: MIRRORED } },
  });
  if (!alias || alias.status === 'pending') return findRouted(app, { host: UNKNOWN_ALIASES, name: fullName });
  if (alias.status !== 'active') return null;
  const ruled = await findRuled(app, { registryKey: alias.registry.id, ...parts });
  if (ruled) return ruled;
  const registry = toMirrored(alias.registry, parts.alias);
  return registry && findBelow(app, registry, parts.name);
}

/** Resolves a name on a host that a mirrored registry answers for, such as `docker.io`. */
export async function findRouted(
  app: { db: Db },
  { host, name }: { host: string; name: string },
): Promise<FoundRepository | null> {
  const route = await app.db.mirrorRoute.findUnique({ where: { host }, select: { registry: { select: MIRRORED } } });
  const registry = route && toMirrored(route.registry, route.registry.primaryAlias?.name ?? '');
  return registry && findBelow(app, registry, name);
}

const MIRRORED = {
  id: true,
  mirrorPrefix: true,
  mirrorUpstream: { select: { id: true, host: true } },
  primaryAlias: { select: { name: true } },
} as const;

type RegistryRow = { id: bigint; mirrorPrefix: string; mirrorUpstream: { id: bigint; host: string } | null };

function toMirrored(row: RegistryRow, alias: string): MirroredRegistry | null {
  if (!row.mirrorUpstream) return null;
  const { id: upstreamId, host } = row.mirrorUpstream;
  return { id: row.id, alias, host, upstreamId, prefix: row.mirrorPrefix };
}

async function findBelow(app: { db: Db }, registry: MirroredRegistry, asked: string): Promise<FoundRepository | null> {
  const { id: registryKey, alias, host, upstreamId, prefix } = registry;
  // One upstream repository is one repository here, even where Docker Hub allows omitting `library/`.
  const name = prefix === '' ? upstreamRepository(host, asked) : asked;
  const upstreamName = prefix === '' ? name : `${prefix}/${name}`;
  const fullName = `${alias}/${name}`;
  if (!isName(fullName) || !isName(upstreamName)) return null;
  const existing = await findRepositoryOf(app, { registryKey, alias, name });
  if (existing) return existing;
  return notYetMirrored({
    registryKey,
    alias,
    name,
    fullName,
    visibility: 'public',
    upstream: { upstreamId, name: upstreamName },
  });
}

/** Resolves a name below a pull-through rule, whose repositories are private. */
async function findRuled(
  app: { db: Db },
  { registryKey, alias, name }: { registryKey: bigint; alias: string; name: string },
): Promise<FoundRepository | null> {
  const rule = await findRule(app, { registryKey, name });
  if (!rule) return null;
  const rest = rule.prefix === '' ? name : name.slice(rule.prefix.length + 1);
  const below = rule.upstreamPrefix === '' ? rest : `${rule.upstreamPrefix}/${rest}`;
  const upstream = { upstreamId: rule.upstreamId, name: upstreamRepository(rule.upstream.host, below) };
  return notYetMirrored({ registryKey, alias, name, fullName: `${alias}/${name}`, visibility: 'private', upstream });
}

type NotYetMirrored = Pick<FoundRepository, 'registryKey' | 'alias' | 'name' | 'fullName' | 'visibility' | 'upstream'>;

function notYetMirrored(named: NotYetMirrored): FoundRepository {
  return {
    ...named,
    id: NO_ROW,
    version: 0,
    createdAt: new Date(),
    keyScope: 'site',
    quarantineReason: null,
    policy: null,
    resourceTags: null,
  };
}
