// Uploads on S3. Each write names its session, so that a writer that was taken over changes nothing.
import type pg from 'pg';
import { inTransaction } from '#lib/platform/pg/transaction.ts';
import type { Multipart, UploadedPart } from './bucket.ts';

/** The bytes after the parts, or all of them. */
export type StagedObject = { key: string; sizeBytes: number; etag: string };

export type StagedState = {
  /** The first bytes of the parts, which can't be read. */
  head: Buffer | null;
  /** Names the parts of this upload. No other upload ever has it. */
  objectId: string;
  version: string;
  multipart: Multipart | null;
  parts: UploadedPart[];
  /** The number of the next part. Parts that a previous writer may still be sending are skipped. */
  nextPart: number;
  object: StagedObject | null;
  /** The first bytes after the parts, while no object has these. A sealed upload can only be continued with them. */
  after: Buffer;
};

type Row = {
  head: Buffer | null;
  object_id: string;
  version: string;
  multipart_key: string | null;
  multipart_id: string | null;
  next_part: number;
  object_key: string | null;
  object_bytes: string;
  object_etag: string | null;
  after_parts: Buffer | null;
};

const COLUMNS =
  'object_id, head, version, multipart_key, multipart_id, next_part, object_key, object_bytes, object_etag, after_parts';

/** Fails if the id is taken. */
export async function insertStaged(pool: pg.Pool, id: string, version: string): Promise<void> {
  const text = 'INSERT INTO staged_objects (id, version) VALUES ($1, $2)';
  await pool.query({ name: 'insert-staged-object', text, values: [id, version] });
}

/** `fence` null: whatever fence the writer has. */
export type Claim = { id: string; session: string; fence: bigint | null };

/** Opens a staged object for one session. Null: there is none, or a higher fence has been used. */
export async function claimStaged(pool: pg.Pool, { id, session, fence }: Claim): Promise<StagedState | null> {
  const { rows } = await pool.query<Row>({
    name: 'claim-staged-object',
    text: `
      UPDATE staged_objects SET session = $2, fence = coalesce($3, fence)
       WHERE id = $1 AND fence <= coalesce($3, fence) RETURNING ${COLUMNS}`,
    values: [id, session, fence === null ? null : String(fence)],
  });
  return rows[0] ? toState(pool, id, rows[0]) : null;
}

async function toState(tx: pg.Pool | pg.ClientBase, id: string, row: Row): Promise<StagedState> {
  const multipart = toMultipart(row);
  const parts = multipart ? await listParts(tx, id) : [];
  return {
    objectId: row.object_id,
    head: parts.length > 0 ? row.head : null,
    version: row.version,
    multipart,
    parts,
    nextPart: row.next_part,
    object: row.object_key === null ? null : toStagedObject(row.object_key, row),
    after: (row.object_key === null && parts.length > 0 && row.after_parts) || Buffer.alloc(0),
  };
}

function toMultipart({ multipart_key: key, multipart_id: uploadId }: Row): Multipart | null {
  return key !== null && uploadId !== null ? { key, uploadId } : null;
}

function toStagedObject(key: string, { object_bytes: sizeBytes, object_etag: etag }: Row): StagedObject {
  return { key, sizeBytes: Number(sizeBytes), etag: etag ?? '' };
}

async function listParts(tx: pg.Pool | pg.ClientBase, id: string): Promise<UploadedPart[]> {
  const { rows } = await tx.query<{ number: number; etag: string; size_bytes: string }>(
    'SELECT number, etag, size_bytes FROM staged_parts WHERE staged_id = $1 ORDER BY number',
    [id],
  );
  return rows.map(({ number, etag, size_bytes: sizeBytes }) => ({ number, etag, sizeBytes: Number(sizeBytes) }));
}

/** Resolves to null when there is none. */
export async function readStagedSize(pool: pg.Pool, id: string): Promise<number | null> {
  const text = 'SELECT size_bytes FROM staged_objects WHERE id = $1';
  const { rows } = await pool.query<{ size_bytes: string }>({ name: 'read-staged-size', text, values: [id] });
  return rows[0] ? Number(rows[0].size_bytes) : null;
}

/** Queues an object for removal before it is written. The statement that names it takes it out of the queue again. */
export async function queueObject(pool: pg.Pool, id: string, key: string): Promise<void> {
  const text = `
    WITH soon AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
    INSERT INTO staged_objects (id, object_key) SELECT $1::uuid, $2::text FROM soon`;
  await pool.query({ name: 'queue-object', text, values: [id, key] });
}

function sumBytes(parts: UploadedPart[]): number {
  return parts.reduce((sum, part) => sum + part.sizeBytes, 0);
}

/** Parts of an unsealed upload keep nothing. */
function toColumn(after: Buffer): Buffer | null {
  return after.length > 0 ? after : null;
}

type Session = { id: string; session: string };

const BEFORE = 'before AS (SELECT object_key FROM staged_objects WHERE id = $1 AND session = $2 FOR UPDATE)';
/** Queues the object that the row named before, because a writer that was taken over may still read it. */
function queueFormer(newKey: string): string {
  return `queued AS (
    INSERT INTO staged_objects (id, object_key) SELECT gen_random_uuid(), former_key FROM staged
     WHERE former_key IS NOT NULL AND former_key IS DISTINCT FROM ${newKey}
  )`;
}

/** Records a sent part, and with it that the bytes before it are no longer in an object. False: the session is over. */
export async function savePart(
  pool: pg.Pool,
  { id, session }: Session,
  {
    version,
    multipart,
    part,
    sizeBytes,
    head,
    after,
  }: Pick<StagedState, 'version' | 'head' | 'after'> & { multipart: Multipart; part: UploadedPart; sizeBytes: number },
): Promise<boolean> {
  const { rowCount } = await pool.query({
    name: 'save-staged-part',
    text: `
      WITH ${BEFORE}, staged AS (
        UPDATE staged_objects SET version = $3, multipart_key = $4, multipart_id = $5, next_part = $6 + 1, size_bytes = $7,
               head = $10, after_parts = $11, object_key = NULL, object_bytes = 0, object_etag = NULL, changed_at = now()
          FROM before WHERE id = $1 AND session = $2 RETURNING id, before.object_key AS former_key
      ), ${queueFormer('NULL')}
      INSERT INTO staged_parts (staged_id, number, etag, size_bytes) SELECT id, $6, $8, $9 FROM staged
      ON CONFLICT (staged_id, number) DO UPDATE SET etag = excluded.etag, size_bytes = excluded.size_bytes`,
    values: [
      id,
      session,
      version,
      multipart.key,
      multipart.uploadId,
      part.number,
      sizeBytes,
      part.etag,
      part.sizeBytes,
      head,
      toColumn(after),
    ],
  });
  return rowCount === 1;
}

/**
 * Saves the state of an upload, except parts that are already recorded. `queuedId` names its object in the queue of
 * objects to be removed. False: the session is over.
 */
export async function saveStaged(
  pool: pg.Pool,
  { id, session }: Session,
  { version, multipart, parts, nextPart, object, after }: Omit<StagedState, 'objectId' | 'head'>,
  queuedId: string | null,
): Promise<boolean> {
  const kept = object ? null : toColumn(after);
  const { rowCount } = await pool.query({
    name: 'save-staged-object',
    text: `
      WITH ${BEFORE}, fresh AS (SELECT id FROM staged_objects WHERE id = $12::uuid FOR UPDATE), staged AS (
        UPDATE staged_objects SET version = $3, multipart_key = $4, multipart_id = $5, next_part = $6,
               object_key = $7, object_bytes = $8, object_etag = $9, size_bytes = $10, after_parts = $13, changed_at = now()
          FROM before WHERE id = $1 AND session = $2 AND ($12::uuid IS NULL OR EXISTS (SELECT FROM fresh))
        RETURNING id, before.object_key AS former_key
      ), named AS (DELETE FROM staged_objects USING staged WHERE staged_objects.id = $12::uuid), ${queueFormer('$7')},
      gone AS (DELETE FROM staged_parts USING staged WHERE staged_id = staged.id AND number > $11)
      SELECT FROM staged`,
    values: [
      id,
      session,
      version,
      multipart?.key ?? null,
      multipart?.uploadId ?? null,
      nextPart,
      object?.key ?? null,
      object?.sizeBytes ?? 0,
      object?.etag ?? null,
      sumBytes(parts) + (object?.sizeBytes ?? kept?.length ?? 0),
      parts.at(-1)?.number ?? 0,
      queuedId,
      kept,
    ],
  });
  return rowCount === 1;
}

/**
 * Moves the parts of an upload to a new one, out of reach of its writer. The upload is gone then, because its last bytes
 * are worth nothing without them. Without parts, it stays as it is. The caller copies the object. Null: there is no such
 * upload.
 */
export async function moveStaged(
  pool: pg.Pool,
  { id, newId, version, skippedParts }: { id: string; newId: string; version: string; skippedParts: number },
): Promise<StagedState | null> {
  return inTransaction(pool, async (client) => {
    const text = `SELECT ${COLUMNS} FROM staged_objects WHERE id = $1 FOR UPDATE`;
    const [row] = (await client.query<Row>(text, [id])).rows;
    if (!row) return null;
    const state = await toState(client, id, row);
    const isMoved = state.parts.length > 0;
    const multipart = isMoved ? state.multipart : null;
    const nextPart = isMoved ? state.nextPart + skippedParts : 1;
    const sizeBytes = sumBytes(state.parts) + state.after.length;
    await client.query(
      `INSERT INTO staged_objects (id, version, multipart_key, multipart_id, next_part, size_bytes, head, after_parts)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [newId, version, multipart?.key, multipart?.uploadId, nextPart, sizeBytes, state.head, toColumn(state.after)],
    );
    if (!isMoved) return { ...state, multipart, nextPart };
    await client.query('UPDATE staged_parts SET staged_id = $2 WHERE staged_id = $1', [id, newId]);
    await client.query(
      `WITH gone AS (DELETE FROM staged_objects WHERE id = $1 RETURNING object_key)
       INSERT INTO staged_objects (id, object_key) SELECT gen_random_uuid(), object_key FROM gone WHERE object_key IS NOT NULL`,
      [id],
    );
    return { ...state, nextPart };
  });
}

export type Discarded = { multipart: Multipart | null; objectKey: string | null };

/** Removes an upload. Null: there is none. */
export async function removeStaged(pool: pg.Pool, id: string): Promise<Discarded | null> {
  const text = 'DELETE FROM staged_objects WHERE id = $1 RETURNING multipart_key, multipart_id, object_key';
  const { rows } = await pool.query<Row>({ name: 'remove-staged-object', text, values: [id] });
  const [row] = rows;
  return row ? { multipart: toMultipart(row), objectKey: row.object_key } : null;
}

export async function listStaged(
  pool: pg.Pool,
  { before, after, limit }: { before: Date; after: string; limit: number },
): Promise<{ id: string; changedAt: Date }[]> {
  const { rows } = await pool.query<{ id: string; changedAt: Date }>(
    `SELECT id, changed_at AS "changedAt" FROM staged_objects WHERE changed_at < $1 AND id > $2 ORDER BY id LIMIT $3`,
    [before, after, limit],
  );
  return rows;
}

/** Lists which of these multipart uploads belong to an upload. */
export async function listKnownMultiparts(pool: pg.Pool, uploadIds: string[]): Promise<string[]> {
  const text = 'SELECT multipart_id FROM staged_objects WHERE multipart_id = ANY ($1)';
  return (await pool.query<{ multipart_id: string }>(text, [uploadIds])).rows.map((row) => row.multipart_id);
}
