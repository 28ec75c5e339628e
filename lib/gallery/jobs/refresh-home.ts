import type { Db } from '#lib/platform/pg/db.ts';
import { writeHomeLists } from '#lib/gallery/home/home-lists.ts';

/** Renews the home page's lists. They change with the time, too, so the job also runs on a schedule. */
export async function refreshHome({ db }: { db: Db }): Promise<void> {
  await writeHomeLists(db);
}
