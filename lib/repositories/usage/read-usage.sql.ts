import type pg from 'pg';
import type { Moved, NetworkClass } from './schema.ts';

export type TrafficDay = Moved & {
  /** A UTC date such as `2026-11-24`. */
  day: string;
  /** Null for a repository that is gone, or if all are summed. */
  repository: string | null;
  network: NetworkClass;
};

type Asked = { registryKey: bigint; from: string; to: string };

/** Reads what moved, by day and network, from the first to the last day. */
export async function readTraffic(
  pool: pg.Pool,
  { registryKey, from, to, isByRepository }: Asked & { isByRepository: boolean },
): Promise<TrafficDay[]> {
  const name = isByRepository ? 'r.name' : 'NULL';
  const names = 'LEFT JOIN repositories r ON r.id = t.repository_id AND r.registry_id = t.registry_id';
  const { rows } = await pool.query<TrafficDay>(
    `SELECT to_char(t.day, 'YYYY-MM-DD') AS day, ${name} AS repository, t.network,
            sum(t.sent_bytes)::float8 AS "sentBytes", sum(t.received_bytes)::float8 AS "receivedBytes"
       FROM traffic t ${isByRepository ? names : ''}
      WHERE t.registry_id = $1 AND t.day BETWEEN $2 AND $3
      GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
    [registryKey, from, to],
  );
  return rows;
}

export type MeasuredDay = { day: string; storedBytes: number; linkedBytes: number };

/** Reads what was stored, by day, from the first to the last day. Leaves out days that weren't measured. */
export async function readStorageDays(pool: pg.Pool, { registryKey, from, to }: Asked): Promise<MeasuredDay[]> {
  const { rows } = await pool.query<MeasuredDay>(
    `SELECT to_char(day, 'YYYY-MM-DD') AS day, stored_bytes::float8 AS "storedBytes", linked_bytes::float8 AS "linkedBytes"
       FROM storage_days WHERE registry_id = $1 AND day BETWEEN $2 AND $3 ORDER BY day`,
    [registryKey, from, to],
  );
  return rows;
}

export type StoredRepository = Moved & { repository: string; storedBytes: number };

/** Lists repositories of a registry, the largest first, with what they moved. A blob that several share counts in each. */
export async function readRepositoryUsage(
  pool: pg.Pool,
  { registryKey, from, to, limit }: Asked & { limit: number },
): Promise<StoredRepository[]> {
  const { rows } = await pool.query<StoredRepository>(
    `WITH stored AS (
       SELECT r.id, r.name, coalesce(sum(b.size_bytes), 0) AS bytes
         FROM repositories r LEFT JOIN repository_blobs l ON l.repository_id = r.id LEFT JOIN blobs b ON b.id = l.blob_id
        WHERE r.registry_id = $1 GROUP BY 1, 2
        ORDER BY bytes DESC, name LIMIT $4
     )
     SELECT s.name AS repository, s.bytes::float8 AS "storedBytes",
            coalesce(sum(t.sent_bytes), 0)::float8 AS "sentBytes",
            coalesce(sum(t.received_bytes), 0)::float8 AS "receivedBytes"
       FROM stored s
       LEFT JOIN traffic t ON t.registry_id = $1 AND t.repository_id = s.id AND t.day BETWEEN $2 AND $3
      GROUP BY s.name, s.bytes ORDER BY s.bytes DESC, s.name`,
    [registryKey, from, to, limit],
  );
  return rows;
}
