// Builds SQL conditions and a rank for a query over search_repositories. See document-words.ts for weights.
import { Prisma } from '#lib/platform/prisma/client.ts';
import { joinWords } from './document-words.ts';
import type { ExpandedQuery, ExpandedWord, Term, Word } from '#lib/search/query/expand-query.ts';
import { gramsOfQuery, isUnspaced } from '#lib/search/query/fold-text.ts';
import { isOptional } from '#lib/search/query/synonyms.ts';
import { AGE_DAYS, SIZE_BYTES, type SearchFilters } from '#lib/search/schema.ts';

/** Shorter words match as a prefix only in `beginsName`, because they begin half the words of the gallery. */
const MIN_PREFIX_LENGTH = 3;
/** Joins at most this many words into a name typed with spaces. */
const MAX_JOINED_WORDS = 5;

const OPTIONAL_WEIGHT = 0.2;

/** What has a set of terms. The planner is to read it by the words. */
export type TermsMatch = {
  /** In any text: as typed, corrected, or by a synonym. */
  all: Prisma.Sql;
  /** The same without the about text and categories. */
  allInSummary: Prisma.Sql;
  /** Both, where the planner may read by trust instead, because very many documents match. */
  common: { all: Prisma.Sql; allInSummary: Prisma.Sql };
  /** The same in the last component of the name. */
  allInLeaf: Prisma.Sql;
};

export type TermMatch = {
  isRequired: boolean;
  weight: number;
  /** How well it fits: its best place, and whether it is there literally. */
  fit: Prisma.Sql;
  /** A tsquery for any text. */
  inTexts: string;
};

export type TextMatch = {
  terms: TermMatch[];
  /** Has every required term. */
  full: TermsMatch;
  /** Has those of the required terms that `isNeeded` returns true for, by their position in `terms`. Null if there are none. */
  having: (isNeeded: (at: number) => boolean) => TermsMatch | null;
  /** The name is the query, ignoring separators. */
  isNamed: Prisma.Sql;
  /** Higher is better. The tier of the name, 0 for most matches. */
  tier: Prisma.Sql;
  /** The name begins with the query. */
  beginsName: Prisma.Sql;
  /** The alias begins with the query. */
  beginsAlias: Prisma.Sql;
};

/** @returns null for a query without words, which matches everything */
export function matchText(query: ExpandedQuery): TextMatch | null {
  const { text, words, terms } = query;
  if (words.length === 0) return null;
  const required = requiredTerms(terms);
  const joined = joinWords(text);
  const names = namesMeant(query);
  const meant = meantNames(words);
  const [aliases, leaves] = splitAtAlias(words.map(({ word }) => word));
  const lastWord = words.at(-1)?.word ?? '';
  const last = words.length > 1 || lastWord.length >= MIN_PREFIX_LENGTH ? terms.at(-1) : null;
  const matchAll = (needed: Term[]): TermsMatch => {
    const query = (weights: string, mayBegin: boolean) =>
      orJoined(words, weights, allOf(needed.map((term) => termQuery(term, weights, mayBegin && term === last))));
    const inSummary = query('', true);
    const inTexts = query('', false);
    return {
      all: Prisma.sql`(words @@ ${hidden(inSummary)} OR all_words @@ ${hidden(inTexts)})`,
      allInSummary: Prisma.sql`words @@ ${hidden(inSummary)}`,
      common: {
        all: Prisma.sql`(words @@ ${inSummary}::tsquery OR all_words @@ ${inTexts}::tsquery)`,
        allInSummary: Prisma.sql`words @@ ${inSummary}::tsquery`,
      },
      // Its own index. That of `words` has no weights, so it would read every document with the words.
      allInLeaf: Prisma.sql`ts_filter(words, '{a}') @@ ${hidden(query('A', true))}`,
    };
  };
  const tier = Prisma.sql`CASE
    WHEN ${text} = ANY (SELECT a || '/' || name FROM unnest(aliases) AS a) THEN 100
    WHEN aliases && ${aliases}::text[] AND joined = ANY (${leaves}::text[]) THEN 95
    WHEN joined = ${joined} OR name = ${text} THEN 90
    WHEN joined = ANY (${meant}::text[]) THEN 80
    WHEN ${text} = ANY (aliases) OR publisher_name = ${text} THEN 70
    WHEN starts_with(joined, ${joined}) THEN 60
    ELSE 0 END`;
  return {
    terms: terms.map((term) => ({
      isRequired: required.includes(term),
      weight: term.isOptional ? OPTIONAL_WEIGHT : 1,
      fit: termFit(term, term === last),
      inTexts: termQuery(term, '', false),
    })),
    full: matchAll(required),
    having: (isNeeded) => {
      const needed = required.filter((term) => isNeeded(terms.indexOf(term)));
      return needed.length === 0 ? null : matchAll(needed);
    },
    isNamed: Prisma.sql`joined = ANY (${names}::text[])`,
    tier,
    beginsName: Prisma.sql`joined LIKE ${`${joined}%`}`,
    beginsAlias: Prisma.sql`primary_alias LIKE ${`${joined}%`}`,
  };
}

export function inAnyText(query: string): Prisma.Sql {
  return Prisma.sql`all_words @@ ${hidden(query)}`;
}

/**
 * A tsquery whose words the planner doesn't see. It takes a comparison for cheap, and would test every document for words
 * that many have.
 */
function hidden(query: string): Prisma.Sql {
  return Prisma.sql`(SELECT ${query}::tsquery)`;
}

/** Optional terms and an initial only rank, unless the query has nothing else. */
function requiredTerms(terms: Term[]): Term[] {
  const last = terms.at(-1);
  const isInitial = (term: Term) => term === last && term.words.every(({ word }) => isLetter(word));
  const typed = terms.filter((term) => !isInitial(term));
  const needed = typed.filter(({ isOptional }) => !isOptional);
  return [needed, typed, terms].find(({ length }) => length > 0) ?? [];
}

/** Begins too many words to find anything by. In scripts without spaces, one may be a word. */
function isLetter(word: string): boolean {
  return word.length === 1 && !isUnspaced(word);
}

/**
 * Also matches documents with the rarest term and all others but one, or else with any term that isn't common. `counts`
 * has one for each term.
 */
export function partialMatches(match: TextMatch, counts: number[], maxCount: number): Prisma.Sql[] {
  const found = match.terms
    .map(({ inTexts, isRequired }, at) => ({ query: inTexts, count: counts[at] ?? 0, isRequired }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => a.count - b.count);
  const [rarest, ...others] = found.filter(({ isRequired }) => isRequired).map(({ query }) => query);
  const rare = found.filter(({ count }, at) => at === 0 || count < maxCount).map(({ query }) => query);
  const most = others.map((_, at) => allOf([rarest ?? '', ...others.filter((_query, other) => other !== at)]));
  const queries = [...(others.length > 1 ? [anyOf(most)] : []), ...(rare.length > 0 ? [anyOf(rare)] : [])];
  return queries.map((query) => Prisma.sql`(${match.full.all} OR ${inAnyText(query)})`);
}

/** Scores one term: names above publishers, descriptions and the rest; what was typed above what stands for it. */
function termFit(term: Term, mayBegin: boolean): Prisma.Sql {
  const { words, alternatives } = term;
  const typed = (weights: string) => allOf(words.map((word) => wordQuery(word, weights, false)));
  const otherPhrases = alternatives.length === 0 ? [] : [anyOf(alternatives.map(phrase))];
  const places: [column: Prisma.Sql, query: string, score: number][] = [
    [SUMMARY, typed('A'), 20],
    [SUMMARY, typed('AB'), 16],
    [SUMMARY, typed(''), 14],
    ...otherPhrases.map((query): [Prisma.Sql, string, number] => [SUMMARY, query, 10]),
    [ALL_TEXTS, phrase(words), 7],
    ...otherPhrases.map((query): [Prisma.Sql, string, number] => [ALL_TEXTS, query, 6]),
    [SUMMARY, termQuery(term, '', mayBegin), 5],
    [ALL_TEXTS, typed(''), 3],
    [ALL_TEXTS, termQuery(term, '', false), 2],
  ];
  const isDistinct = ([column, query]: (typeof places)[number], at: number) =>
    places.findIndex((place) => place[0] === column && place[1] === query) === at;
  const cases = places
    .filter(isDistinct)
    .map(([column, query, score]) => Prisma.sql`WHEN ${column} @@ ${query}::tsquery THEN ${score}::int`);
  const name = words.map(({ word }) => word).join('');
  // `docker registry` means `registry`.
  const telling = words.filter(({ word }) => !isOptional(word));
  const names = [name, ...(telling.length > 0 ? [telling.map(({ word }) => word).join('')] : [])];
  // Most candidates lack some term, and each place costs as much as this.
  const isMissing = Prisma.sql`NOT all_words @@ ${termQuery(term, '', mayBegin)}::tsquery`;
  return Prisma.sql`CASE WHEN joined = ANY (${names}::text[]) THEN 24 WHEN ${isMissing} THEN 0 ${Prisma.join(cases, ' ')} ELSE 0 END`;
}

const SUMMARY = Prisma.sql`words`;
const ALL_TEXTS = Prisma.sql`all_words`;

/** The words in this order with at most one other between two. */
function phrase(words: Word[]): string {
  const [first, ...rest] = words.map(asTyped);
  return rest.reduce((before, word) => `(${before} <-> ${word} | ${before} <2> ${word})`, first ?? '');
}

function asTyped(word: Word): string {
  return wordQuery(word, '', false);
}

/** A tsquery for the term or what stands for it. `weights` limits it to words of those weights, empty means all. */
function termQuery({ words, alternatives }: Term, weights: string, mayBegin: boolean): string {
  const typed = words.map((word, at) => {
    const loose = [...word.synonyms, ...word.corrections].map((other) => lexeme(other, weights));
    return anyOf([wordQuery(word, weights, mayBegin && at === words.length - 1), ...loose]);
  });
  const others = alternatives.map((other) => allOf(other.map((word) => wordQuery(word, weights, false))));
  return anyOf([allOf(typed), ...others]);
}

/** Stems are only in descriptions and about texts. */
function wordQuery({ word, stem }: Word, weights: string, mayBegin: boolean): string {
  if (isUnspaced(word)) return unspaced(word, weights);
  const isStemmed = stem !== null && (weights === '' || weights.includes('D'));
  return anyOf([lexeme(word, `${mayBegin ? '*' : ''}${weights}`), ...(isStemmed ? [lexeme(stem, '')] : [])]);
}

/** Adds the words as one, as names are often typed with spaces. */
function orJoined(words: Word[], weights: string, query: string): string {
  if (words.length < 2 || words.length > MAX_JOINED_WORDS) return query;
  return anyOf([query, lexeme(words.map(({ word }) => word).join(''), weights)]);
}

function allOf(queries: string[]): string {
  return queries.length === 1 ? (queries[0] ?? '') : `(${queries.join(' & ')})`;
}

function anyOf(queries: string[]): string {
  const distinct = [...new Set(queries)];
  return distinct.length === 1 ? (distinct[0] ?? '') : `(${distinct.join(' | ')})`;
}

/** Requires all letter pairs in any order. A text rarely has all of them without the word. */
function unspaced(run: string, weights: string): string {
  const grams = gramsOfQuery(run);
  const [first = ''] = grams;
  // A single letter may begin a pair within a text or stand alone at its end.
  if (Array.from(run).length === 1) return lexeme(first, `*${weights}`);
  return `(${grams.map((gram) => lexeme(gram, weights)).join(' & ')})`;
}

/** Words contain only letters and digits (`splitWords`), so nothing needs escaping. */
function lexeme(word: string, suffix: string): string {
  return suffix ? `'${word}':${suffix}` : `'${word}'`;
}

/** Returns names, without separators, that the query states or implies. */
export function namesMeant({ text, words }: ExpandedQuery): string[] {
  const [, leaves] = splitAtAlias(words.map(({ word }) => word));
  return [...new Set([joinWords(text), ...meantNames(words), ...leaves])].filter((name) => name !== '');
}

/** Returns names, without separators, that corrections and synonyms turn the query into. */
function meantNames(words: ExpandedWord[]): string[] {
  const corrected = words.map(({ word, corrections }) => corrections[0] ?? word).join('');
  const others = words.length === 1 ? words.flatMap(({ synonyms, corrections }) => [...corrections, ...synonyms]) : [];
  return [...new Set([corrected, ...others])];
}

/** Splits `acme nginx` in every way into an alias and a name. */
function splitAtAlias(words: string[]): [aliases: string[], leaves: string[]] {
  const at = words.slice(1).map((_, n) => n + 1);
  const aliases = at.flatMap((n) => ['', '-', '_', '.'].map((separator) => words.slice(0, n).join(separator)));
  return [[...new Set(aliases)], at.map((n) => words.slice(n).join(''))];
}

export function filterSql(filters: SearchFilters): Prisma.Sql[] {
  const { os, architecture, platform, category, licence, base, maxSize, tag } = filters;
  const { kind, alias, isVerified, isSigned, pushedWithin } = filters;
  return [
    ...(os ? [Prisma.sql`${os} = ANY (operating_systems)`] : []),
    ...(architecture ? [Prisma.sql`${architecture} = ANY (architectures)`] : []),
    ...(platform ? [Prisma.sql`${platform} = ANY (platforms)`] : []),
    ...(category ? [Prisma.sql`${category} = ANY (categories)`] : []),
    ...(licence ? [Prisma.sql`${licence} = ANY (licences)`] : []),
    ...(base ? [Prisma.sql`base_system = ${base}`] : []),
    ...(maxSize ? [Prisma.sql`size_bytes <= ${SIZE_BYTES[maxSize]}`] : []),
    ...(tag ? [hasTag(tag)] : []),
    ...(isVerified ? [Prisma.sql`verified`] : []),
    ...(isSigned ? [Prisma.sql`signed`] : []),
    ...(kind ? [Prisma.sql`kind = ${kind}`] : []),
    ...(alias ? [Prisma.sql`aliases @> ARRAY[${alias}]`] : []),
    ...(pushedWithin ? [Prisma.sql`pushed_at > now() - make_interval(days => ${AGE_DAYS[pushedWithin]})`] : []),
  ];
}

function hasTag(tag: string): Prisma.Sql {
  return Prisma.sql`EXISTS (
    SELECT FROM tags WHERE tags.name = ${tag} AND tags.repository_id = search_repositories.repository_id
       AND attached_as IS NULL)`;
}

/** Every document belongs to one of this many samples of about the same size, by its id. */
export const SAMPLES = 64;

/** In one of the first `count` samples. As in the index of the samples (migration sampled_search). */
export function inSamples(count: number): Prisma.Sql {
  return Prisma.sql`(((repository_id * 2654435761) >> 26) & 63) < ${count}::int`;
}

/** The condition of a query without words. */
export const EVERYTHING = Prisma.sql`true`;

export function and(conditions: Prisma.Sql[]): Prisma.Sql {
  return conditions.length === 0 ? EVERYTHING : Prisma.join(conditions, ' AND ');
}
