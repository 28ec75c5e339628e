// The statements of a recorded manifest, on one connection of pg. Each is prepared once.
import type pg from 'pg';
import type { Workflow } from '#lib/access/trust/find-workflow.ts';
import type { AttachedAs } from '#lib/oci/attached-as.ts';
import type { Digest } from '#lib/oci/digest.ts';
import { MANIFEST_TYPES } from '#lib/oci/media-types.ts';
import type { TagMutabilityRule } from '#lib/repositories/tag-mutability/schema.ts';
import type { ManifestRows } from './manifest-rows.ts';
import type { ImageFacts } from './read-image-config.ts';

/** At most so many missing blobs are named. */
export const MAX_NAMED_MISSING = 1_000;

/**
 * Keeps plans for the transaction. Every statement here goes by key, and planning, which includes the job queue's functions, costs more
 * than executing. Without `enable_seqscan = off`, a plan cached while a table was small would scan it sequentially for good.
 */
export const KEEP_PLANS = 'SET LOCAL plan_cache_mode = force_generic_plan; SET LOCAL enable_seqscan = off';

const MARK_PUSHED = `
  UPDATE repositories SET version = version + 1, last_pushed_at = clock_timestamp(), updated_at = clock_timestamp()
   WHERE id = $1 AND registry_id = $2
  RETURNING version, quarantine_reason AS "quarantineReason", tag_mutability AS "tagMutability", tag_exclusions AS "tagExclusions",
            EXISTS (SELECT FROM webhooks w WHERE w.registry_id = $2) AS "hasWebhooks"`;

export type MarkedRepository = {
  version: number;
  quarantineReason: string | null;
  /** Of its registry. */
  hasWebhooks: boolean;
} & TagMutabilityRule;

/** Locks the repository and raises its version. Null: the registry doesn't own it any more. */
export async function markPushed(
  tx: pg.ClientBase,
  { id, registryKey }: { id: bigint; registryKey: bigint },
): Promise<MarkedRepository | null> {
  const values = [id, registryKey];
  const { rows } = await tx.query<MarkedRepository>({ name: 'mark-pushed', text: MARK_PUSHED, values });
  return rows[0] ?? null;
}

const SUM_LINKED = `
  WITH linked AS (
    SELECT l.digest, b.size_bytes FROM repository_blobs l JOIN blobs b ON b.id = l.blob_id
     WHERE l.repository_id = $1 AND l.digest = ANY ($2::text[]) AND b.damage IS NULL FOR SHARE OF l)
  SELECT coalesce(sum(size_bytes), 0)::text AS bytes,
         ARRAY(SELECT digest FROM unnest($3::text[]) WITH ORDINALITY AS needed (digest, nth)
                WHERE digest NOT IN (SELECT digest FROM linked) ORDER BY nth LIMIT ${MAX_NAMED_MISSING}) AS missing
    FROM linked`;

export type LinkedSum = {
  /** An integer. */
  bytes: string;
  /** The first `MAX_NAMED_MISSING`. */
  missing: string[];
};

/** Sums the stored sizes of linked blobs, and locks their links. In the database, because a manifest may name tens of thousands. */
export async function sumLinked(
  tx: pg.ClientBase,
  { repositoryId, digests, needed }: { repositoryId: bigint; digests: string; needed: string },
): Promise<LinkedSum> {
  const values = [repositoryId, digests, needed];
  const { rows } = await tx.query<LinkedSum>({ name: 'sum-linked-blobs', text: SUM_LINKED, values });
  return rows[0] ?? { bytes: '0', missing: [] };
}

const LIST_MISSING_CHILDREN = `
  SELECT digest FROM jsonb_to_recordset($2) AS c (digest text, media_type text)
   WHERE media_type = ANY ($3) AND NOT EXISTS (SELECT FROM manifests m WHERE m.repository_id = $1 AND m.digest = c.digest)
   LIMIT ${MAX_NAMED_MISSING}`;

/** Lists the manifests of an index that the repository lacks. The repository's lock keeps the others from being deleted. */
export async function listMissingChildren(
  tx: pg.ClientBase,
  { repositoryId, children }: { repositoryId: bigint; children: string },
): Promise<string[]> {
  const values = [repositoryId, children, MANIFEST_TYPES];
  const { rows } = await tx.query<{ digest: string }>({
    name: 'list-missing-children',
    text: LIST_MISSING_CHILDREN,
    values,
  });
  return rows.map((row) => row.digest);
}

const FIND_TAGS = 'SELECT name FROM tags WHERE repository_id = $1 AND name = ANY ($2::text[])';

/** Returns those of the tags that exist. */
export async function findExistingTags(
  tx: pg.ClientBase,
  { repositoryId, tags }: { repositoryId: bigint; tags: string[] },
): Promise<Set<string>> {
  const values = [repositoryId, tags];
  const { rows } = await tx.query<{ name: string }>({ name: 'find-tags', text: FIND_TAGS, values });
  return new Set(rows.map(({ name }) => name));
}

// Pushing the same bytes again can change only their Content-Type, and whether they count as an attachment. It also restores
// them from the archive, because what was just pushed must be pullable. An index may list manifests that aren't stored here (a
// sparse index), so only stored ones add to its size. Nested indexes can add up to any number.
const SAVE_MANIFEST = `
  WITH manifest AS (
    INSERT INTO manifests (repository_id, digest, media_type, artifact_type, config_media_type, subject_digest, annotations,
      payload, size_bytes, content_bytes, os, architecture, variant, image_created_at, pushed_at, pushed_by_id, attached_as)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9,
      least(${Number.MAX_SAFE_INTEGER}, $10::bigint + (
        SELECT coalesce(sum((SELECT content_bytes FROM manifests m WHERE m.repository_id = $1 AND m.digest = c.digest)), 0)
          FROM (SELECT DISTINCT digest FROM jsonb_to_recordset($17) AS c (digest text)) AS c)),
      $11, $12, $13, $14, clock_timestamp(), $15, $18)
    ON CONFLICT (repository_id, digest) DO UPDATE SET media_type = excluded.media_type,
      attached_as = CASE WHEN excluded.attached_as IS NOT NULL THEN manifests.attached_as END,
      activated_at = CASE WHEN manifests.is_archived THEN clock_timestamp() ELSE manifests.activated_at END, is_archived = false
    RETURNING id
  ), blobs AS (
    INSERT INTO manifest_blobs (manifest_id, repository_id, kind, position, digest, media_type, size_bytes)
    SELECT manifest.id, $1::bigint, b.kind, b.position, b.digest, b.media_type, b.size_bytes
      FROM manifest, jsonb_to_recordset($16) AS b (
        kind "ManifestBlobKind", position integer, digest text, media_type text, size_bytes bigint)
    ON CONFLICT DO NOTHING
  ), children AS (
    INSERT INTO manifest_children (parent_id, position, digest, media_type, size_bytes, os, architecture, variant)
    SELECT manifest.id, c.position, c.digest, c.media_type, c.size_bytes, c.os, c.architecture, c.variant
      FROM manifest, jsonb_to_recordset($17) AS c (
        position integer, digest text, media_type text, size_bytes bigint, os text, architecture text, variant text)
    ON CONFLICT DO NOTHING
  )
  SELECT EXISTS (
    SELECT FROM manifest_children c
     WHERE c.digest = $2 AND (SELECT p.repository_id FROM manifests p WHERE p.id = c.parent_id) = $1
  ) AS "isListed"`;

export type NewManifest = {
  repositoryId: bigint;
  digest: Digest;
  rows: ManifestRows;
  payload: Buffer;
  blobBytes: bigint;
  facts: ImageFacts;
  pushedById: string | null;
  attachedAs: AttachedAs | null;
};

/** `isListed`: whether an existing index of the repository references this manifest. */
export type SavedManifest = { isListed: boolean };

export async function insertManifest(tx: pg.ClientBase, manifest: NewManifest): Promise<SavedManifest | null> {
  const { repositoryId, digest, rows: row, payload, blobBytes, facts, pushedById, attachedAs } = manifest;
  const values = [
    ...[repositoryId, digest, row.mediaType, row.artifactType, row.config?.mediaType ?? null],
    ...[row.subject, row.annotations],
    ...[payload, payload.length, blobBytes, facts.os, facts.architecture, facts.variant, facts.imageCreatedAt],
    ...[pushedById, row.blobs, row.children],
    attachedAs,
  ];
  const { rows } = await tx.query<SavedManifest>({ name: 'save-manifest', text: SAVE_MANIFEST, values });
  return rows[0] ?? null;
}

// Every move of a tag records an event. Pushing the same manifest again doesn't.
const SET_TAGS = `
  WITH before AS (
    SELECT name, (
        SELECT m.digest FROM tags t JOIN manifests m ON m.id = t.manifest_id WHERE t.repository_id = $1 AND t.name = named.name
      ) AS digest
      FROM unnest($2::text[]) AS named (name)
  ), saved AS (
    INSERT INTO tags (repository_id, name, manifest_id, pushed_at, checked_at, attached_as)
    SELECT $1::bigint, name, m.id, clock_timestamp(), CASE WHEN $5 THEN clock_timestamp() END, named.attached_as
      FROM unnest($2::text[], $6::text[]) AS named (name, attached_as), manifests m WHERE m.repository_id = $1 AND m.digest = $3
    ON CONFLICT (repository_id, name) DO UPDATE
      SET manifest_id = excluded.manifest_id, pushed_at = excluded.pushed_at, checked_at = excluded.checked_at, gone_since = NULL,
          attached_as = excluded.attached_as
  )
  INSERT INTO tag_events (repository_id, tag, from_digest, to_digest, user_id, at)
  SELECT $1::bigint, name, digest, $3, $4::uuid, clock_timestamp() FROM before WHERE digest IS DISTINCT FROM $3
  RETURNING tag, from_digest AS "fromDigest"`;

export type NewTags = {
  repositoryId: bigint;
  tags: string[];
  digest: Digest;
  userId: string | null;
  /** Whether the tags were compared with an upstream just now. */
  isChecked: boolean;
  /** Of each tag. */
  attached: (AttachedAs | null)[];
};

export type MovedTag = { tag: string; fromDigest: string | null };

/** Points tags to a manifest, and returns those that pointed to another one or didn't exist. */
export async function moveTags(tx: pg.ClientBase, input: NewTags): Promise<MovedTag[]> {
  const { repositoryId, tags, digest, userId, isChecked, attached } = input;
  const values = [repositoryId, tags, digest, userId, isChecked, attached];
  const { rows } = await tx.query<MovedTag>({ name: 'set-tags', text: SET_TAGS, values });
  return rows;
}

const SAVE_ORIGIN = `
  INSERT INTO manifest_origins (manifest_id, origin)
  SELECT id, $3 FROM manifests WHERE repository_id = $1 AND digest = $2
  ON CONFLICT (manifest_id) DO UPDATE SET origin = excluded.origin`;

/** Marks a manifest that arrived by replication. */
export async function saveOrigin(
  tx: pg.ClientBase,
  { repositoryId, digest, origin }: { repositoryId: bigint; digest: Digest; origin: string },
): Promise<void> {
  await tx.query({ name: 'save-origin', text: SAVE_ORIGIN, values: [repositoryId, digest, origin] });
}

const SAVE_WORKFLOW = `
  INSERT INTO manifest_workflows (manifest_id, workflow, pushed_at)
  SELECT id, $3::jsonb, clock_timestamp() FROM manifests WHERE repository_id = $1 AND digest = $2
  ON CONFLICT (manifest_id) DO UPDATE SET workflow = excluded.workflow, pushed_at = excluded.pushed_at`;

/** Replaces the workflow that pushed the manifest before. */
export async function saveWorkflow(
  tx: pg.ClientBase,
  { repositoryId, digest, workflow }: { repositoryId: bigint; digest: Digest; workflow: Workflow },
): Promise<void> {
  const values = [repositoryId, digest, JSON.stringify(workflow)];
  await tx.query({ name: 'save-workflow', text: SAVE_WORKFLOW, values });
}
