// The contract of every SearchIndex. The caller provides an empty index and a way to save documents of repositories 1
// to 6.
import { beforeAll, describe, expect, test } from 'vitest';
import type { SearchDocument, SearchQuery } from '#lib/search/schema.ts';
import type { SearchIndex } from '#lib/search/search-index.ts';
import { type Contents, DOCUMENTS } from './documents.ts';
import { describeFilters } from './filters.contract.ts';
import { describeMatching } from './matching.contract.ts';
import { describeScripts } from './scripts.contract.ts';
import type { TestedIndex } from './tested-index.ts';

export type OpenedIndex = {
  index: SearchIndex;
  registryKey: bigint;
  /** The next search reflects saves and removals. */
  save: (documents: SearchDocument[]) => Promise<void>;
  remove: (repositoryIds: bigint[]) => Promise<void>;
};

/** `skipReason` explains why the index can't be tested here. */
export function describeSearchIndex(
  name: string,
  open: () => Promise<OpenedIndex>,
  skipReason: string | null = null,
): void {
  const title = skipReason === null ? name : `${name} (skipped: ${skipReason})`;
  describe.skipIf(skipReason !== null)(title, () => {
    let opened: OpenedIndex;
    const save = (documents: Contents[]) =>
      opened.save(documents.map((document) => ({ ...document, registryKey: opened.registryKey })));
    const find = async (query: string, rest: Partial<SearchQuery> = {}) => {
      const { hits } = await opened.index.search({
        query,
        filters: {},
        sort: 'relevance',
        offset: 0,
        limit: 25,
        ...rest,
      });
      return hits.map((hit) => `${hit.alias}/${hit.name}`);
    };
    beforeAll(async () => {
      opened = await open();
      await save(DOCUMENTS);
    });

    const subject: TestedIndex = {
      get index() {
        return opened.index;
      },
      find,
      save,
    };
    describeMatching(subject);
    describeScripts(subject);
    describeFilters(subject);

    test.each([
      '%',
      '_',
      "'; DROP TABLE users; --",
      '\\',
      '\0',
      '(((',
      '"',
      '!&|',
      'a'.repeat(300),
      '💥',
      ':*',
      '@sha256:',
    ])('treats any input as plain text: %s', async (query) => {
      expect(Array.isArray(await find(query))).toBe(true);
      expect(Array.isArray((await opened.index.suggest({ query, limit: 5 })).repositories)).toBe(true);
      expect(
        Array.isArray(
          (await opened.index.countFacets({ query, filters: { licence: query.replaceAll('\0', '') } })).licence,
        ),
      ).toBe(true);
    });

    test('replaces updated documents and drops removed ones', async () => {
      const [first] = DOCUMENTS;
      if (!first) throw new Error('no document');
      await save([{ ...first, description: 'Something else entirely' }]);
      expect(await find('web server')).toEqual([]);
      await opened.remove([6n]);
      expect(await find('zebra')).toEqual([]);
    });
  });
}
