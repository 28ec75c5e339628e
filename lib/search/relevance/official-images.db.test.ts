// Search over what publishers really write, with judged queries. The texts aren't part of the project.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { summarizeMarkdown } from '#lib/gallery/markdown/summarize-markdown.ts';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { readOfficialImages } from '#lib/testing/official-images.ts';
import { describeMeilisearch } from '#lib/testing/servers/describe-meilisearch.ts';
import { createPostgresIndex } from '#lib/search/postgres/postgres-index.ts';
import type { SearchIndex } from '#lib/search/search-index.ts';
import { evaluateAnswers } from './evaluate-answers.ts';
import { loadOfficialImages } from './load-official-images.ts';
import { readOfficialQueries } from './official-queries.ts';

const GATE = 0.97;
const images = readOfficialImages();
const queries = readOfficialQueries();

test('at least 150 queries are judged, each once', () => {
  expect(queries.length).toBeGreaterThanOrEqual(150);
  expect(new Set(queries.map(({ query }) => query)).size).toBe(queries.length);
});

describe.skipIf(!images)(`search over official images${images ? '' : ' (skipped: not downloaded)'}`, () => {
  let site: TestApp;
  beforeAll(async () => {
    site = await createTestApp();
    const texts = (images ?? []).map((image) => ({ ...image, about: summarizeMarkdown(image.about) }));
    await loadOfficialImages(site.app, texts);
  });
  afterAll(() => site.close());

  test('every answer is one of the images', () => {
    const names = new Set(images?.map(({ name }) => name));
    expect(queries.flatMap(({ answers }) => answers).filter((name) => !names.has(name))).toEqual([]);
  });

  test('every image is found first by its name', { timeout: 60_000 }, async () => {
    const index = createPostgresIndex(site.app.db);
    for (const { name } of images ?? []) {
      const { hits } = await index.search({ query: name, filters: {}, sort: 'relevance', offset: 0, limit: 1 });
      expect(hits[0]?.name).toBe(name);
    }
  });

  test('PostgreSQL', { timeout: 120_000 }, () => passesGate(createPostgresIndex(site.app.db)));

  describeMeilisearch(
    () => site,
    (openIndex) => {
      test('passes the gate', { timeout: 120_000 }, () => passesGate(openIndex()));
    },
  );
});

async function passesGate(index: SearchIndex): Promise<void> {
  const { successAt5, misses } = await evaluateAnswers(index, queries);
  expect(successAt5, `missed: ${JSON.stringify(misses, null, 1)}`).toBeGreaterThanOrEqual(GATE);
}
