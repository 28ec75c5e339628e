// Expands a query: each word with its synonyms and, unless it is in a name, its likely corrections.
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { deletionsOf, editDistance } from './edit-distance.ts';
import { listAlike, listByDeletions, lookUpWords, type KnownWord, type WordFacts } from './expand-query.sql.ts';
import { isUnspaced } from './fold-text.ts';
import { parseQuery } from './parse-query.ts';
import { synonymsOf } from './synonyms.ts';

/** Shorter words resemble too many others. */
const MIN_TYPO_LENGTH = 4;
/** Words from this length on may have two typos. */
const MIN_TWO_TYPOS_LENGTH = 8;
/** Longer words were pasted, not typed. */
const MAX_TYPO_LENGTH = 32;
/** Corrects only the first unknown words. Together with the other limits, this bounds the CPU time of a query. */
const MAX_CORRECTED_WORDS = 4;
const MAX_CORRECTIONS = 3;
const MAX_CANDIDATES = 200;

export type ExpandedWord = {
  word: string;
  /** The English stem, as descriptions are indexed. Null for stop words (`the`). */
  stem: string | null;
  synonyms: string[];
  /** Known words that it may be a typo of, most likely first. */
  corrections: string[];
};

export type ExpandedQuery = {
  text: string;
  words: ExpandedWord[];
  /** The query with its unknown words corrected. Null when there are none. */
  correction: string | null;
};

export async function expandQuery(db: DbOrTx, query: string): Promise<ExpandedQuery> {
  const parsed = parseQuery(query);
  const facts = parsed.words.length === 0 ? [] : await lookUpWords(db, parsed.words);
  const saying = facts.filter(({ stem }) => stem !== null);
  const meant = saying.length > 0 ? saying : facts;
  const mistyped = meant.filter(mayBeTypo).slice(0, MAX_CORRECTED_WORDS);
  const words = await Promise.all(
    meant.map(async (facts) => ({
      word: facts.word,
      stem: facts.stem,
      synonyms: synonymsOf(facts.word),
      corrections: mistyped.includes(facts) ? await findCorrections(db, facts.word) : [],
    })),
  );
  const isCorrected = words.some(({ corrections }) => corrections.length > 0);
  const correction = isCorrected ? words.map(({ word, corrections }) => corrections[0] ?? word).join(' ') : null;
  return { text: parsed.text, words, correction };
}

/** Words with digits are never corrected: python312 isn't a typo of python313. */
function mayBeTypo({ word, isKnown }: WordFacts): boolean {
  const isTyped = word.length >= MIN_TYPO_LENGTH && word.length <= MAX_TYPO_LENGTH;
  return !isKnown && isTyped && !isUnspaced(word) && !/\p{N}/u.test(word);
}

async function findCorrections(db: DbOrTx, word: string): Promise<string[]> {
  const oneTypo = await listByDeletions(db, { deletions: deletionsOf(word), limit: MAX_CANDIDATES });
  const near = nearest(word, oneTypo, 1);
  // With locale C, words of other scripts have no trigrams, and the lookup would scan the whole index.
  if (near.length > 0 || word.length < MIN_TWO_TYPOS_LENGTH || !/^[a-z]+$/.test(word)) return near;
  const alike = await listAlike(db, { word, limit: MAX_CANDIDATES });
  return nearest(word, alike, 2);
}

function nearest(word: string, candidates: KnownWord[], maxDistance: number): string[] {
  return candidates
    .map((candidate) => ({ ...candidate, distance: editDistance(word, candidate.word, maxDistance) }))
    .filter(({ distance }) => distance > 0 && distance <= maxDistance)
    .sort((a, b) => a.distance - b.distance || b.popularity - a.popularity || (a.word < b.word ? -1 : 1))
    .slice(0, MAX_CORRECTIONS)
    .map((candidate) => candidate.word);
}
