// Builds the rows of the suggestion list and moves the selection. Pure.
import { publisherLink, withQuery } from '../links.ts';
import type { IconName } from '../ui/icon.tsx';
import type { PublisherSuggestion, RepositorySuggestion, SuggestionAnswer } from './fetch-suggestions.ts';

/** A destination or a command. */
export type SearchAction = { text: string; icon?: IconName } & ({ href: string } | { run: () => void });

export type Option =
  | { kind: 'repository'; key: string; href: string; repository: RepositorySuggestion }
  | { kind: 'publisher'; key: string; href: string; publisher: PublisherSuggestion }
  | { kind: 'action'; key: string; action: SearchAction };

export type OptionGroup = { label: string; options: Option[] };

type OptionsInput = { text: string; answer: SuggestionAnswer | null; actions: readonly SearchAction[] };

/** Returns groups in display order, without empty ones. */
export function groupOptions({ text, answer, actions }: OptionsInput): OptionGroup[] {
  const groups: OptionGroup[] = [
    {
      label: 'Repositories',
      options: (answer?.repositories ?? []).map((repository) => ({
        kind: 'repository',
        key: `r ${repository.fullName}`,
        href: `/${repository.fullName}`,
        repository,
      })),
    },
    {
      label: 'Publishers',
      options: (answer?.publishers ?? []).map((publisher) => ({
        kind: 'publisher',
        key: `p ${publisher.alias}`,
        href: publisherLink(publisher.alias),
        publisher,
      })),
    },
    {
      label: 'Actions',
      options: matchingActions(actions, text).map((action) => ({ kind: 'action', key: `a ${action.text}`, action })),
    },
  ];
  return groups.filter(({ options }) => options.length > 0);
}

/** Returns actions that contain every word of the query. */
function matchingActions(actions: readonly SearchAction[], text: string): SearchAction[] {
  const words = text.toLowerCase().split(/\s+/);
  return actions.filter((action) => words.every((word) => action.text.toLowerCase().includes(word)));
}

/** The row for what Enter does. `kept` holds the filters to keep in a new search. */
export function searchAction(text: string, kept: Record<string, string | undefined>): SearchAction {
  return { text: `Search for “${text}”`, icon: 'search', href: withQuery('/search', { q: text, ...kept }) };
}

/** Returns the next index, wrapping around. Null is the field itself. */
export function moveOption(current: number | null, step: 1 | -1, count: number): number | null {
  if (count === 0) return null;
  if (current === null) return step === 1 ? 0 : count - 1;
  return (current + step + count) % count;
}
