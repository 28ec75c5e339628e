import type { DbOrTx } from '#lib/platform/pg/db.ts';

/** Hours; null if nothing was decided. */
export type MeasuredTimes = { median: number | null; p90: number | null; decided: bigint };

/** Measures the time from submission to decision over the last 30 days. */
export async function measureReviewTimes(db: DbOrTx): Promise<MeasuredTimes | null> {
  const [row] = await db.$queryRaw<MeasuredTimes[]>`
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY hours) AS median,
           percentile_cont(0.9) WITHIN GROUP (ORDER BY hours) AS p90, count(*) AS decided
      FROM (SELECT extract(epoch FROM decided_at - submitted_at)::float8 / 3600 AS hours FROM alias_requests
             WHERE decided_at > now() - interval '30 days' AND submitted_at IS NOT NULL) times`;
  return row ?? null;
}
