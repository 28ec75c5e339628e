// Settings of search.
import { z } from 'zod';
import { httpUrl } from '#lib/platform/config/config-values.ts';
import type { ValuesOf, VariableRow } from '#lib/platform/config/variables.ts';

export const SEARCH_VARIABLES = {
  MEILI_URL: {
    schema: httpUrl.optional(),
    doc: 'Meilisearch server for search (tested with 1.50)',
    fallback: 'PostgreSQL search',
  },
  MEILI_KEY: {
    schema: z.string().optional(),
    doc: 'Meilisearch master key, or a key with all rights on the indexes vitrine_*',
    fallback: 'none',
    isSecret: true,
  },
} as const satisfies Record<string, VariableRow>;

export type SearchConfig = {
  /** Null: PostgreSQL search. */
  meilisearch: { url: string; key: string | undefined } | null;
};

type Values = ValuesOf<typeof SEARCH_VARIABLES>;

export function readSearchConfig(values: Values): SearchConfig {
  return {
    meilisearch: values.MEILI_URL === undefined ? null : { url: values.MEILI_URL, key: values.MEILI_KEY },
  };
}
