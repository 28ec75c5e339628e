import type pg from 'pg';
import type { Pause } from '#lib/upstream/client/circuit-breaker.ts';
import type { ConnectionKind } from '#lib/upstream/client/connections.ts';

export type PauseKey = { upstreamId: bigint; kind: ConnectionKind };

/** Keeps the later of two pauses, and ends the claim of a running probe. Does nothing for an upstream that is gone. */
export async function savePause(
  pool: pg.Pool,
  { upstreamId, kind }: PauseKey,
  { pauseMs, openings, isLimited }: { pauseMs: number; openings: number; isLimited: boolean },
): Promise<void> {
  await pool.query(
    `INSERT INTO upstream_pauses AS p (upstream_id, kind, until, openings, is_limited)
     SELECT id, $2, now() + $3 * interval '1 millisecond', $4, $5 FROM upstreams WHERE id = $1
     ON CONFLICT (upstream_id, kind) DO UPDATE
       SET until = greatest(p.until, excluded.until), openings = greatest(p.openings, excluded.openings),
           is_limited = CASE WHEN excluded.until >= p.until THEN excluded.is_limited ELSE p.is_limited END,
           probe_until = NULL`,
    [upstreamId, kind, pauseMs, openings, isLimited],
  );
}

const CLAIM_PROBE = `
  WITH claimed AS (
    UPDATE upstream_pauses SET probe_until = now() + $3 * interval '1 millisecond'
     WHERE upstream_id = $1 AND kind = $2 AND until <= now() AND (probe_until IS NULL OR probe_until <= now())
    RETURNING probe_until)
  SELECT until, openings, is_limited AS "isLimited", (SELECT probe_until FROM claimed) AS "probeUntil"
    FROM upstream_pauses WHERE upstream_id = $1 AND kind = $2`;

type ClaimedRow = { until: Date; openings: number; isLimited: boolean; probeUntil: Date | null };

/** One of all processes of the site claims the probe. Null: the pause is over. */
export async function claimProbe(
  pool: pg.Pool,
  { upstreamId, kind }: PauseKey,
  leaseMs: number,
): Promise<{ pause: Pause; claim: Date | null } | null> {
  const values = [upstreamId, kind, leaseMs];
  const { rows } = await pool.query<ClaimedRow>({ name: 'claim-probe', text: CLAIM_PROBE, values });
  const [row] = rows;
  if (!row) return null;
  const { until, openings, isLimited, probeUntil } = row;
  return { pause: { untilMs: until.getTime(), openings, isLimited }, claim: probeUntil };
}

/** Lets another request probe, unless the claim has ended. */
export async function releaseProbe(pool: pg.Pool, { upstreamId, kind }: PauseKey, claim: Date): Promise<void> {
  await pool.query(
    'UPDATE upstream_pauses SET probe_until = NULL WHERE upstream_id = $1 AND kind = $2 AND probe_until = $3',
    [upstreamId, kind, claim],
  );
}

/** Ends a pause after a probe, unless the claim has ended: another process has paused or is probing. */
export async function deletePause(pool: pg.Pool, { upstreamId, kind }: PauseKey, claim: Date): Promise<void> {
  await pool.query('DELETE FROM upstream_pauses WHERE upstream_id = $1 AND kind = $2 AND probe_until = $3', [
    upstreamId,
    kind,
    claim,
  ]);
}
