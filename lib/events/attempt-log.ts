// Audits sign-ins, denied writes and API calls that change nothing. Anonymous clients can cause any number of them, so equal attempts share one row per hour,
// and the number of new rows per hour is limited. Attempts are counted in memory and flushed every second, like pulls.
import { createHash } from 'node:crypto';
import type pg from 'pg';
import { toAppError } from '#lib/platform/errors.ts';
import { networkOf, normaliseAddress } from '#lib/platform/http/client-network.ts';
import type { Log } from '#lib/platform/log.ts';
import type { AttemptType } from './event-types.ts';
import { drawAuditIds, saveAttempts, type AttemptColumns } from './attempt-log.sql.ts';
import { cleanTarget, cleanUserAgent } from './clean-text.ts';
import { startFlushLoop, type FlushLoop } from '#lib/platform/concurrency/flush-loop.ts';

const FLUSH_INTERVAL_MS = 1_000;
const HOUR_MS = 3_600_000;
/** New rows per hour. Beyond that, attempts are aggregated by action. */
const MAX_ROWS = 5_000;
/** New rows per hour for each user or anonymous network. Beyond that, attempts are aggregated by action and client. */
const MAX_ROWS_PER_CLIENT = 100;

export type Attempt = {
  action: AttemptType;
  /** A full repository name, an email address, or empty. */
  target: string;
  /** The repository's alias. Members of that registry may read the row. */
  alias?: string | null;
  /** The AWS operation, such as `ecr:DescribeImages`. */
  operation?: string;
  /** The error code of a failed attempt. */
  reason?: string;
  /** Null if anonymous or unknown. */
  userId: string | null;
  credential?: string | null;
  accessTokenId?: string | null;
  accessKeyId?: string | null;
  address: string | null;
  userAgent: string | null;
};

export type AttemptLog = FlushLoop & {
  /** Never throws or blocks. */
  note: (attempt: Attempt) => void;
};

type Row = { attempt: Attempt; id: string | null; pending: number; atMs: number; lastAtMs: number };

export function createAttemptLog({ pool, log }: { pool: pg.Pool; log: Log }): AttemptLog {
  /** The rows of the current hour, including those already written. */
  const rows = new Map<string, Row>();
  const rowCounts = new Map<string, number>();
  let hour = currentHour();

  const find = (attempt: Attempt): Row | undefined => rows.get(toKey(attempt));
  const add = (attempt: Attempt): Row => {
    const row = { attempt, id: null, pending: 0, atMs: Date.now(), lastAtMs: 0 };
    rows.set(toKey(attempt), row);
    return row;
  };

  const addNew = (attempt: Attempt): Row => {
    const client = attempt.userId ?? networkOf(attempt.address ?? '');
    const rowCount = rowCounts.get(client) ?? 0;
    if (rows.size < MAX_ROWS && rowCount < MAX_ROWS_PER_CLIENT) {
      rowCounts.set(client, rowCount + 1);
      return add(attempt);
    }
    const byClient = aggregateByClient(attempt);
    const existing = find(byClient);
    if (existing) return existing;
    if (rows.size < MAX_ROWS) return add(byClient);
    const byAction = aggregateByAction(attempt);
    return find(byAction) ?? add(byAction);
  };

  const write = async (): Promise<void> => {
    const batch = [...rows.values()].filter(({ pending }) => pending > 0);
    const counts = batch.map((row) => row.pending);
    for (const row of batch) row.pending = 0;
    try {
      if (batch.length > 0) await upsert(pool, batch, counts);
    } catch (error) {
      // While the database is unavailable, keep the counts for the next flush. The map is bounded.
      const isUnavailable = toAppError(error).code === 'unavailable';
      if (isUnavailable) for (const [i, row] of batch.entries()) row.pending += counts[i] ?? 0;
      log.warn(
        { err: error, willRetry: isUnavailable },
        'failed to write sign-ins, API calls and denied requests to the audit log',
      );
      if (isUnavailable) return;
    }
    if (currentHour() === hour) return;
    hour = currentHour();
    rowCounts.clear();
    for (const [key, row] of rows) if (row.pending === 0) rows.delete(key);
  };

  const loop = startFlushLoop(FLUSH_INTERVAL_MS, write);
  const note = (raw: Attempt): void => {
    const attempt = clean(raw);
    const row = find(attempt) ?? addNew(attempt);
    row.pending += 1;
    row.lastAtMs = Date.now();
  };
  return { ...loop, note };
}

function currentHour(): number {
  return Math.floor(Date.now() / HOUR_MS);
}

/** Hashes the attempt, so that a key takes little memory whatever the client sends. */
function toKey(attempt: Attempt): string {
  return createHash('sha256').update(JSON.stringify(attempt)).digest('base64');
}

function clean({ target, address, userAgent, ...rest }: Attempt): Attempt {
  return {
    ...rest,
    target: cleanTarget(target),
    address: address && (normaliseAddress(address) ?? address),
    userAgent: userAgent && cleanUserAgent(userAgent),
  };
}

function aggregateByClient({ action, userId, address }: Attempt): Attempt {
  return {
    action,
    target: '',
    userId,
    address: userId === null && address ? networkOf(address) : null,
    userAgent: null,
  };
}

function aggregateByAction({ action }: Attempt): Attempt {
  return { action, target: '', userId: null, address: null, userAgent: null };
}

async function upsert(pool: pg.Pool, batch: Row[], counts: number[]): Promise<void> {
  const unwritten = batch.filter(({ id }) => id === null);
  if (unwritten.length > 0) {
    const ids = await drawAuditIds(pool, unwritten.length);
    for (const [i, row] of unwritten.entries()) row.id = ids[i] ?? null;
  }
  await saveAttempts(
    pool,
    batch.map((row, i) => toColumns(row, counts[i] ?? 0)),
  );
}

function toColumns({ attempt, id, atMs, lastAtMs }: Row, count: number): AttemptColumns {
  const {
    userId,
    alias,
    action,
    target,
    operation,
    reason,
    address,
    userAgent,
    credential,
    accessTokenId,
    accessKeyId,
  } = attempt;
  return {
    id,
    at: new Date(atMs),
    last_at: new Date(lastAtMs),
    count,
    actor_id: userId,
    alias,
    action,
    target,
    after: operation === undefined && reason === undefined ? null : { operation, reason },
    address,
    user_agent: userAgent,
    credential,
    access_token_id: accessTokenId,
    access_key_id: accessKeyId,
  };
}
