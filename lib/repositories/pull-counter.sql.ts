import type pg from 'pg';
import { announceEach } from '#lib/events/record-change.ts';

export type PullRow = {
  /** An integer. */
  repositoryId: string;
  /** A UTC date such as `2026-11-24`. */
  day: string;
  /** Empty for pulls by digest. */
  tag: string;
  count: number;
};

/** Adds to the day's counts and the repositories' totals, and announces the changes. Skips repositories that are gone. */
export async function addPulls(pool: pg.Pool, rows: PullRow[]): Promise<void> {
  await pool.query(
    `WITH pulls AS (
       SELECT * FROM unnest($1::bigint[], $2::date[], $3::text[], $4::bigint[]) AS p (repository_id, day, tag, n)
        WHERE EXISTS (SELECT FROM repositories WHERE id = p.repository_id)
     ), counted AS (
       INSERT INTO pull_counts (repository_id, day, tag, count) SELECT * FROM pulls ORDER BY 1, 2, 3
       ON CONFLICT (repository_id, day, tag) DO UPDATE SET count = pull_counts.count + excluded.count
     ), totals AS (
       UPDATE repositories r SET pull_count = r.pull_count + p.n
         FROM (SELECT repository_id, sum(n) AS n FROM pulls GROUP BY 1) p WHERE r.id = p.repository_id
       RETURNING r.id
     )
     ${announceEach('image.pull', 'totals')}`,
    [
      rows.map((row) => row.repositoryId),
      rows.map((row) => row.day),
      rows.map((row) => row.tag),
      rows.map((row) => row.count),
    ],
  );
}
