import type pg from 'pg';
import type { ChangeOf } from '#lib/events/event-types.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { type Caller, findUserId } from '#lib/access/schema.ts';
import { attachedByTag } from '#lib/oci/attached-as.ts';
import type { Digest } from '#lib/oci/digest.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Turns } from '#lib/platform/concurrency/take-turns.ts';
import { sendTogether } from '#lib/platform/pg/driver-internals.ts';
import { inTransaction } from '#lib/platform/pg/transaction.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import { toTextList, type ManifestRows } from './manifest-rows.ts';
import type { ImageFacts } from './read-image-config.ts';
import { refuseQuarantined } from '#lib/repositories/refuse-quarantined.ts';
import { recountIndexes } from '#lib/repositories/deletions/recount-indexes.ts';

export type RecordManifestInput = {
  /** The system principal records what a mirrored repository fetches, whose blobs are fetched on demand. */
  caller: Caller;
  repository: FoundRepository;
  digest: Digest;
  rows: ManifestRows;
  /** The bytes as pushed or fetched. */
  payload: Buffer;
  facts: ImageFacts;
  tags: string[];
  /** Set by the operator. Otherwise an image must be complete before it is acknowledged. */
  mayLackLayers?: boolean;
};

type App = { pool: pg.Pool; recordTurns: Turns<bigint> };

/**
 * Records a manifest with its edges and tags in one transaction.
 * @throws AppError `manifest_blob_unknown` with the digests that the repository lacks
 */
export async function recordManifest({ pool, recordTurns }: App, input: RecordManifestInput): Promise<void> {
  // Queueing here instead of on the row lock keeps waiting pushes from holding connections, and serves them in order.
  await recordTurns.take(input.repository.id, () => record(pool, input));
}

async function record(pool: pg.Pool, input: RecordManifestInput): Promise<void> {
  const { caller, repository, digest, rows } = input;
  await inTransaction(pool, async (tx) => {
    // Locking the repository first serializes pushes to it. Tags and edges can't deadlock, and each later statement
    // sees the previous
    // push.
    const [, version, blobBytes] = await Promise.all([
      tx.query(KEEP_PLANS),
      markPushed(tx, input),
      isPushed(caller) ? sumLinkedBlobs(tx, input) : BigInt(rows.describedBytes),
    ]);
    const [{ isListed }, moves] = await sendTogether(tx, () =>
      Promise.all([saveManifest(tx, input, blobBytes), setTags(tx, input)]),
    );
    if (isListed) await recountIndexes(tx, { repositoryId: repository.id, digest });
    await sendTogether(tx, () =>
      recordChange(tx, toChange(input, version), ...moves.map((move) => toMove(input, move))),
    );
  });
}

/**
 * Every statement here goes by key, and planning, which includes the job queue's functions, costs more than executing.
 * Without
 * `enable_seqscan = off`, a plan cached while a table was small would scan it sequentially for good.
 */
const KEEP_PLANS = {
  name: 'keep-plans',
  text: `SELECT set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true)`,
};

// The registry must still own it, because the repository may have been deleted meanwhile.
const MARK_PUSHED = `
  UPDATE repositories SET version = version + 1, last_pushed_at = clock_timestamp(), updated_at = clock_timestamp()
   WHERE id = $1 AND registry_id = $2 RETURNING version, quarantine_reason`;

/** @returns the repository's new version */
async function markPushed(tx: pg.ClientBase, { caller, repository }: RecordManifestInput): Promise<number> {
  const { id, registryKey, fullName } = repository;
  const { rows } = await tx.query<{ version: number; quarantine_reason: string | null }>({
    name: 'mark-pushed',
    text: MARK_PUSHED,
    values: [id, registryKey],
  });
  if (!rows[0]) throw new AppError('repository_not_found', `${fullName} has been deleted.`);
  // It may have been quarantined since the push was authorized. Quarantined mirrors are refused when they are pulled.
  if (isPushed(caller)) refuseQuarantined({ fullName, quarantineReason: rows[0].quarantine_reason });
  return rows[0].version;
}

const MAX_NAMED_MISSING = 1_000;

/** Sums and looks for missing blobs in the database, because a manifest may name tens of thousands. */
const SUM_LINKED = `
  WITH linked AS (
    SELECT l.digest, b.size_bytes FROM repository_blobs l JOIN blobs b ON b.id = l.blob_id
     WHERE l.repository_id = $1 AND l.digest = ANY ($2::text[]) AND b.damage IS NULL FOR SHARE OF l)
  SELECT coalesce(sum(size_bytes), 0)::text AS bytes,
         ARRAY(SELECT digest FROM unnest($3::text[]) WITH ORDINALITY AS needed (digest, nth)
                WHERE digest NOT IN (SELECT digest FROM linked) ORDER BY nth LIMIT ${MAX_NAMED_MISSING}) AS missing
    FROM linked`;

/** Sums the stored sizes of a manifest's blobs, because the sizes in a manifest are only claims. Locks their links. */
async function sumLinkedBlobs(
  tx: pg.ClientBase,
  { repository, rows: { blobDigests, neededDigests, config }, mayLackLayers }: RecordManifestInput,
): Promise<bigint> {
  const needed = mayLackLayers ? toTextList(config ? [config.digest] : []) : neededDigests;
  const { rows } = await tx.query<{ bytes: string; missing: string[] }>({
    name: 'sum-linked-blobs',
    text: SUM_LINKED,
    values: [repository.id, blobDigests, needed],
  });
  const { bytes = '0', missing = [] } = rows[0] ?? {};
  if (missing.length > 0) throw blobsUnknown(missing);
  return BigInt(bytes);
}

/** `digests` are the first missing ones. */
export function blobsUnknown(digests: string[]): AppError {
  return new AppError('manifest_blob_unknown', "The manifest refers to blobs that the repository doesn't have.", {
    detail: digests.slice(0, MAX_NAMED_MISSING).map((digest) => ({ digest })),
  });
}

// Pushing the same bytes again can change only their Content-Type, and whether they count as an attachment. An index
// may list
// manifests that aren't stored here (a sparse index), so only stored ones add to its size. Nested indexes can add up to
// any number.
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
      attached_as = CASE WHEN excluded.attached_as IS NOT NULL THEN manifests.attached_as END
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

/** `isListed`: whether an existing index of the repository references this manifest. */
type SavedManifest = { isListed: boolean };

/** A manifest pushed only under tag names that tools reserve for attachments counts as one, whatever its types say. */
function attachedByTags({ rows: { kind }, tags }: RecordManifestInput) {
  const named = tags.map((tag) => attachedByTag(tag, kind));
  return named.every((as) => as !== null) ? (named[0] ?? null) : null;
}

async function saveManifest(tx: pg.ClientBase, input: RecordManifestInput, blobBytes: bigint): Promise<SavedManifest> {
  const { caller, repository, digest, rows: manifest, payload, facts } = input;
  const values = [
    ...[repository.id, digest, manifest.mediaType, manifest.artifactType, manifest.config?.mediaType ?? null],
    ...[manifest.subject, manifest.annotations],
    ...[payload, payload.length, blobBytes, facts.os, facts.architecture, facts.variant, facts.imageCreatedAt],
    ...[findUserId(caller.principal), manifest.blobs, manifest.children],
    manifest.attachedAs ?? attachedByTags(input),
  ];
  const { rows } = await tx.query<SavedManifest>({ name: 'save-manifest', text: SAVE_MANIFEST, values });
  const [saved] = rows;
  if (!saved) throw new Error(`${digest} wasn't saved`);
  return saved;
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

type TagMove = { tag: string; fromDigest: string | null };

async function setTags(tx: pg.ClientBase, input: RecordManifestInput): Promise<TagMove[]> {
  const { caller, repository, digest, rows: manifest, tags } = input;
  if (tags.length === 0) return [];
  const attached = tags.map((tag) => manifest.attachedAs ?? attachedByTag(tag, manifest.kind));
  const values = [repository.id, tags, digest, findUserId(caller.principal), !isPushed(caller), attached];
  const { rows } = await tx.query<TagMove>({ name: 'set-tags', text: SET_TAGS, values });
  return rows;
}

/** Manifests recorded by the system come from an upstream. */
function isPushed({ principal }: Caller): boolean {
  return principal.kind !== 'system';
}

function toChange(
  { caller, repository, digest, rows, tags }: RecordManifestInput,
  version: number,
): ChangeOf<'manifest.push' | 'manifest.mirror'> {
  const shared = {
    caller,
    registryKey: repository.registryKey,
    resource: { repositoryId: repository.id, name: repository.fullName, digest },
    after: { mediaType: rows.mediaType, tags },
  };
  if (isPushed(caller)) return { ...shared, type: 'manifest.push', facts: { version } };
  const configMediaType = rows.config?.mediaType ?? null;
  return { ...shared, type: 'manifest.mirror', facts: { version, configMediaType } };
}

function toMove(
  { caller, repository, digest }: RecordManifestInput,
  { tag, fromDigest }: TagMove,
): ChangeOf<'tag.create' | 'tag.move'> {
  const shared = {
    caller,
    registryKey: repository.registryKey,
    resource: { repositoryId: repository.id, name: repository.fullName, tag },
    after: { digest },
  };
  if (fromDigest === null) return { ...shared, type: 'tag.create' };
  return { ...shared, type: 'tag.move', before: { digest: fromDigest } };
}
