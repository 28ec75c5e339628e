import type pg from 'pg';
import type { Turns } from '#lib/upstream/client/request-pace.ts';

const RESERVE_TURNS = `
  INSERT INTO upstream_paces AS p (host, full_at) VALUES ($1, now() + $2 * interval '1 millisecond')
  ON CONFLICT (host) DO UPDATE SET full_at = greatest(p.full_at, now()) + $2 * interval '1 millisecond'
   WHERE p.full_at <= now() + $3 * interval '1 millisecond'
  RETURNING (extract(epoch FROM full_at - now()) * 1000)::float8 AS "aheadMs"`;

/** Takes turns from the bucket of a host. Resolves to the wait for the last of them, or Infinity if the first would wait too long. */
export async function reserveTurnRow(
  pool: pg.Pool,
  { host, count, intervalMs, burstMs, maxWaitMs }: Turns,
): Promise<number> {
  const values = [host, count * intervalMs, maxWaitMs + burstMs - intervalMs];
  const { rows } = await pool.query<{ aheadMs: number }>({ name: 'reserve-turns', text: RESERVE_TURNS, values });
  return rows[0] ? rows[0].aheadMs - burstMs : Infinity;
}

/** Deletes the buckets of hosts that nobody has asked for a day, which are full. */
export async function deleteFullBuckets(pool: pg.Pool): Promise<void> {
  await pool.query(`DELETE FROM upstream_paces WHERE full_at < now() - interval '1 day'`);
}
