// Runs tests of a search index on a real Meilisearch, filled from a test app.
import { afterAll, beforeAll, describe } from 'vitest';
import { feedMeilisearch } from '#lib/search/meilisearch/meilisearch-feed.ts';
import { createMeilisearchIndex } from '#lib/search/meilisearch/meilisearch-index.ts';
import type { SearchIndex } from '#lib/search/search-index.ts';
import type { TestApp } from '#lib/testing/create-test-app.ts';
import { startMeilisearch, whyNoMeilisearch, type TestMeilisearch } from './start-meilisearch.ts';

const FEED_TIMEOUT_MS = 120_000;

/** Feeds the server with the documents of `openSite()` before the tests. Skips them, with the reason, without one. */
export function describeMeilisearch(openSite: () => TestApp, addTests: (openIndex: () => SearchIndex) => void): void {
  const skipReason = whyNoMeilisearch();
  describe.skipIf(skipReason !== null)(`Meilisearch${skipReason ? ` (skipped: ${skipReason})` : ''}`, () => {
    let meilisearch: TestMeilisearch;
    let index: SearchIndex;
    beforeAll(async () => {
      meilisearch = await startMeilisearch();
      const { db, pool } = openSite().app;
      const server = meilisearch.open();
      await feedMeilisearch({ db, pool, server });
      index = createMeilisearchIndex({ db, server });
    }, FEED_TIMEOUT_MS);
    afterAll(() => meilisearch.close());
    addTests(() => index);
  });
}
