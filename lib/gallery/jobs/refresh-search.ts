import type { PublisherConfig } from '#lib/publishers/publisher-config.ts';
import type { SearchConfig } from '#lib/search/search-config.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import type { Log } from '#lib/platform/log.ts';
import { isSearchCurrent, rebuildSearch } from '#lib/gallery/rebuild-search.ts';

/** Runs on startup, so that changed settings and upgrades reach search without a command. */
export async function refreshSearch(app: { db: Db; config: PublisherConfig & SearchConfig; log: Log }): Promise<void> {
  if (await isSearchCurrent(app)) return;
  const repositories = await rebuildSearch(app, () => undefined);
  // A new site has none, and its operator reads progress, not logs.
  if (repositories > 0) app.log.info({ repositories }, 'search documents rebuilt after a change of rules');
}
