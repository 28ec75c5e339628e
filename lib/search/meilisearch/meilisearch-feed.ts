// Brings Meilisearch up to date with the search documents. How far it has come stands in Meilisearch itself, so one that lost its
// data, or has been given to another database, is simply filled again.
import { MeilisearchApiError } from 'meilisearch';
import type pg from 'pg';
import { z } from 'zod';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError, errorCode } from '#lib/platform/errors.ts';
import { inTransaction } from '#lib/platform/pg/transaction.ts';
import { FEED_START, readChanges, readSource, type FeedPosition } from './follow-documents.ts';
import { MEILISEARCH_VERSION, toMeilisearchDocument } from './meilisearch-documents.ts';
import { finished, type MeilisearchServer } from './meilisearch-server.ts';
import { MEILISEARCH_SETTINGS } from './meilisearch-settings.ts';

const BATCH = 5_000;
/** Of the advisory lock: one process feeds at a time. */
const LOCK = 7_700;
/** How long a rebuild that an operator asked for waits for another one. */
const LOCK_SECONDS = 60;
/** SQLSTATE of a lock that was waited for too long. */
const LOCK_TIMEOUT = '55P03';

type FeedApp = { db: Db; pool: pg.Pool; server: MeilisearchServer };
type Progress = (done: number, total: number) => void;

/**
 * Sends what has changed. While another process feeds, or rebuilds, nothing is sent.
 * @returns whether there is more that can't be sent yet
 * @throws Error when Meilisearch is away
 */
export async function feedMeilisearch(
  app: FeedApp,
  onProgress: Progress = () => undefined,
): Promise<{ isBehind: boolean }> {
  const fed = await withLock(app.pool, 'pg_try_advisory_xact_lock', async () => {
    const position = await findPosition(app);
    if (position) return catchUp(app, app.server.uids.live, position);
    await rebuild(app, onProgress);
    return { isBehind: false };
  });
  return fed ?? { isBehind: true };
}

/**
 * Fills a new index beside the one that answers, and swaps them when it is complete. Waits for another process that feeds.
 * @throws AppError `conflict` when that takes too long
 */
export async function rebuildMeilisearch(
  app: FeedApp,
  onProgress: Progress,
  { lockSeconds = LOCK_SECONDS } = {},
): Promise<void> {
  await withLock(app.pool, 'pg_advisory_xact_lock', () => rebuild(app, onProgress), lockSeconds);
}

async function rebuild(app: FeedApp, onProgress: Progress): Promise<void> {
  const { writer, uids } = app.server;
  const total = await app.db.searchRepository.count();
  await dropIndex(app.server, uids.next);
  await finished(writer.createIndex(uids.next, { primaryKey: 'id' }));
  await finished(writer.index(uids.next).updateSettings(MEILISEARCH_SETTINGS));
  const isLive = (await findPosition(app)) !== null;
  let done = 0;
  await catchUp(app, uids.next, FEED_START, async (sent) => {
    done += sent;
    onProgress(Math.min(done, total), total);
    // What is pushed meanwhile is found meanwhile.
    const livePosition = isLive ? await findPosition(app) : null;
    if (livePosition) await catchUp(app, uids.live, livePosition);
  });
  await swapIn(app.server);
}

/** Both at once, so that no search meets an index that is half full. */
async function swapIn(server: MeilisearchServer): Promise<void> {
  const { writer, uids } = server;
  await ensureIndex(server, uids.live);
  await finished(writer.swapIndexes([{ indexes: [uids.live, uids.next], rename: false }]));
  const state = await readState(server, uids.next);
  if (state) await writeState(server, { ...state, id: uids.live });
  await dropIndex(server, uids.next);
}

/** Sends changes until there are none; the position is written after each batch, and Meilisearch does its tasks in order. */
async function catchUp(
  app: FeedApp,
  uid: string,
  from: FeedPosition,
  onBatch: (sent: number) => Promise<void> = () => Promise.resolve(),
): Promise<{ isBehind: boolean }> {
  const { db, server } = app;
  const { source } = await readSource(db);
  let position = from;
  let isFirst = from === FEED_START;
  for (;;) {
    const { saved, removed, position: next, isBehind } = await readChanges(db, position, BATCH);
    const sent = saved.length + removed.length;
    if (sent > 0 || isFirst) {
      const index = server.writer.index(uid);
      if (removed.length > 0) await finished(index.deleteDocuments(removed.map(Number)));
      if (saved.length > 0) await finished(index.addDocuments(saved.map(toMeilisearchDocument)));
      await writeState(server, { id: uid, ...next, source, version: MEILISEARCH_VERSION });
      isFirst = false;
      await onBatch(sent);
    }
    if (sent === 0) return { isBehind };
    position = next;
  }
}

const stateSchema = z.object({
  id: z.string(),
  xid: z.string(),
  repositoryId: z.string(),
  source: z.string(),
  version: z.number(),
});
type State = z.infer<typeof stateSchema>;

/** Null: what Meilisearch has is not of this database, not of this version, or nothing. */
async function findPosition({ db, server }: FeedApp): Promise<FeedPosition | null> {
  const state = await readState(server, server.uids.live);
  const { source, nextXid } = await readSource(db);
  const isUsable = state?.source === source && state.version === MEILISEARCH_VERSION && BigInt(state.xid) < nextXid;
  return isUsable && (await hasIndex(server, server.uids.live)) ? state : null;
}

async function readState({ writer, uids }: MeilisearchServer, id: string): Promise<State | null> {
  const found = await ifThere(writer.index(uids.state).getDocument(id));
  return stateSchema.safeParse(found).data ?? null;
}

async function writeState({ writer, uids }: MeilisearchServer, state: State): Promise<void> {
  await finished(writer.index(uids.state).addDocuments([state], { primaryKey: 'id' }));
}

async function ensureIndex(server: MeilisearchServer, uid: string): Promise<void> {
  if (!(await hasIndex(server, uid))) await finished(server.writer.createIndex(uid, { primaryKey: 'id' }));
}

async function hasIndex({ writer }: MeilisearchServer, uid: string): Promise<boolean> {
  return (await ifThere(writer.getRawIndex(uid))) !== null;
}

async function dropIndex(server: MeilisearchServer, uid: string): Promise<void> {
  if (await hasIndex(server, uid)) await finished(server.writer.deleteIndex(uid));
}

async function ifThere<Found>(asked: Promise<Found>): Promise<Found | null> {
  try {
    return await asked;
  } catch (error) {
    const code = error instanceof MeilisearchApiError ? error.cause?.code : undefined;
    if (code === 'index_not_found' || code === 'document_not_found') return null;
    throw error;
  }
}

/**
 * Null: somebody has it, and `pg_try_advisory_xact_lock` does not wait. A background job must not: it would keep a worker from others.
 * The lock belongs to a transaction, so that a pooler leaves us its connection as long as it is held.
 */
async function withLock<Result>(
  pool: pg.Pool,
  take: 'pg_advisory_xact_lock' | 'pg_try_advisory_xact_lock',
  work: () => Promise<Result>,
  lockSeconds = LOCK_SECONDS,
): Promise<Result | null> {
  return inTransaction(pool, async (client) => {
    await client.query(`SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL lock_timeout = '${lockSeconds}s'`);
    if (!(await takeLock(client, take))) return null;
    return work();
  });
}

/** @throws AppError `conflict` with a sentence when another process keeps it */
async function takeLock(client: pg.PoolClient, take: string): Promise<boolean> {
  try {
    const { rows } = await client.query<{ taken: unknown }>(`SELECT ${take}($1) AS taken`, [LOCK]);
    return rows[0]?.taken !== false;
  } catch (cause) {
    if (errorCode(cause) !== LOCK_TIMEOUT) throw cause;
    const sentence = 'Another process is filling the search index. Try again when it is done.';
    throw new AppError('conflict', sentence, { cause });
  }
}
