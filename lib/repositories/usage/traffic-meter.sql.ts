import type pg from 'pg';
import type { Moved, NetworkClass } from './schema.ts';

export type TrafficRow = Moved & {
  /** Integers. */
  repositoryId: string;
  registryKey: string;
  /** A UTC date such as `2026-11-24`. */
  day: string;
  network: NetworkClass;
};

const ADD_TRAFFIC = `
  INSERT INTO traffic AS t (registry_id, day, repository_id, network, sent_bytes, received_bytes)
  SELECT m.registry_id, m.day, m.repository_id, m.network, m.sent, m.received
    FROM unnest($1::bigint[], $2::date[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[])
      AS m (registry_id, day, repository_id, network, sent, received)
    JOIN registries g ON g.id = m.registry_id
   ORDER BY 1, 2, 3, 4
  ON CONFLICT (registry_id, day, repository_id, network) DO UPDATE
    SET sent_bytes = t.sent_bytes + excluded.sent_bytes, received_bytes = t.received_bytes + excluded.received_bytes`;

/** Adds to the day's counts. Skips registries that are gone. Writes rows in one order, so that it can't deadlock with itself. */
export async function addTraffic(pool: pg.Pool, rows: TrafficRow[]): Promise<void> {
  const values = [
    rows.map((row) => row.registryKey),
    rows.map((row) => row.day),
    rows.map((row) => row.repositoryId),
    rows.map((row) => row.network),
    rows.map((row) => row.sentBytes),
    rows.map((row) => row.receivedBytes),
  ];
  await pool.query({ name: 'add-traffic', text: ADD_TRAFFIC, values });
}
