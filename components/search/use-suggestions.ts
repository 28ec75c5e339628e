'use client';

import { useEffect, useState } from 'react';
import { fetchSuggestions, type SuggestionAnswer } from './fetch-suggestions.ts';

const DEBOUNCE_MS = 70;
const TIMEOUT_MS = 5_000;

/** `answer` is null if the request failed. */
type Result = { query: string; answer: SuggestionAnswer | null };

export type Suggesting = {
  /** The last response, which stays until the next one. Null before the first. */
  result: Result | null;
  isLoading: boolean;
};

/** Fetches suggestions, debounced. Ignores outdated responses and empty queries. */
export function useSuggestions(query: string): Suggesting {
  const [result, setResult] = useState<Result | null>(null);

  useEffect(() => {
    if (query === '') return;
    const controller = new AbortController();
    let isCurrent = true;
    const settle = (answer: SuggestionAnswer | null) => {
      if (isCurrent) setResult({ query, answer });
    };
    const start = setTimeout(() => {
      fetchSuggestions(query, controller.signal).then(settle, () => settle(null));
    }, DEBOUNCE_MS);
    const end = setTimeout(() => controller.abort(), TIMEOUT_MS);
    return () => {
      isCurrent = false;
      clearTimeout(start);
      clearTimeout(end);
      controller.abort();
    };
  }, [query]);

  if (query === '') return { result: null, isLoading: false };
  return { result, isLoading: result?.query !== query };
}
