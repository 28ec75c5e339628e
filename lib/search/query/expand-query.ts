// What a query could have meant: each word as it stands, its synonyms, and, where no name has it, what it may be a typo of.
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { deletionsOf, editDistance } from './edit-distance.ts';
import { isUnspaced } from './fold-text.ts';
import { parseQuery } from './parse-query.ts';
import { synonymsOf } from './synonyms.ts';

/** Shorter words are too like each other. */
const MIN_TYPO_LENGTH = 4;
/** From here on two typos are forgiven. */
const MIN_TWO_TYPOS_LENGTH = 8;
/** Longer ones are pasted, not typed. */
const MAX_TYPO_LENGTH = 32;
/** Of the unknown words of a query, the first. With the limits around it this bounds what any query costs the event loop. */
const MAX_CORRECTED_WORDS = 4;
const MAX_CORRECTIONS = 3;
const MAX_CANDIDATES = 200;

export type ExpandedWord = {
  word: string;
  /** As descriptions have it: without its English ending. Null for a word that says nothing (`the`). */
  stem: string | null;
  synonyms: string[];
  /** Known words that it may be a typo of, the likeliest first. */
  corrections: string[];
};

export type ExpandedQuery = {
  text: string;
  words: ExpandedWord[];
  /** The query with its unknown words put right; null when there are none. */
  correction: string | null;
};

export async function expandQuery(db: DbOrTx, query: string): Promise<ExpandedQuery> {
  const parsed = parseQuery(query);
  const facts = parsed.words.length === 0 ? [] : await lookUp(db, parsed.words);
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

type WordFacts = { word: string; stem: string | null; isKnown: boolean };

/** Known is what some name has; of the last word, which may still be being typed, also what one begins with. */
async function lookUp(db: DbOrTx, words: string[]): Promise<WordFacts[]> {
  return db.$queryRaw<WordFacts[]>`
    SELECT w.word, (ts_lexize('english_stem', w.word))[1] AS stem,
           EXISTS (SELECT FROM search_words s WHERE s.word = w.word)
             OR (w.at = ${words.length} AND EXISTS (
                  SELECT FROM search_words s WHERE s.word >= w.word AND s.word < w.word || chr(1114111))) AS "isKnown"
      FROM unnest(${words}::text[]) WITH ORDINALITY AS w (word, at) ORDER BY w.at`;
}

/** Of numbers every one is right: python312 is not a typo of python313. */
function mayBeTypo({ word, isKnown }: WordFacts): boolean {
  const isTyped = word.length >= MIN_TYPO_LENGTH && word.length <= MAX_TYPO_LENGTH;
  return !isKnown && isTyped && !isUnspaced(word) && !/\p{N}/u.test(word);
}

async function findCorrections(db: DbOrTx, word: string): Promise<string[]> {
  const oneTypo = await db.$queryRaw<Candidate[]>`
    SELECT word, popularity FROM search_words WHERE deletions && ${deletionsOf(word)}::text[]
     ORDER BY popularity DESC LIMIT ${MAX_CANDIDATES}`;
  const near = nearest(word, oneTypo, 1);
  // In a database of locale C, words of other scripts have no trigrams: looking for them goes through the whole index.
  if (near.length > 0 || word.length < MIN_TWO_TYPOS_LENGTH || !/^[a-z]+$/.test(word)) return near;
  const alike = await db.$queryRaw<Candidate[]>`
    SELECT word, popularity FROM search_words WHERE word % ${word}
     ORDER BY similarity(word, ${word}) DESC LIMIT ${MAX_CANDIDATES}`;
  return nearest(word, alike, 2);
}

type Candidate = { word: string; popularity: number };

function nearest(word: string, candidates: Candidate[], maxDistance: number): string[] {
  return candidates
    .map((candidate) => ({ ...candidate, distance: editDistance(word, candidate.word, maxDistance) }))
    .filter(({ distance }) => distance > 0 && distance <= maxDistance)
    .sort((a, b) => a.distance - b.distance || b.popularity - a.popularity || (a.word < b.word ? -1 : 1))
    .slice(0, MAX_CORRECTIONS)
    .map((candidate) => candidate.word);
}
