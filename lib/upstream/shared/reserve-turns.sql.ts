import type pg from 'pg';
import type { ReservedTurns, Turns } from '#lib/upstream/client/request-pace.ts';

// Two processes that insert the row of a host at the same moment may both get all their turns. After that, its lock orders them.
const RESERVE_TURNS = `
  WITH locked AS (SELECT full_at FROM upstream_paces WHERE host = $1 FOR UPDATE),
  ahead AS (
    SELECT greatest(0, coalesce((SELECT extract(epoch FROM full_at - now()) * 1000 FROM locked), 0))::float8 AS ms),
  granted AS (SELECT greatest(0, least($2::int, floor(($3::float8 - ms) / $4::float8)))::int AS count FROM ahead),
  saved AS (
    INSERT INTO upstream_paces AS p (host, full_at)
    SELECT $1, now() + count * $4::float8 * interval '1 millisecond' FROM granted WHERE count > 0
    ON CONFLICT (host) DO UPDATE
      SET full_at = greatest(p.full_at, now()) + (SELECT count FROM granted) * $4::float8 * interval '1 millisecond'
    RETURNING full_at)
  SELECT count, (extract(epoch FROM full_at - now()) * 1000)::float8 AS "aheadMs" FROM saved, granted`;

/** Takes turns from the bucket of a host, as many of them as come soon enough. */
export async function reserveTurnRow(
  pool: pg.Pool,
  { host, count, intervalMs, burstMs, maxWaitMs }: Turns,
): Promise<ReservedTurns> {
  const values = [host, count, maxWaitMs + burstMs, intervalMs];
  const { rows } = await pool.query<{ count: number; aheadMs: number }>({
    name: 'reserve-turns',
    text: RESERVE_TURNS,
    values,
  });
  return rows[0] ? { count: rows[0].count, lastMs: rows[0].aheadMs - burstMs } : { count: 0, lastMs: Infinity };
}

/** Deletes the buckets of hosts that nobody has asked for a day, which are full. */
export async function deleteFullBuckets(pool: pg.Pool): Promise<void> {
  await pool.query(`DELETE FROM upstream_paces WHERE full_at < now() - interval '1 day'`);
}
