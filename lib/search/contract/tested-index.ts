import type { SearchQuery } from '#lib/search/schema.ts';
import type { SearchIndex } from '#lib/search/search-index.ts';
import type { Contents } from './documents.ts';

/** An index that holds `DOCUMENTS`. Tests that save others save these again. */
export type TestedIndex = {
  readonly index: SearchIndex;
  /** Resolves to `ALIAS/NAME` of each hit, best first. */
  find: (query: string, rest?: Partial<SearchQuery>) => Promise<string[]>;
  save: (documents: Contents[]) => Promise<void>;
};
