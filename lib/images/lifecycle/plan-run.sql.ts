// The statements of a lifecycle plan, on one connection of pg. Everything is joined per repository, because a repository may have
// 100,000 images.
import type pg from 'pg';
import type { LifecycleAction, LifecycleOutcome } from '#lib/repositories/lifecycle/schema.ts';

/**
 * A plan reads all images. With the default memory, it would sort and group them on disk. Compiling its statements takes longer
 * than they run.
 */
export const READ_ALL = "SET LOCAL work_mem = '64MB'; SET LOCAL cursor_tuple_fraction = 1; SET LOCAL jit = off";

/** Sorts the images once. The database keeps them until they are fetched. */
const DECLARE = `
  DECLARE lifecycle_images NO SCROLL CURSOR FOR
  WITH attached AS (
    SELECT m.id FROM manifests m JOIN manifests s ON s.repository_id = $1 AND s.digest = m.subject_digest
     WHERE m.repository_id = $1
     UNION
    SELECT t.manifest_id FROM tags t
      JOIN manifests s ON s.repository_id = $1
       AND s.digest = regexp_replace(t.name, '^(sha(?:256|512))-([0-9a-f]+).*$', '\\1:\\2')
     WHERE t.repository_id = $1 AND t.attached_as IS NOT NULL
  ), listed AS (
    SELECT DISTINCT c.digest FROM manifest_children c JOIN manifests p ON p.id = c.parent_id
     WHERE p.repository_id = $1
       AND NOT EXISTS (SELECT FROM tags t WHERE t.manifest_id = p.id AND t.attached_as = 'referrer')
  ), named AS (
    SELECT manifest_id, array_agg(name ORDER BY name) AS names FROM tags WHERE repository_id = $1 GROUP BY manifest_id
  )
  SELECT m.digest, coalesce(named.names, '{}') AS tags, m.pushed_at AS "pushedAt", m.last_pulled_at AS "lastPulledAt",
         m.is_archived AS "isArchived", m.archived_at AS "archivedAt", m.activated_at AS "activatedAt",
         listed.digest IS NOT NULL AS "isListed"
    FROM manifests m LEFT JOIN named ON named.manifest_id = m.id LEFT JOIN listed ON listed.digest = m.digest
   WHERE m.repository_id = $1 AND m.id NOT IN (SELECT id FROM attached)
   ORDER BY greatest(m.pushed_at, m.activated_at) DESC, m.id DESC`;

export type LifecycleImageRow = {
  digest: string;
  /** Sorted. */
  tags: string[];
  pushedAt: Date;
  lastPulledAt: Date | null;
  isArchived: boolean;
  archivedAt: Date | null;
  activatedAt: Date | null;
  isListed: boolean;
};

const FETCHED = 2_000;

/** Yields all images except attachments of others, newest first. Needs a transaction. */
export async function* readLifecycleImages(
  tx: pg.ClientBase,
  repositoryId: bigint,
): AsyncGenerator<LifecycleImageRow[]> {
  await tx.query(DECLARE, [repositoryId]);
  for (;;) {
    const { rows } = await tx.query<LifecycleImageRow>(`FETCH ${FETCHED} FROM lifecycle_images`);
    if (rows.length > 0) yield rows;
    if (rows.length < FETCHED) return;
  }
}

export type PlannedImage = Pick<LifecycleImageRow, 'digest' | 'tags' | 'pushedAt' | 'lastPulledAt' | 'isArchived'> & {
  position: number;
  rulePriority: number;
  action: LifecycleAction;
  outcome: LifecycleOutcome;
};

const INSERT = `
  INSERT INTO lifecycle_run_images
    (run_id, position, digest, tags, pushed_at, last_pulled_at, is_archived, rule_priority, action, outcome)
  SELECT $1, position, digest, tags, "pushedAt", "lastPulledAt", "isArchived", "rulePriority", action, outcome
    FROM jsonb_to_recordset($2::jsonb) AS planned (
      position integer, digest text, tags text[], "pushedAt" timestamptz, "lastPulledAt" timestamptz, "isArchived" boolean,
      "rulePriority" integer, action "LifecycleAction", outcome "LifecycleOutcome")`;

export async function insertPlanned(tx: pg.ClientBase, runId: string, images: PlannedImage[]): Promise<void> {
  await tx.query(INSERT, [runId, JSON.stringify(images)]);
}

const LIMIT = `
  UPDATE lifecycle_run_images SET outcome = 'limited'
   WHERE run_id = $1 AND position IN (
     SELECT position FROM lifecycle_run_images WHERE run_id = $1 AND outcome = 'planned' ORDER BY position DESC OFFSET $2)`;

/** Lets only the oldest images go. */
export async function limitPlanned(tx: pg.ClientBase, runId: string, limit: number): Promise<void> {
  await tx.query(LIMIT, [runId, limit]);
}

// Attachments have a subject, or a tag that is named after its digest.
const ADD_ATTACHED = `
  WITH RECURSIVE attachments AS MATERIALIZED (
    SELECT digest, subject_digest AS subject FROM manifests WHERE repository_id = $2 AND subject_digest IS NOT NULL
     UNION
    SELECT m.digest, regexp_replace(t.name, '^(sha256|sha512)-([0-9a-f]+).*$', '\\1:\\2')
      FROM tags t JOIN manifests m ON m.id = t.manifest_id
     WHERE t.repository_id = $2 AND t.attached_as IS NOT NULL
       AND t.name ~ '^(sha256|sha512)-[0-9a-f]+([.](sig|att|sbom))?$'
  ), going AS (
    SELECT a.digest, i.digest AS root, i.rule_priority FROM lifecycle_run_images i JOIN attachments a ON a.subject = i.digest
     WHERE i.run_id = $1 AND i.outcome = 'planned' AND i.action = 'expire'
     UNION
    SELECT a.digest, going.root, going.rule_priority FROM going JOIN attachments a ON a.subject = going.digest
  ), attached AS (
    SELECT DISTINCT ON (digest) digest, root, rule_priority FROM going
     WHERE digest NOT IN (SELECT digest FROM lifecycle_run_images WHERE run_id = $1)
  )
  INSERT INTO lifecycle_run_images
    (run_id, position, digest, tags, pushed_at, last_pulled_at, is_archived, rule_priority, action, outcome, goes_with)
  SELECT $1, $3 + row_number() OVER (ORDER BY m.id), m.digest,
         ARRAY(SELECT name FROM tags t WHERE t.manifest_id = m.id ORDER BY name), m.pushed_at, m.last_pulled_at,
         m.is_archived, a.rule_priority, 'expire', 'planned', a.root
    FROM attached a JOIN manifests m ON m.repository_id = $2 AND m.digest = a.digest`;

/** Adds the signatures and other attachments of what expires. @param after the highest position so far */
export async function addAttached(
  tx: pg.ClientBase,
  { runId, repositoryId, after }: { runId: string; repositoryId: bigint; after: number },
): Promise<void> {
  await tx.query(ADD_ATTACHED, [runId, repositoryId, after]);
}

// Deleted content still links its blobs, until it can't be restored any more.
const FREED = `
  WITH going AS MATERIALIZED (
    SELECT m.id FROM lifecycle_run_images i JOIN manifests m ON m.repository_id = $2 AND m.digest = i.digest
     WHERE i.run_id = $1 AND i.outcome = 'planned' AND i.action = 'expire'
  ), named AS MATERIALIZED (
    SELECT e.digest, bool_and(going.id IS NOT NULL) AS is_freed
      FROM manifest_blobs e LEFT JOIN going ON going.id = e.manifest_id
     WHERE e.repository_id = $2 GROUP BY e.digest
  )
  SELECT coalesce(sum(freed.size_bytes), 0)::text AS bytes FROM (
    SELECT DISTINCT b.id, b.size_bytes
      FROM named JOIN repository_blobs l ON l.repository_id = $2 AND l.digest = named.digest JOIN blobs b ON b.id = l.blob_id
     WHERE named.is_freed
       AND NOT EXISTS (SELECT FROM repository_blobs o JOIN repositories r ON r.id = o.repository_id
                        WHERE o.blob_id = b.id AND o.repository_id <> $2 AND r.registry_id > 0)) AS freed`;

/** Sums the blobs that nothing else uses. */
export async function sumFreed(
  tx: pg.ClientBase,
  { runId, repositoryId }: { runId: string; repositoryId: bigint },
): Promise<bigint> {
  const { rows } = await tx.query<{ bytes: string }>(FREED, [runId, repositoryId]);
  return BigInt(rows[0]?.bytes ?? 0);
}

// A preview is over once it is planned.
const NOTE = `
  UPDATE lifecycle_runs SET image_count = $2, image_limit = $3, freed_bytes = $4,
         finished_at = CASE WHEN is_preview THEN clock_timestamp() END
   WHERE id = $1`;

export async function notePlan(
  tx: pg.ClientBase,
  runId: string,
  { imageCount, imageLimit, freedBytes }: { imageCount: number; imageLimit: number; freedBytes: bigint },
): Promise<void> {
  await tx.query(NOTE, [runId, imageCount, imageLimit, freedBytes]);
}

const START = `
  INSERT INTO lifecycle_runs (id, repository_id, is_preview, text, protected_tags)
  SELECT $1, id, $3, $4, protected_tags FROM repositories WHERE id = $2
  RETURNING protected_tags AS "protectedTags"`;

/** Returns the protected tags, or null if the repository is gone. */
export async function insertRun(
  tx: pg.ClientBase,
  { runId, repositoryId, isPreview, text }: { runId: string; repositoryId: bigint; isPreview: boolean; text: string },
): Promise<string[] | null> {
  const { rows } = await tx.query<{ protectedTags: string[] }>(START, [runId, repositoryId, isPreview, text]);
  return rows[0]?.protectedTags ?? null;
}

const REMOVE_PREVIEW = `
  WITH previewing AS MATERIALIZED (
    SELECT pg_try_advisory_xact_lock(hashtextextended('lifecycle-preview:' || $1::bigint, 0)) AS is_first
  ), removed AS (
    DELETE FROM lifecycle_runs WHERE repository_id = $1 AND is_preview AND (SELECT is_first FROM previewing)
  )
  SELECT is_first AS "isFirst" FROM previewing`;

/** Makes room for a preview. Returns false while another one is being planned. */
export async function replacePreview(tx: pg.ClientBase, repositoryId: bigint): Promise<boolean> {
  const { rows } = await tx.query<{ isFirst: boolean }>(REMOVE_PREVIEW, [repositoryId]);
  return rows[0]?.isFirst ?? false;
}
