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

export type StoredRepository = Moved & { repository: string; storedBytes: number };

/** The repositories of a registry by what they store, with what they moved. A blob that several repositories share counts in each. */
export async function readRepositoryUsage(
  pool: pg.Pool,
  { registryKey, from, to }: Asked,
): Promise<StoredRepository[]> {
  const { rows } = await pool.query<StoredRepository>(
    `WITH stored AS (
       SELECT l.repository_id, sum(b.size_bytes) AS bytes
         FROM repositories r JOIN repository_blobs l ON l.repository_id = r.id JOIN blobs b ON b.id = l.blob_id
        WHERE r.registry_id = $1 GROUP BY 1
     ), moved AS (
       SELECT repository_id, sum(sent_bytes) AS sent, sum(received_bytes) AS received
         FROM traffic WHERE registry_id = $1 AND day BETWEEN $2 AND $3 GROUP BY 1
     )
     SELECT r.name AS repository, coalesce(s.bytes, 0)::float8 AS "storedBytes",
            coalesce(m.sent, 0)::float8 AS "sentBytes", coalesce(m.received, 0)::float8 AS "receivedBytes"
       FROM repositories r LEFT JOIN stored s ON s.repository_id = r.id LEFT JOIN moved m ON m.repository_id = r.id
      WHERE r.registry_id = $1 ORDER BY 2 DESC, 1`,
    [registryKey, from, to],
  );
  return rows;
}
