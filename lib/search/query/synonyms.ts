// Synonyms of words and phrases in queries. A literal match always ranks above them.
import { splitWords } from './fold-text.ts';
import { ANSWERED_BY } from './answered-terms.ts';
import { REPLACED_BY, REPLACING } from './replaced-products.ts';
import { OPTIONAL, SAME } from './synonym-groups.ts';

/** Terms have at most this many words. */
export const MAX_TERM_WORDS = 4;

/** `same`: terms with the same meaning. `answers`: terms to search for instead, such as `load balancer` for `ingress`. */
type Entry = { same: Set<string>; answers: Set<string> };

const OPTIONAL_WORDS = new Set(OPTIONAL.trim().split(/\s+/));
const REPLACING_WORDS = new Set(REPLACING.split(' '));
const ENTRIES = readEntries();
const SIGNS = readSigns();

/** Whether a word changes so little that results may lack it. */
export function isOptional(word: string): boolean {
  return OPTIONAL_WORDS.has(word);
}

/** Returns terms, of one or more words, that mean the same as these words. */
export function synonymsOf(words: string[]): string[] {
  return [...(ENTRIES.get(termKey(words))?.same ?? [])];
}

/** Returns terms that may stand for these words: synonyms, and terms to search for instead. */
export function alternativesOf(words: string[]): string[] {
  const entry = ENTRIES.get(termKey(words));
  return entry ? [...new Set([...entry.same, ...entry.answers])] : [];
}

/** Returns one word for a term that has alternatives, for indexes without synonyms of several words. */
export function conceptFor(words: string[]): string | null {
  const key = termKey(words);
  return ENTRIES.has(key) ? conceptOf(key) : null;
}

/** Returns the concepts that a text states, and those that it only answers. */
export function conceptsIn(text: string): { stated: string[]; answered: string[] } {
  const words = splitWords(text).map(singular);
  const found = words.flatMap((word, at) => (SIGNS.get(word) ?? []).filter(({ rest }) => follows(words, at, rest)));
  const stated = new Set(found.flatMap(({ isSame, concept }) => (isSame ? [concept] : [])));
  const answered = new Set(found.map(({ concept }) => concept).filter((concept) => !stated.has(concept)));
  return { stated: [...stated], answered: [...answered] };
}

/** In Meilisearch's format: each word or concept, in singular and plural, with its synonyms of one word. */
export function allSynonyms(): Record<string, string[]> {
  const entries = [...ENTRIES].flatMap(([key, { same }]) => {
    const concept = conceptOf(key);
    const single = [...new Set([concept, ...[...same].filter((other) => !other.includes(' '))])];
    return [concept, `${concept}s`].map((word) => [word, single.filter((other) => other !== word)] as const);
  });
  return Object.fromEntries(entries.filter(([, others]) => others.length > 0));
}

function readEntries(): ReadonlyMap<string, Entry> {
  const entries = new Map<string, Entry>();
  const entryOf = (term: string) => {
    const key = termKey(term.split(' '));
    const entry = entries.get(key) ?? { same: new Set(), answers: new Set() };
    entries.set(key, entry);
    return entry;
  };
  const termsOf = (text: string) => text.split(', ').map((term) => splitWords(term).join(' '));
  const linesOf = (table: string) => table.trim().split('\n');
  const groups = linesOf(SAME).map(termsOf);
  for (const group of groups) {
    for (const term of group) {
      for (const other of group) if (other !== term) entryOf(term).same.add(other);
    }
  }
  for (const line of linesOf(ANSWERED_BY)) {
    const [asked = '', answers = ''] = line.split(': ');
    const terms = termsOf(asked).flatMap((term) => [term, ...groups.filter((group) => group.includes(term)).flat()]);
    for (const term of terms) for (const answer of termsOf(answers)) entryOf(term).answers.add(answer);
  }
  // Only for phrases such as `alternative to redis`. The name of a product alone means that product.
  for (const line of linesOf(REPLACED_BY)) {
    const [products = '', answers = ''] = line.split(': ');
    const terms = termsOf(products).flatMap((term) => [term, ...groups.filter((group) => group.includes(term)).flat()]);
    for (const term of terms) {
      const own = entries.get(termKey(term.split(' ')))?.answers ?? [];
      for (const asked of [`${term} alternative`, `alternative to ${term}`]) {
        for (const answer of [...own, ...termsOf(answers)]) entryOf(asked).answers.add(answer);
      }
    }
  }
  return entries;
}

type Sign = { rest: string[]; concept: string; isSame: boolean };

/** What a text says for a term, by its first word. A single word states itself. */
function readSigns(): ReadonlyMap<string, Sign[]> {
  const signs = new Map<string, Sign[]>();
  const add = (term: string, concept: string, isSame: boolean) => {
    const [first = '', ...rest] = term.split(' ').map(singular);
    signs.set(first, [...(signs.get(first) ?? []), { rest, concept, isSame }]);
  };
  for (const [key, { same, answers }] of ENTRIES) {
    const concept = conceptOf(key);
    for (const term of [key, ...same]) if (term.includes(' ')) add(term, concept, true);
    for (const term of answers) add(term, concept, false);
  }
  return signs;
}

/** Allows one other word between two. */
function follows(words: string[], at: number, rest: string[]): boolean {
  let place = at;
  return rest.every((word) => {
    place += words[place + 1] === word ? 1 : 2;
    return words[place] === word;
  });
}

/** Ignores plural endings, so that `databases` finds the synonyms of `database`. */
function termKey(words: string[]): string {
  const [first = '', ...rest] = words.map(singular);
  // A first word may be a name.
  const others = rest.map((word) => (REPLACING_WORDS.has(word) ? 'alternative' : word));
  return [rest[0] === 'to' && REPLACING_WORDS.has(first) ? 'alternative' : first, ...others].join(' ');
}

function singular(word: string): string {
  return word.length > 3 ? word.replace(/ies$/, 'y').replace(/(?<![sui])s$/, '') : word;
}

function conceptOf(key: string): string {
  return key.replaceAll(' ', '');
}
