import { rebuildSearch } from '#lib/catalog/rebuild-search.ts';
import { print, withApp, type Command } from './command.ts';

export const rebuildSearchCommand: Command = {
  summary: 'Makes the search index anew from the catalog',
  options: {},
  run: async (values) => {
    const repositories = await withApp((app) =>
      rebuildSearch(app, (done, total) => process.stderr.write(`  ${done} of ${total} repositories\n`)),
    );
    print(values, { repositories }, [`Search knows ${repositories} repositories again.`]);
  },
};
