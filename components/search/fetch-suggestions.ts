import type { Kind } from '#lib/search/schema.ts';
import { suggestionsLink } from '../links.ts';

export type RepositorySuggestion = {
  /** ALIAS/NAME */
  fullName: string;
  description: string;
  kind: Kind;
  isVerified: boolean;
  logoUrl: string | null;
  pullCount: number;
};

export type PublisherSuggestion = {
  alias: string;
  /** Empty if only the alias is shown. */
  displayName: string;
  isVerified: boolean;
  logoUrl: string | null;
  repositoryCount: number;
};

export type SuggestionAnswer = { repositories: RepositorySuggestion[]; publishers: PublisherSuggestion[] };

/** The response of lib/api/rest/routes/suggestions.ts. */
export async function fetchSuggestions(query: string, signal: AbortSignal): Promise<SuggestionAnswer> {
  const response = await fetch(suggestionsLink(query), { signal });
  if (!response.ok) throw new Error(`Suggestions failed with status ${response.status}.`);
  return (await response.json()) as SuggestionAnswer;
}
