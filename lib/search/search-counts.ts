/** Searches by what answered them: the configured engine, or the database while that is unavailable. */
export type SearchCounts = { engine: number; fallback: number };
