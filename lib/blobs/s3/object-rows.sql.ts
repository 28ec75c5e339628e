// Which object holds which blob. The rows belong to the store: they exist before the blob's own row, and after it.
import type { KeyScope } from '#lib/platform/key-scope.ts';
import type pg from 'pg';
import type { BlobKey } from '#lib/blobs/blob-store.ts';
import type { Digest } from '#lib/oci/digest.ts';

export type BlobObject = { objectKey: string; sizeBytes: number; etag: string; storedAt: Date };

type Row = { object_key: string; size_bytes: string; etag: string; stored_at: Date };

function toObject({ object_key: objectKey, size_bytes: sizeBytes, etag, stored_at: storedAt }: Row): BlobObject {
  return { objectKey, sizeBytes: Number(sizeBytes), etag, storedAt };
}

export async function findObject(pool: pg.Pool, { sha256, scope }: BlobKey): Promise<BlobObject | null> {
  const { rows } = await pool.query<Row>({
    name: 'find-blob-object',
    text: 'SELECT object_key, size_bytes, etag, stored_at FROM blob_objects WHERE sha256 = $1 AND scope = $2',
    values: [sha256, scope],
  });
  return rows[0] ? toObject(rows[0]) : null;
}

/** A staged object that becomes a blob, held by the session that finished it. */
export type FinishedObject = {
  stagedId: string;
  session: string;
  objectKey: string;
  sizeBytes: number;
  etag: string;
  /** Names the object in the queue of objects to be removed. Null: the upload's row names it. */
  queuedId: string | null;
};

/** Locked, so that nobody discards them meanwhile. */
const STAGED = `
  fresh AS (SELECT id FROM staged_objects WHERE id = $8::uuid FOR UPDATE),
  staged AS (
    SELECT id, object_key FROM staged_objects
     WHERE id = $6 AND session = $7 AND ($8::uuid IS NULL OR EXISTS (SELECT FROM fresh)) FOR UPDATE
  )`;
/** Removes what is left of the upload. Deletes objects later, because they may still be read. */
const FINISH = `
  gone AS (DELETE FROM staged_objects WHERE id IN ($6, $8::uuid) AND EXISTS (SELECT FROM stored)),
  leftover AS (
    INSERT INTO staged_objects (id, object_key) SELECT gen_random_uuid(), staged.object_key FROM staged, stored
     WHERE staged.object_key <> $3::text
  )`;

function valuesOf({ sha256, scope }: BlobKey, { stagedId, session, ...object }: FinishedObject): unknown[] {
  const { objectKey, sizeBytes, etag, queuedId } = object;
  return [sha256, scope, objectKey, sizeBytes, etag, stagedId, session, queuedId];
}

/** Makes a staged object the blob. False: the blob already has an object, or another session has the staged one. */
export async function insertObject(pool: pg.Pool, key: BlobKey, object: FinishedObject): Promise<boolean> {
  const { rows } = await pool.query<{ is_stored: boolean }>({
    name: 'insert-blob-object',
    text: `
      WITH ${STAGED},
      stored AS (
        INSERT INTO blob_objects (sha256, scope, object_key, size_bytes, etag)
        SELECT $1::text, $2::text, $3::text, $4::bigint, $5::text FROM staged
        ON CONFLICT (sha256, scope) DO NOTHING RETURNING 1
      ), ${FINISH}
      SELECT EXISTS (SELECT FROM stored) AS is_stored`,
    values: valuesOf(key, object),
  });
  return rows[0]?.is_stored === true;
}

/** Puts a staged object in the place of a damaged one. False: another object has taken its place, as for insertObject. */
export async function replaceObject(
  pool: pg.Pool,
  key: BlobKey,
  object: FinishedObject,
  damagedKey: string,
): Promise<boolean> {
  const { rows } = await pool.query<{ is_stored: boolean }>(
    `WITH ${STAGED},
     stored AS (
       UPDATE blob_objects SET object_key = $3, size_bytes = $4, etag = $5, stored_at = now()
        WHERE sha256 = $1 AND scope = $2 AND object_key = $9 AND EXISTS (SELECT FROM staged) RETURNING 1
     ),
     damaged AS (INSERT INTO staged_objects (id, object_key) SELECT gen_random_uuid(), $9 FROM stored), ${FINISH}
     SELECT EXISTS (SELECT FROM stored) AS is_stored`,
    [...valuesOf(key, object), damagedKey],
  );
  return rows[0]?.is_stored === true;
}

/** Protects a blob from garbage collection until its own row is written. False: it is gone, or has another object. */
export async function renewObject(pool: pg.Pool, { sha256, scope }: BlobKey, objectKey: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    'UPDATE blob_objects SET stored_at = now() WHERE sha256 = $1 AND scope = $2 AND object_key = $3',
    [sha256, scope, objectKey],
  );
  return rowCount === 1;
}

/** Removes a blob and leaves its object to be discarded later. False: it was stored after `unlessSince`. */
export async function removeObject(
  pool: pg.Pool,
  { sha256, scope }: BlobKey,
  unlessSince: Date | undefined,
): Promise<boolean> {
  const { rows } = await pool.query<{ is_removed: boolean }>(
    `WITH gone AS (
       DELETE FROM blob_objects WHERE sha256 = $1 AND scope = $2 AND ($3::timestamptz IS NULL OR stored_at <= $3)
       RETURNING object_key
     ), left_behind AS (INSERT INTO staged_objects (id, object_key) SELECT gen_random_uuid(), object_key FROM gone)
     SELECT EXISTS (SELECT FROM gone)
         OR NOT EXISTS (SELECT FROM blob_objects WHERE sha256 = $1 AND scope = $2) AS is_removed`,
    [sha256, scope, unlessSince ?? null],
  );
  return rows[0]?.is_removed === true;
}

export type ListedObject = { sha256: Digest; scope: KeyScope; size_bytes: string; stored_at: Date };

/** Lists blobs in the order of their keys. */
export async function listObjects(
  pool: pg.Pool,
  { after, limit }: { after: { sha256: string; scope: string }; limit: number },
): Promise<ListedObject[]> {
  const { rows } = await pool.query<ListedObject>(
    'SELECT sha256, scope, size_bytes, stored_at FROM blob_objects WHERE (sha256, scope) > ($1, $2) ORDER BY sha256, scope LIMIT $3',
    [after.sha256, after.scope, limit],
  );
  return rows;
}
