// Feeds search documents to Meilisearch. The position is stored in Meilisearch itself, so a server that lost its data or got
// another database is simply filled again.
import { MeilisearchApiError } from 'meilisearch';
import type pg from 'pg';
import { z } from 'zod';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError, errorCode } from '#lib/platform/errors.ts';
import { inTransaction } from '#lib/platform/pg/transaction.ts';
import { FEED_START, readChanges, readSource, type FeedPosition } from './follow-documents.sql.ts';
import { lockFeed, setTimeouts } from './meilisearch-feed.sql.ts';
import { MEILISEARCH_VERSION, toMeilisearchDocument } from './meilisearch-documents.ts';
import { finished, type MeilisearchServer } from './meilisearch-server.ts';
import { MEILISEARCH_SETTINGS } from './meilisearch-settings.ts';

const BATCH = 5_000;
const FEED_SECONDS = 10;
/** How long a rebuild by an operator waits for a running feed. */
const LOCK_SECONDS = 60;
/** SQLSTATE lock_not_available, raised by lock_timeout. */
const LOCK_TIMEOUT = '55P03';

type FeedApp = { db: Db; pool: pg.Pool; server: MeilisearchServer };
type Progress = (done: number, total: number) => void;

/**
 * Sends pending changes, unless another process is feeding or rebuilding. Returns after `maxSeconds` and a batch, because changes may arrive
 * as fast as they are sent, and a process that stops waits for this.
 * @returns whether more changes may be pending
 * @throws Error while Meilisearch is unavailable
 */
export async function feedMeilisearch(
  app: FeedApp,
  onProgress: Progress = () => undefined,
  { maxSeconds = FEED_SECONDS } = {},
): Promise<{ isBehind: boolean }> {
  const fed = await withLock(app.pool, { waits: false }, async () => {
    const position = await findPosition(app);
    if (position) return catchUp(app, app.server.uids.live, position, { maxSeconds });
    await rebuild(app, onProgress);
    return { isBehind: false };
  });
  return fed ?? { isBehind: true };
}

/**
 * Fills a new index beside the live one and swaps them when it is complete. Waits for a running feed.
 * @throws AppError `conflict` when the wait times out
 */
export async function rebuildMeilisearch(
  app: FeedApp,
  onProgress: Progress,
  { lockSeconds = LOCK_SECONDS } = {},
): Promise<void> {
  await withLock(app.pool, { waits: true, seconds: lockSeconds }, () => rebuild(app, onProgress));
}

async function rebuild(app: FeedApp, onProgress: Progress): Promise<void> {
  const { writer, uids } = app.server;
  const total = await app.db.searchRepository.count();
  await dropIndex(app.server, uids.next);
  await finished(writer.createIndex(uids.next, { primaryKey: 'id' }));
  await finished(writer.index(uids.next).updateSettings(MEILISEARCH_SETTINGS));
  const isLive = (await findPosition(app)) !== null;
  let done = 0;
  const onBatch = async (sent: number) => {
    done += sent;
    onProgress(Math.min(done, total), total);
    // Keep feeding the live index meanwhile, so that new pushes are found.
    const livePosition = isLive ? await findPosition(app) : null;
    if (livePosition) await catchUp(app, uids.live, livePosition, { maxSeconds: FEED_SECONDS });
  };
  await catchUp(app, uids.next, FEED_START, { onBatch });
  await swapIn(app.server);
}

/** Swaps both at once, so that no search hits a half-filled index. */
async function swapIn(server: MeilisearchServer): Promise<void> {
  const { writer, uids } = server;
  await ensureIndex(server, uids.live);
  await finished(writer.swapIndexes([{ indexes: [uids.live, uids.next], rename: false }]));
  const state = await readState(server, uids.next);
  if (state) await writeState(server, { ...state, id: uids.live });
  await dropIndex(server, uids.next);
}

/**
 * Sends changes until none are pending, or `maxSeconds` are over. Storing the position after each batch is safe because Meilisearch runs tasks in
 * order.
 */
async function catchUp(
  app: FeedApp,
  uid: string,
  from: FeedPosition,
  { maxSeconds = Infinity, onBatch }: { maxSeconds?: number; onBatch?: (sent: number) => Promise<void> } = {},
): Promise<{ isBehind: boolean }> {
  const { db, server } = app;
  const { source } = await readSource(db);
  const endAt = performance.now() + maxSeconds * 1_000;
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
      await onBatch?.(sent);
    }
    if (sent === 0) return { isBehind };
    if (performance.now() >= endAt) return { isBehind: true };
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

/** Null when Meilisearch has no index, or one of another database or version. */
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

type LockWait = { waits: boolean; seconds?: number };

/**
 * Runs `work` under the advisory lock. Without waiting, as background jobs must to not block a worker, null means that another process
 * holds it. The lock is bound to a transaction, so that a pooler keeps the connection.
 */
async function withLock<Result>(
  pool: pg.Pool,
  { waits, seconds = LOCK_SECONDS }: LockWait,
  work: () => Promise<Result>,
): Promise<Result | null> {
  return inTransaction(pool, async (client) => {
    await setTimeouts(client, seconds);
    if (!(await takeLock(client, waits))) return null;
    return work();
  });
}

/** @throws AppError `conflict` when another process holds the lock for too long */
async function takeLock(client: pg.PoolClient, waits: boolean): Promise<boolean> {
  try {
    return await lockFeed(client, waits);
  } catch (cause) {
    if (errorCode(cause) !== LOCK_TIMEOUT) throw cause;
    const message = 'Another process is filling the search index. Try again when it has finished.';
    throw new AppError('conflict', message, { cause });
  }
}
