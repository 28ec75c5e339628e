// Audits pulls. They are aggregated in memory and flushed every second, so that a pull never waits.
// A killed process loses at most the pulls since its last flush.
import type pg from 'pg';
import { batches } from '#lib/platform/concurrency/batches.ts';
import { toAppError } from '#lib/platform/errors.ts';
import { networkOf, normaliseAddress } from '#lib/platform/http/client-network.ts';
import type { Log } from '#lib/platform/log.ts';
import { cleanUserAgent } from './clean-text.ts';
import { createPullSampler } from './outbound/queue-pulls.ts';
import { insertPulls, type PullColumns } from './pull-log.sql.ts';
import { startFlushLoop, type FlushLoop } from '#lib/platform/concurrency/flush-loop.ts';

const FLUSH_INTERVAL_MS = 1_000;
/** Rows in memory. Beyond that, pulls are aggregated by repository. */
const MAX_ROWS = 10_000;
/** Rows per network and flush. Beyond that, user agent and address are dropped, because clients can vary both at will. */
const MAX_ROWS_PER_NETWORK = 50;

export type Pull = {
  registryKey: bigint;
  /** `ALIAS/NAME` as the client wrote it. */
  fullName: string;
  /** Without the alias. */
  name: string;
  /** Null for a pull by digest. */
  tag: string | null;
  digest: string | null;
  /** Null if anonymous. */
  userId: string | null;
  credential: string | null;
  accessTokenId: string | null;
  accessKeyId: string | null;
  address: string | null;
  userAgent: string | null;
};

export type PullLog = FlushLoop & {
  /** Never throws or blocks. */
  record: (pull: Pull) => void;
};

type Row = { pull: Pull; count: number; atMs: number; lastAtMs: number };

/** `keepDays` of 0 disables the log. */
export function createPullLog({ pool, log, keepDays }: { pool: pg.Pool; log: Log; keepDays: number }): PullLog {
  let rows = new Map<string, Row>();
  let rowCounts = new Map<string, number>();
  let dropped = 0;
  let isUnavailable = false;
  const samplePulls = createPullSampler(pool);

  /** Returns false if there is no room. */
  const tryAdd = (row: Row, maxRows: number): boolean => {
    const key = toKey(row.pull);
    const existing = rows.get(key);
    if (existing) {
      existing.count += row.count;
      existing.atMs = Math.min(existing.atMs, row.atMs);
      existing.lastAtMs = Math.max(existing.lastAtMs, row.lastAtMs);
      return true;
    }
    if (rows.size >= maxRows) return false;
    rows.set(key, row);
    return true;
  };

  const add = (row: Row): void => {
    const { pull, ...counted } = row;
    if (tryAdd(row, MAX_ROWS) || tryAdd({ pull: aggregateByRepository(pull), ...counted }, 2 * MAX_ROWS)) return;
    dropped += row.count;
  };

  const addNew = (pull: Pull): void => {
    const network = pull.address === null ? '' : networkOf(pull.address);
    const rowCount = rowCounts.get(network) ?? 0;
    rowCounts.set(network, rowCount + 1);
    const kept = rowCount < MAX_ROWS_PER_NETWORK ? pull : { ...pull, address: network || null, userAgent: null };
    const now = Date.now();
    add({ pull: kept, count: 1, atMs: now, lastAtMs: now });
    if (rows.size >= MAX_ROWS && !isUnavailable) void loop.flush();
  };

  const write = async (): Promise<void> => {
    const batch = [...rows.values()];
    rows = new Map();
    rowCounts = new Map();
    isUnavailable = false;
    for (const part of batches(batch)) {
      try {
        if (isUnavailable) part.forEach(add);
        else if (part.length > 0) await insertPulls(pool, part.map(toColumns));
      } catch (error) {
        isUnavailable = toAppError(error).code === 'unavailable';
        if (isUnavailable) part.forEach(add);
        else dropped += part.reduce((sum, { count }) => sum + count, 0);
        log.warn({ err: error, willRetry: isUnavailable }, 'failed to write pulls to the audit log');
      }
    }
    try {
      if (!isUnavailable && batch.length > 0) await samplePulls(batch.map(({ pull }) => pull));
    } catch (error) {
      log.warn({ err: error }, 'failed to tell webhooks about pulls');
    }
    if (dropped > 0) log.warn({ dropped }, 'dropped pulls from the audit log because its buffer was full');
    dropped = 0;
  };

  const loop = startFlushLoop(FLUSH_INTERVAL_MS, write);
  const record = (pull: Pull): void => {
    const row = rows.get(toKey(pull));
    if (!row) return addNew(pull);
    row.count += 1;
    row.lastAtMs = Date.now();
  };
  return { ...loop, record: keepDays === 0 ? () => undefined : record };
}

function toKey(pull: Pull): string {
  const { registryKey, fullName, tag, digest, accessTokenId, accessKeyId, userId, address, userAgent } = pull;
  return `${registryKey} ${fullName} ${tag} ${digest} ${accessTokenId ?? accessKeyId ?? userId} ${address} ${userAgent}`;
}

function aggregateByRepository({ registryKey, fullName, name }: Pull): Pull {
  const anonymous = {
    userId: null,
    credential: null,
    accessTokenId: null,
    accessKeyId: null,
    address: null,
    userAgent: null,
  };
  return { registryKey, fullName, name, tag: null, digest: null, ...anonymous };
}

function toColumns({ pull, count, atMs, lastAtMs }: Row): PullColumns {
  const { registryKey, fullName, name, tag, digest, userId, credential, accessTokenId, accessKeyId } = pull;
  const { address, userAgent } = pull;
  return {
    at: new Date(atMs),
    last_at: new Date(lastAtMs),
    count,
    registry_id: registryKey.toString(),
    full_name: fullName,
    repository_name: name,
    tag,
    digest,
    actor_id: userId,
    credential,
    access_token_id: accessTokenId,
    access_key_id: accessKeyId,
    address: address && (normaliseAddress(address) ?? address),
    user_agent: userAgent && cleanUserAgent(userAgent),
  };
}
