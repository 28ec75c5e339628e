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

const ADD_PULLS = `
  WITH found AS MATERIALIZED (
    SELECT id, registry_id, visibility = 'public' AND quarantined_at IS NULL AS is_shown
      FROM repositories WHERE id = ANY ($1::bigint[]) ORDER BY id FOR NO KEY UPDATE
  ), pulls AS (
    SELECT p.*, registry_id, is_shown
      FROM unnest($1::bigint[], $2::date[], $3::text[], $4::bigint[]) AS p (repository_id, day, tag, n)
      JOIN found ON found.id = p.repository_id
  ), counted AS (
    INSERT INTO pull_counts (repository_id, day, tag, count) SELECT repository_id, day, tag, n FROM pulls ORDER BY 1, 2, 3
    ON CONFLICT (repository_id, day, tag) DO UPDATE SET count = pull_counts.count + excluded.count
  ), totals AS (
    UPDATE repositories r SET pull_count = r.pull_count + p.n, last_pulled_at = now()
      FROM (SELECT repository_id, sum(n) AS n FROM pulls GROUP BY 1) p WHERE r.id = p.repository_id
    RETURNING r.id
  ), summed AS (
    INSERT INTO registry_pulls AS s (registry_id, day, count)
    SELECT registry_id, day, sum(n) FROM pulls WHERE is_shown GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (registry_id, day) DO UPDATE SET count = s.count + excluded.count
  )
  ${announceEach('image.pull', 'totals')}`;

/**
 * Adds to the day's counts and to the totals of repositories and registries, and announces the changes. Skips
 * repositories that are gone. Locks the repositories in one order, and then the registries' days, so that it can't
 * deadlock with others that lock several.
 */
export async function addPulls(pool: pg.Pool, rows: PullRow[]): Promise<void> {
  const values = [
    rows.map((row) => row.repositoryId),
    rows.map((row) => row.day),
    rows.map((row) => row.tag),
    rows.map((row) => row.count),
  ];
  // Prepared, because planning takes longer than counting a few pulls.
  await pool.query({ name: 'add-pulls', text: ADD_PULLS, values });
}

export type PulledManifestRow = {
  /** An integer. */
  repositoryId: string;
  digest: string;
  /** Null for an anonymous client. */
  userId: string | null;
  at: Date;
};

// In one order, so that flushes of two replicas can't deadlock. An hour's accuracy saves nearly all writes of images that are
// pulled all the time.
const MARK_PULLED = `
  WITH counted AS (
    SELECT p.repository_id, p.digest, max(p.at) AS at
      FROM unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::uuid[]) AS p (repository_id, digest, at, user_id)
     WHERE p.user_id IS NULL OR NOT EXISTS (
       SELECT FROM pull_time_exclusions e JOIN repositories r ON r.registry_id = e.registry_id
        WHERE e.user_id = p.user_id AND r.id = p.repository_id)
     GROUP BY p.repository_id, p.digest
  ), pulled AS (
    SELECT m.id, p.at FROM counted p
      JOIN manifests m ON m.repository_id = p.repository_id AND m.digest = p.digest
     WHERE m.last_pulled_at IS NULL OR m.last_pulled_at < p.at - interval '1 hour'
     ORDER BY m.id FOR NO KEY UPDATE OF m
  )
  UPDATE manifests m SET last_pulled_at = pulled.at FROM pulled WHERE m.id = pulled.id`;

/**
 * Saves when manifests were last pulled. Skips pulls of excluded members (publishers/pull-times), manifests
 * saved within the last hour, and those that are gone.
 */
export async function markPulled(pool: pg.Pool, rows: PulledManifestRow[]): Promise<void> {
  const values = [
    rows.map((row) => row.repositoryId),
    rows.map((row) => row.digest),
    rows.map((row) => row.at),
    rows.map((row) => row.userId),
  ];
  await pool.query({ name: 'mark-pulled', text: MARK_PULLED, values });
}
