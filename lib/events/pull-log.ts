// Who pulled what. Pulls are counted in memory and flushed every second, equal ones as one row with a count. A pull never waits for it;
// a process that is killed loses at most what it counted since its last flush.
import type pg from 'pg';
import { batches } from '#lib/platform/concurrency/batches.ts';
import { toAppError } from '#lib/platform/errors.ts';
import { networkOf, normaliseAddress } from '#lib/platform/http/client-network.ts';
import type { Log } from '#lib/platform/log.ts';
import { cleanUserAgent } from './clean-text.ts';
import { startFlushLoop, type FlushLoop } from '#lib/platform/concurrency/flush-loop.ts';

const FLUSH_INTERVAL_MS = 1_000;
/** Rows in memory. With more, pulls are told apart by repository alone. */
const MAX_ROWS = 10_000;
/** Rows of one network in a flush. With more, its pulls aren't told apart by user agent and address: both are the client's to choose. */
const MAX_ROWS_PER_NETWORK = 50;

export type Pull = {
  registryKey: bigint;
  /** As the client wrote it, alias included. */
  fullName: string;
  /** Without the alias. */
  name: string;
  /** Null for a pull by digest. */
  tag: string | null;
  digest: string | null;
  /** Null: anonymous. */
  userId: string | null;
  credential: string | null;
  accessTokenId: string | null;
  address: string | null;
  userAgent: string | null;
};

export type PullLog = FlushLoop & {
  /** Never throws, never waits. */
  record: (pull: Pull) => void;
};

type Row = { pull: Pull; count: number; atMs: number; lastAtMs: number };

/** `keepDays` of 0 records nothing. */
export function createPullLog({ pool, log, keepDays }: { pool: pg.Pool; log: Log; keepDays: number }): PullLog {
  let rows = new Map<string, Row>();
  let rowsOfNetwork = new Map<string, number>();
  let dropped = 0;
  let isDatabaseAway = false;

  /** False: there is no room. */
  const tryAdd = (row: Row, maxRows: number): boolean => {
    const key = toKey(row.pull);
    const known = rows.get(key);
    if (known) {
      known.count += row.count;
      known.atMs = Math.min(known.atMs, row.atMs);
      known.lastAtMs = Math.max(known.lastAtMs, row.lastAtMs);
      return true;
    }
    if (rows.size >= maxRows) return false;
    rows.set(key, row);
    return true;
  };

  const add = (row: Row): void => {
    const { pull, ...counted } = row;
    if (tryAdd(row, MAX_ROWS) || tryAdd({ pull: onlyRepository(pull), ...counted }, 2 * MAX_ROWS)) return;
    dropped += row.count;
  };

  /** A pull that equals none in memory. */
  const addNew = (pull: Pull): void => {
    const network = pull.address === null ? '' : networkOf(pull.address);
    const ofNetwork = rowsOfNetwork.get(network) ?? 0;
    rowsOfNetwork.set(network, ofNetwork + 1);
    const folded = ofNetwork < MAX_ROWS_PER_NETWORK ? pull : { ...pull, address: network || null, userAgent: null };
    const now = Date.now();
    add({ pull: folded, count: 1, atMs: now, lastAtMs: now });
    if (rows.size >= MAX_ROWS && !isDatabaseAway) void loop.flush();
  };

  const write = async (): Promise<void> => {
    const batch = [...rows.values()];
    rows = new Map();
    rowsOfNetwork = new Map();
    isDatabaseAway = false;
    for (const part of batches(batch)) {
      try {
        if (isDatabaseAway) part.forEach(add);
        else await insert(pool, part);
      } catch (error) {
        isDatabaseAway = toAppError(error).code === 'unavailable';
        if (isDatabaseAway) part.forEach(add);
        else dropped += part.reduce((sum, { count }) => sum + count, 0);
        log.warn({ err: error, isRetried: isDatabaseAway }, 'pulls could not be written to the audit');
      }
    }
    if (dropped > 0) log.warn({ dropped }, 'pulls are missing in the audit: more came than could be written');
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
  const { registryKey, fullName, tag, digest, accessTokenId, userId, address, userAgent } = pull;
  return `${registryKey} ${fullName} ${tag} ${digest} ${accessTokenId ?? userId} ${address} ${userAgent}`;
}

function onlyRepository({ registryKey, fullName, name }: Pull): Pull {
  const nobody = { userId: null, credential: null, accessTokenId: null, address: null, userAgent: null };
  return { registryKey, fullName, name, tag: null, digest: null, ...nobody };
}

const INSERT = `
  INSERT INTO audit_pulls (
    at, last_at, count, registry_id, full_name, repository_name, tag, digest, actor_id, actor_label, is_member,
    credential, access_token_id, address, user_agent)
  SELECT p.at, p.last_at, p.count, p.registry_id, p.full_name, p.repository_name, p.tag, p.digest, p.actor_id,
         CASE WHEN p.actor_id IS NULL THEN 'anonymous' ELSE coalesce(u.email, 'deleted account') END,
         m.user_id IS NOT NULL, p.credential, p.access_token_id, p.address, p.user_agent
    FROM jsonb_to_recordset($1::jsonb) AS p (
      at timestamptz, last_at timestamptz, count int, registry_id bigint, full_name text, repository_name text, tag text,
      digest text, actor_id uuid, credential text, access_token_id uuid, address text, user_agent text)
    LEFT JOIN users u ON u.id = p.actor_id
    LEFT JOIN members m ON m.user_id = p.actor_id AND m.registry_id = p.registry_id
   ORDER BY p.at`;

async function insert(pool: pg.Pool, rows: Row[]): Promise<void> {
  if (rows.length === 0) return;
  await pool.query({ name: 'record-pulls', text: INSERT, values: [JSON.stringify(rows.map(toColumns))] });
}

function toColumns({ pull, count, atMs, lastAtMs }: Row) {
  const { registryKey, fullName, name, tag, digest, userId, credential, accessTokenId, address, userAgent } = pull;
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
    address: address && (normaliseAddress(address) ?? address),
    user_agent: userAgent && cleanUserAgent(userAgent),
  };
}
