// Meilisearch answers; while it is away, the database does, and says so.
import type { Log } from '#lib/platform/log.ts';
import type { SearchIndex } from './search-index.ts';

/** For so long after a failure it is not asked: a search does not wait for it again and again. */
const PAUSE_MS = 5_000;

export function searchWithFallback(first: SearchIndex, second: SearchIndex, log: Log, pauseMs = PAUSE_MS): SearchIndex {
  let pausedUntil = 0;
  const isPaused = () => Date.now() < pausedUntil;
  async function ask<Answer>(
    ofFirst: () => Promise<Answer>,
    ofSecond: () => Promise<Answer>,
  ): Promise<{ answer: Answer; isFallback: boolean }> {
    if (isPaused()) return { answer: await ofSecond(), isFallback: true };
    try {
      return { answer: await ofFirst(), isFallback: false };
    } catch (error) {
      const answer = await ofSecond();
      // Only now: a database that is away is not the search engine's fault.
      if (!isPaused()) log.warn({ err: error }, 'the search engine did not answer: the database does meanwhile');
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
