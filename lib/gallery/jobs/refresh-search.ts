import type { Config } from '#lib/platform/config/config.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import type { Log } from '#lib/platform/log.ts';
import { isSearchCurrent, rebuildSearch } from '#lib/gallery/rebuild-search.ts';

/** Runs at every start: a changed setting or an upgrade shows in search without a command of the operator's. */
export async function refreshSearch(app: { db: Db; config: Config; log: Log }): Promise<void> {
  if (await isSearchCurrent(app)) return;
  const repositories = await rebuildSearch(app, () => undefined);
  app.log.info({ repositories }, 'search was made anew: it had been made by other rules');
}
