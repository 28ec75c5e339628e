// Builds SQL conditions and a rank for a query over search_repositories. See document-words.ts for weights.
import { Prisma } from '#lib/platform/prisma/client.ts';
import { joinWords } from './document-words.ts';
import type { ExpandedQuery, ExpandedWord } from '#lib/search/query/expand-query.ts';
import { gramsOfQuery, isUnspaced } from '#lib/search/query/fold-text.ts';
import { AGE_DAYS, type SearchFilters } from '#lib/search/schema.ts';

/** Shorter words match as a prefix only in `beginsName`, because they begin half the words of the gallery. */
const MIN_PREFIX_LENGTH = 3;
/** Joins at most this many words into a name typed with spaces. */
const MAX_JOINED_WORDS = 5;

export type TextMatch = {
  hasSeveralWords: boolean;
  /** Every word, exactly, as a synonym or corrected. */
  all: Prisma.Sql;
  /** Every word, in the last component of the name. */
  allInLeaf: Prisma.Sql;
  /** At least one word, and the number of words. */
  any: Prisma.Sql;
  countOfAny: Prisma.Sql;
  /** The name is the query, ignoring separators. */
  isNamed: Prisma.Sql;
  /** Higher is better. Trust and popularity decide within a tier. */
  tier: Prisma.Sql;
  /** The name begins with the query. */
  beginsName: Prisma.Sql;
  /** The alias begins with the query. */
  beginsAlias: Prisma.Sql;
};

/** @returns null for a query without words, which matches everything */
export function matchText(query: ExpandedQuery): TextMatch | null {
  const { text, words } = query;
  if (words.length === 0) return null;
  const strict = (weights: string) => tsquery(words, weights, false);
  const loose = (weights: string) => tsquery(words, weights, true);
  const joined = joinWords(text);
  const names = namesMeant(query);
  const meant = meantNames(words);
  const [aliases, leaves] = splitAtAlias(words.map(({ word }) => word));
  const each = words.map((word, at) => tsquery([word], '', true, at === words.length - 1));
  const tier = Prisma.sql`CASE
    WHEN ${text} = ANY (SELECT a || '/' || name FROM unnest(aliases) AS a) THEN 100
    WHEN aliases && ${aliases}::text[] AND joined = ANY (${leaves}::text[]) THEN 95
    WHEN joined = ${joined} OR name = ${text} THEN 90
    WHEN joined = ANY (${meant}::text[]) THEN 80
    WHEN ${text} = ANY (aliases) OR publisher_name = ${text} THEN 70
    WHEN starts_with(joined, ${joined}) THEN 60
    WHEN words @@ ${strict('A')} THEN 50
    WHEN words @@ ${strict('AB')} THEN 40
    WHEN words @@ ${loose('A')} THEN 35
    WHEN words @@ ${strict('ABC')} THEN 30
    WHEN words @@ ${loose('ABC')} THEN 25
    WHEN words @@ ${strict('')} THEN 20
    WHEN joined = ANY (${words.map(({ word }) => word)}::text[]) THEN 15
    ELSE 10 END`;
  return {
    hasSeveralWords: words.length > 1,
    all: Prisma.sql`words @@ ${loose('')}`,
    allInLeaf: Prisma.sql`words @@ ${loose('A')}`,
    any: Prisma.sql`words @@ (${Prisma.join(each, ' || ')})`,
    countOfAny: Prisma.join(
      each.map((word) => Prisma.sql`(words @@ ${word})::int`),
      ' + ',
    ),
    beginsName: Prisma.sql`joined LIKE ${`${joined}%`}`,
    beginsAlias: Prisma.sql`primary_alias LIKE ${`${joined}%`}`,
    isNamed: Prisma.sql`joined = ANY (${names}::text[])`,
    tier,
  };
}

/** `weights` limits the match to words of those weights, empty means all. The last word may be a prefix. */
function tsquery(words: ExpandedWord[], weights: string, isLoose: boolean, mayBegin = true): Prisma.Sql {
  const each = words.map(({ word, stem, synonyms, corrections }, at) => {
    if (isUnspaced(word)) return unspaced(word, weights);
    const mayBeLong = words.length > 1 || word.length >= MIN_PREFIX_LENGTH;
    const isBeginning = mayBegin && mayBeLong && at === words.length - 1;
    const lexemes = [
      lexeme(word, `${isBeginning ? '*' : ''}${weights}`),
      ...(stem && weights === '' ? [lexeme(stem, 'D')] : []),
      ...(isLoose ? [...synonyms, ...corrections].map((other) => lexeme(other, weights)) : []),
    ];
    return `(${lexemes.join(' | ')})`;
  });
  const all = each.join(' & ');
  const joined = words.map(({ word }) => word).join('');
  const isOneName = words.length > 1 && words.length <= MAX_JOINED_WORDS;
  return Prisma.sql`${isOneName ? `(${all}) | ${lexeme(joined, weights)}` : all}::tsquery`;
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
  const { os, architecture, kind, alias, isVerified, isSigned, pushedWithin } = filters;
  return [
    ...(os ? [Prisma.sql`${os} = ANY (operating_systems)`] : []),
    ...(architecture ? [Prisma.sql`${architecture} = ANY (architectures)`] : []),
    ...(isVerified ? [Prisma.sql`verified`] : []),
    ...(isSigned ? [Prisma.sql`signed`] : []),
    ...(kind ? [Prisma.sql`kind = ${kind}`] : []),
    ...(alias ? [Prisma.sql`aliases @> ARRAY[${alias}]`] : []),
    ...(pushedWithin ? [Prisma.sql`pushed_at > now() - make_interval(days => ${AGE_DAYS[pushedWithin]})`] : []),
  ];
}

/** The condition of a query without words. */
export const EVERYTHING = Prisma.sql`true`;

export function and(conditions: Prisma.Sql[]): Prisma.Sql {
  return conditions.length === 0 ? EVERYTHING : Prisma.join(conditions, ' AND ');
}
