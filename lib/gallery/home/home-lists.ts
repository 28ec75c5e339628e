// The lists of the home page that a job renews. They are kept as ids, so that what a repository became is shown.
import { z } from 'zod';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { countCategories, rankVerifiedPublishers } from './home-lists.sql.ts';
import { findTrends } from './trends.ts';

/** More than shown, because some may be hidden meanwhile. */
const MAX_TRENDS = 60;
const MAX_PUBLISHERS_KEPT = 40;

const homeListsSchema = z.object({
  trends: z.array(z.object({ repositoryId: z.string(), pulls: z.number() })),
  publishers: z.array(z.object({ registryKey: z.string(), repositories: z.number() })),
  categories: z.array(z.object({ category: z.string(), repositories: z.number() })),
});
export type HomeLists = z.infer<typeof homeListsSchema>;

export const NO_HOME_LISTS: HomeLists = { trends: [], publishers: [], categories: [] };

/** Lists of an earlier version that this one can't read count as missing until the job has run. */
export async function readHomeLists(db: DbOrTx): Promise<HomeLists> {
  const row = await db.homeLists.findFirst({ select: { content: true } });
  return homeListsSchema.safeParse(row?.content).data ?? NO_HOME_LISTS;
}

export async function writeHomeLists(db: DbOrTx): Promise<void> {
  const trends = await findTrends(db, MAX_TRENDS);
  const publishers = await rankVerifiedPublishers(db, MAX_PUBLISHERS_KEPT);
  const content: HomeLists = {
    trends: trends.map(({ repositoryId, pulls }) => ({ repositoryId: String(repositoryId), pulls })),
    publishers: publishers.map(({ registryKey, ...row }) => ({ registryKey: String(registryKey), ...row })),
    categories: await countCategories(db),
  };
  await db.homeLists.upsert({
    where: { isOnly: true },
    create: { content },
    update: { content, madeAt: new Date() },
  });
}
