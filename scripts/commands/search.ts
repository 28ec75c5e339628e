import { rebuildSearch } from '#lib/gallery/rebuild-search.ts';
import { rebuildMeilisearch } from '#lib/search/meilisearch/meilisearch-feed.ts';
import { print, withApp, type Command } from './command.ts';

export const rebuildSearchCommand: Command = {
  summary: 'Rebuild the search index from the catalog',
  options: {},
  run: async (values) => {
    const repositories = await withApp(async (app) => {
      const { db, pool, meilisearch: server } = app;
      const count = await rebuildSearch(app, tell('repositories read'));
      if (server) await rebuildMeilisearch({ db, pool, server }, tell('repositories sent to Meilisearch'));
      return count;
    });
    print(values, { repositories }, [`Indexed ${repositories} repositories.`]);
  },
};

function tell(what: string): (done: number, total: number) => void {
  return (done, total) => process.stderr.write(`  ${done} of ${total} ${what}\n`);
}
