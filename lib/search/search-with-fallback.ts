// Searches with Meilisearch and falls back to the database while it is unavailable, which results report.
import type { Log } from '#lib/platform/log.ts';
import type { SearchCounts } from './search-counts.ts';
import type { SearchIndex } from './search-index.ts';

/** Pause after a failure, so that searches don't each wait for a timeout. */
const PAUSE_MS = 5_000;

type Fallback = { log: Log; counts?: SearchCounts; pauseMs?: number };

export function searchWithFallback(first: SearchIndex, second: SearchIndex, options: Fallback): SearchIndex {
  const { log, counts = { engine: 0, fallback: 0 }, pauseMs = PAUSE_MS } = options;
  let pausedUntil = 0;
  const isPaused = () => Date.now() < pausedUntil;
  const fallBack = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
    const answer = await ask();
    counts.fallback += 1;
    return answer;
  };
  async function ask<Answer>(
    ofFirst: () => Promise<Answer>,
    ofSecond: () => Promise<Answer>,
  ): Promise<{ answer: Answer; isFallback: boolean }> {
    if (isPaused()) return { answer: await fallBack(ofSecond), isFallback: true };
    try {
      const answer = await ofFirst();
      counts.engine += 1;
      return { answer, isFallback: false };
    } catch (error) {
      const answer = await fallBack(ofSecond);
      // Only after the fallback succeeded: a database failure isn't the search engine's fault.
      if (!isPaused()) log.warn({ err: error }, 'search engine unavailable, falling back to the database');
      pausedUntil = Date.now() + pauseMs;
      return { answer, isFallback: true };
    }
  }
  return {
    search: async (query) => {
      const { answer, isFallback } = await ask(
        () => first.search(query),
        () => second.search(query),
      );
      return { ...answer, isFallback };
    },
    countFacets: async (query) =>
      (
        await ask(
          () => first.countFacets(query),
          () => second.countFacets(query),
        )
      ).answer,
    suggest: async (query) =>
      (
        await ask(
          () => first.suggest(query),
          () => second.suggest(query),
        )
      ).answer,
  };
}
