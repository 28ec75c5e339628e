import type { Db, DbOrTx } from '#lib/platform/pg/db.ts';
import { enqueueJob } from '#lib/platform/jobs/enqueue-job.ts';
import { writeHomeLists } from '#lib/gallery/home/home-lists.ts';

export const REFRESH_HOME = 'refresh-home';

/** On a large site, the lists take about a second to compose. */
const DELAY_SECONDS = 20;

/** Renews the lists soon, because search documents have changed. */
export async function enqueueHome({ db }: { db: DbOrTx }): Promise<void> {
  await enqueueJob(db, REFRESH_HOME, {}, { key: REFRESH_HOME, delaySeconds: DELAY_SECONDS });
}

/** Renews the home page's lists. They change with the time, too, so the job also runs on a schedule. */
export async function refreshHome({ db }: { db: Db }): Promise<void> {
  await writeHomeLists(db);
}
