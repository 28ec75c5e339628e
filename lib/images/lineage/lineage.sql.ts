// Every statement uses an index and reads a bounded number of rows, however many images build on another.
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { Prisma } from '#lib/platform/prisma/client.ts';

/** Images read per chain, and repositories read per image. Hidden ones count, so that they can't make reads slower. */
const MAX_BASES = 100;
const MAX_DEPENDENTS = 1_000;
/** Manifests of one repository with the same layers, which differ in their configs. */
const MAX_TWINS = 20;
const MAX_MOVES = 20;

export type BaseRow = {
  repositoryId: bigint;
  alias: string;
  name: string;
  chain: string;
  depth: number;
};

/** Every reader can see public repositories, and the repository whose page this is. */
function isSeen(fromId: bigint): Prisma.Sql {
  return Prisma.sql`(r.id = ${fromId} OR (r.visibility = 'public' AND r.quarantined_at IS NULL))`;
}

/** Finds the image whose layers are the longest prefix of the manifest's. Prefers other repositories, then often pulled ones. */
export async function findBase(
  db: DbOrTx,
  { manifestId, repositoryId }: { manifestId: bigint; repositoryId: bigint },
): Promise<BaseRow | null> {
  const rows = await db.$queryRaw<BaseRow[]>`
    SELECT r.id AS "repositoryId", a.name AS alias, r.name, c.chain::text, c.depth
      FROM (SELECT chain FROM image_ancestors WHERE manifest_id = ${manifestId}) own
     CROSS JOIN LATERAL (
       SELECT repository_id, chain, depth FROM image_chains WHERE chain = own.chain
        ORDER BY chain, repository_id, manifest_id LIMIT ${MAX_BASES}) c
      JOIN repositories r ON r.id = c.repository_id AND ${isSeen(repositoryId)}
      JOIN registries g ON g.id = r.registry_id
      JOIN aliases a ON a.id = g.primary_alias_id
     ORDER BY c.depth DESC, r.id = ${repositoryId}, r.pull_count DESC, r.id LIMIT 1`;
  return rows[0] ?? null;
}

export type BaseManifest = { id: bigint; digest: string };

/** Lists a repository's manifests with a chain, newest first, then the indexes that list them. */
export async function listBaseManifests(
  db: DbOrTx,
  { repositoryId, chain }: { repositoryId: bigint; chain: string },
): Promise<BaseManifest[]> {
  return db.$queryRaw`
    WITH twins AS (
      SELECT m.id, m.digest FROM image_chains c JOIN manifests m ON m.id = c.manifest_id
       WHERE c.chain = ${chain}::uuid AND c.repository_id = ${repositoryId}
       ORDER BY c.manifest_id DESC LIMIT ${MAX_TWINS}
    )
    SELECT id, digest FROM (
      SELECT id, digest, false AS "isIndex" FROM twins
      UNION ALL
      (SELECT DISTINCT p.id, p.digest, true FROM twins t JOIN manifest_children e ON e.digest = t.digest
         JOIN manifests p ON p.id = e.parent_id AND p.repository_id = ${repositoryId}
        ORDER BY p.id DESC LIMIT ${MAX_TWINS})) manifests
     ORDER BY "isIndex", id DESC`;
}

/** The newest version among the tags of some manifests. */
export async function findBaseTag(db: DbOrTx, { ids }: { ids: bigint[] }): Promise<string | null> {
  const rows = await db.$queryRaw<{ name: string }[]>`
    SELECT name FROM tags WHERE manifest_id = ANY (${ids}) AND attached_as IS NULL
     ORDER BY version_key DESC, name DESC LIMIT 1`;
  return rows[0]?.name ?? null;
}

/** Finds the newest version among tags that pointed to one of the manifests and have moved on. */
export async function findMovedTag(
  db: DbOrTx,
  { repositoryId, manifests }: { repositoryId: bigint; manifests: BaseManifest[] },
): Promise<string | null> {
  const [ids, digests] = [manifests.map(({ id }) => id), manifests.map(({ digest }) => digest)];
  const rows = await db.$queryRaw<{ name: string }[]>`
    SELECT t.name FROM (
      SELECT tag, at FROM tag_events WHERE repository_id = ${repositoryId} AND from_digest = ANY (${digests})
       ORDER BY at DESC LIMIT ${MAX_MOVES}) e
      JOIN tags t ON t.repository_id = ${repositoryId} AND t.name = e.tag
     WHERE t.manifest_id <> ALL (${ids}) AND t.attached_as IS NULL
     ORDER BY t.version_key DESC, e.at DESC LIMIT 1`;
  return rows[0]?.name ?? null;
}

export type DependentRow = { alias: string; name: string; description: string; pullCount: bigint };

/** Lists public repositories with an image that begins with the chain, most pulled first. Scans one index entry per repository. */
export async function listDependents(
  db: DbOrTx,
  { chain, repositoryId, limit, offset }: { chain: string; repositoryId: bigint; limit: number; offset: number },
): Promise<{ rows: DependentRow[]; total: number }> {
  const rows = await db.$queryRaw<(DependentRow & { total: number })[]>`
    WITH RECURSIVE found AS (
      (SELECT repository_id FROM image_ancestors WHERE chain = ${chain}::uuid ORDER BY repository_id LIMIT 1)
      UNION ALL
      SELECT (SELECT n.repository_id FROM image_ancestors n
               WHERE n.chain = ${chain}::uuid AND n.repository_id > found.repository_id
               ORDER BY n.repository_id LIMIT 1)
        FROM found WHERE found.repository_id IS NOT NULL
    ), bounded AS (SELECT repository_id FROM found LIMIT ${MAX_DEPENDENTS})
    SELECT a.name AS alias, r.name, r.description, r.pull_count AS "pullCount", count(*) OVER ()::int AS total
      FROM bounded b
      JOIN repositories r ON r.id = b.repository_id AND r.visibility = 'public' AND r.quarantined_at IS NULL
      JOIN registries g ON g.id = r.registry_id
      JOIN aliases a ON a.id = g.primary_alias_id
     WHERE r.id <> ${repositoryId}
     ORDER BY r.pull_count DESC, r.id LIMIT ${limit} OFFSET ${offset}`;
  return { rows: rows.map(({ total: _, ...row }) => row), total: rows[0]?.total ?? 0 };
}
