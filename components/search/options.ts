// What a list under a search field offers, and how keys move in it. Pure.
import { publisherLink, withQuery } from '../links.ts';
import type { IconName } from '../ui/icon.tsx';
import type { PublisherSuggestion, RepositorySuggestion, SuggestionAnswer } from './fetch-suggestions.ts';

/** Somewhere to go, or something to do here. */
export type SearchAction = { text: string; icon?: IconName } & ({ href: string } | { run: () => void });

export type Option =
  | { kind: 'repository'; key: string; href: string; repository: RepositorySuggestion }
  | { kind: 'publisher'; key: string; href: string; publisher: PublisherSuggestion }
  | { kind: 'action'; key: string; action: SearchAction };

export type OptionGroup = { label: string; options: Option[] };

type OptionsInput = { text: string; answer: SuggestionAnswer | null; actions: readonly SearchAction[] };

/** In the order in which they are shown; a group without an option is left out. */
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

/** Those that have every word; all of them for nothing. */
function matchingActions(actions: readonly SearchAction[], text: string): SearchAction[] {
  const words = text.toLowerCase().split(/\s+/);
  return actions.filter((action) => words.every((word) => action.text.toLowerCase().includes(word)));
}

/** What Enter in the field does, as a row. `kept`: the filters that a new search keeps. */
export function searchAction(text: string, kept: Record<string, string | undefined>): SearchAction {
  return { text: `Search for “${text}”`, icon: 'search', href: withQuery('/search', { q: text, ...kept }) };
}

/** The next one, round and round; null is the field itself, from where up leads to the last. */
export function moveOption(current: number | null, step: 1 | -1, count: number): number | null {
  if (count === 0) return null;
  if (current === null) return step === 1 ? 0 : count - 1;
  return (current + step + count) % count;
}
