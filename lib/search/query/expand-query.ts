// Expands a query into terms: its words or phrases, each with what may stand for it. Synonyms come from a list,
// corrections from the words of names and descriptions.
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { deletionsOf, editDistance } from './edit-distance.ts';
import {
  listAlike,
  listByDeletions,
  findKnownWords,
  lookUpWords,
  stemWords,
  type KnownWord,
  type WordFacts,
} from './expand-query.sql.ts';
import { isUnspaced, splitWords } from './fold-text.ts';
import { parseQuery } from './parse-query.ts';
import { alternativesOf, conceptFor, isOptional, MAX_TERM_WORDS, synonymsOf } from './synonyms.ts';

/** Shorter words resemble too many others. */
const MIN_TYPO_LENGTH = 4;
/** Words from this length on may have two typos. */
const MIN_TWO_TYPOS_LENGTH = 8;
/** Longer words were pasted, not typed. */
const MAX_TYPO_LENGTH = 32;
/** Corrects only the first unknown words. Together with the other limits, this bounds the CPU time of a query. */
const MAX_CORRECTED_WORDS = 4;
const MAX_CORRECTIONS = 3;
const ENDING_LENGTH = 4;
const MAX_CANDIDATES = 200;
/** Shorter parts of a compound (`webserver`) are rarely words. */
const MIN_PART_LENGTH = 3;

/** `stem` is the English stem, as texts are indexed. Null for stop words (`the`). */
export type Word = { word: string; stem: string | null };

export type ExpandedWord = Word & {
  /** Single words only. */
  synonyms: string[];
  /** Known words that it may be a typo of, most likely first. */
  corrections: string[];
};

export type Term = {
  words: ExpandedWord[];
  /** What may stand for the words. All words of one alternative must match. */
  alternatives: Word[][];
  /** The word that stands for a phrase in indexes that have no synonyms of several words. */
  concept: string | null;
  /** Results may lack it. */
  isOptional: boolean;
};

export type ExpandedQuery = {
  text: string;
  words: ExpandedWord[];
  /** The same words, with words that form a phrase together. */
  terms: Term[];
  /** The query with its unknown words corrected. Null when there are none. */
  correction: string | null;
};

export async function expandQuery(db: DbOrTx, query: string): Promise<ExpandedQuery> {
  const parsed = parseQuery(query);
  if (parsed.words.length === 0) return { text: parsed.text, words: [], terms: [], correction: null };
  // Most queries have no typo, so their stems are looked up meanwhile.
  const [facts, stems] = await Promise.all([
    lookUpWords(db, parsed.words),
    stemWords(db, [...new Set(groupWords(parsed.words).flatMap(otherWords))]),
  ]);
  const isMeant = facts.some(({ stem }) => stem !== null) ? ({ stem }: WordFacts) => stem !== null : () => true;
  const mistyped = facts
    .filter((fact) => isMeant(fact) && mayBeTypo(fact))
    .sort((a, b) => Number(a.isKnown) - Number(b.isKnown))
    .slice(0, MAX_CORRECTED_WORDS);
  const expanded = await Promise.all(
    facts.map(async (fact): Promise<FoundWord> => ({
      word: fact.word,
      stem: fact.stem,
      synonyms: synonymsOf([fact.word]).filter((term) => !term.includes(' ')),
      corrections: mistyped.includes(fact) ? await findCorrections(db, fact) : [],
      isMeant: isMeant(fact),
      isSpelled: fact.isSpelled,
    })),
  );
  const words = expanded.filter((word) => word.isMeant);
  const isCorrected = words.some(({ corrections }) => corrections.length > 0);
  const correction = isCorrected ? words.map(({ word, corrections }) => corrections[0] ?? word).join(' ') : null;
  return { text: parsed.text, words, terms: await findTerms(db, expanded, stems), correction };
}

type FoundWord = ExpandedWord & { isMeant: boolean; isSpelled: boolean };

/** Groups words into the longest known phrases, from left to right. Stop words count only within phrases. */
async function findTerms(db: DbOrTx, words: FoundWord[], known: ReadonlyMap<string, string | null>): Promise<Term[]> {
  const found: { words: ExpandedWord[]; others: string[][]; concept: string | null }[] = [];
  let at = 0;
  for (const { length } of groupWords(words.map(correctedWord))) {
    const group = words.slice(at, at + length);
    at += length;
    const meant = group.filter(({ isMeant }) => isMeant);
    if (meant.length === 0) continue;
    const others = alternativesOf(group.map(correctedWord)).map(splitWords);
    const typed = meant.length === 1 ? (meant[0]?.corrections ?? []).map((word) => [word]) : [];
    const parts =
      meant.length === 1 && others.length === 0 && typed.length === 0 && meant[0]?.isSpelled === false
        ? await splitCompound(db, meant[0]?.word ?? '')
        : [];
    found.push({
      words: meant,
      others: [...typed, ...others, ...parts],
      concept: group.length > 1 ? conceptFor(group.map(correctedWord)) : null,
    });
  }
  const missing = found.flatMap(({ others }) => others.flat()).filter((word) => !known.has(word));
  const stems = new Map([...known, ...(await stemWords(db, [...new Set(missing)]))]);
  const isAllOptional = found.every((term) => term.words.every(({ word }) => isOptional(word)));
  return found.map((term) => ({
    words: term.words,
    concept: term.concept,
    alternatives: term.others.map((other) => other.map((word) => ({ word, stem: stems.get(word) ?? null }))),
    isOptional: !isAllOptional && term.words.every(({ word }) => isOptional(word)),
  }));
}

function correctedWord({ word, corrections }: ExpandedWord): string {
  return corrections[0] ?? word;
}

/** Splits words into the longest known phrases, from left to right. */
function groupWords(words: string[]): string[][] {
  if (words.length === 0) return [];
  const length = longestTerm(words.slice(0, MAX_TERM_WORDS));
  return [words.slice(0, length), ...groupWords(words.slice(length))];
}

function otherWords(group: string[]): string[] {
  return alternativesOf(group).flatMap(splitWords);
}

function longestTerm(words: string[]): number {
  for (let length = words.length; length > 1; length -= 1) {
    if (alternativesOf(words.slice(0, length)).length > 0) return length;
  }
  return 1;
}

/** Splits a word that nothing has into two that something has, such as `webserver`. */
async function splitCompound(db: DbOrTx, word: string): Promise<string[][]> {
  if (word.length < 2 * MIN_PART_LENGTH || !/^[a-z]+$/.test(word)) return [];
  const splits = Array.from({ length: word.length - 2 * MIN_PART_LENGTH + 1 }, (_, n) => {
    return [word.slice(0, n + MIN_PART_LENGTH), word.slice(n + MIN_PART_LENGTH)];
  });
  const known = await findKnownWords(db, [...new Set([word, ...splits.flat()])]);
  if (known.has(word)) return [];
  const parts = splits.filter((split) => split.every((part) => known.has(part))).slice(0, 2);
  return [...parts, ...parts.flatMap(alternativesOf).map(splitWords)];
}

/** Words with digits are never corrected: python312 isn't a typo of python313. */
function mayBeTypo({ word, isSpelled }: WordFacts): boolean {
  const isTyped = word.length >= MIN_TYPO_LENGTH && word.length <= MAX_TYPO_LENGTH;
  return !isSpelled && isTyped && !isUnspaced(word) && !/\p{N}/u.test(word) && alternativesOf([word]).length === 0;
}

/**
 * A word whose stem is known is a typo only of a word with the same stem and ending: `managment` is one of `management`,
 * and `databases` none of `database`.
 */
async function findCorrections(db: DbOrTx, { word, stem, isKnown }: WordFacts): Promise<string[]> {
  const oneTypo = await listByDeletions(db, { deletions: deletionsOf(word), limit: MAX_CANDIDATES });
  if (isKnown) {
    const alike = oneTypo.filter((other) => other.word.endsWith(word.slice(-ENDING_LENGTH)));
    const stems = await stemWords(
      db,
      alike.map((other) => other.word),
    );
    return nearest(
      word,
      alike.filter((other) => stems.get(other.word) === stem),
      1,
    );
  }
  const near = nearest(word, oneTypo, 1);
  // With locale C, words of other scripts have no trigrams, and the lookup would scan the whole index.
  if (near.length > 0 || word.length < MIN_TWO_TYPOS_LENGTH || !/^[a-z]+$/.test(word)) return near;
  const alike = await listAlike(db, { word, limit: MAX_CANDIDATES });
  return nearest(word, alike, 2);
}

/** At the same distance, a word of names is likelier than one of descriptions. */
function nearest(word: string, candidates: KnownWord[], maxDistance: number): string[] {
  return candidates
    .map((candidate) => ({ ...candidate, distance: editDistance(word, candidate.word, maxDistance) }))
    .filter(({ distance }) => distance > 0 && distance <= maxDistance)
    .sort(
      (a, b) =>
        a.distance - b.distance ||
        Number(b.isName) - Number(a.isName) ||
        b.popularity - a.popularity ||
        (a.word < b.word ? -1 : 1),
    )
    .slice(0, MAX_CORRECTIONS)
    .map((candidate) => candidate.word);
}
