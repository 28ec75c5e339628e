// Names that could be taken for another. What is found here is flagged for people, never refused by machine.
import { foldAlias } from './fold-alias.ts';

/** Words that make a name sound like the real one. */
const AFFIXES = [
  'official',
  'inc',
  'io',
  'hub',
  'docker',
  'lib',
  'team',
  'labs',
  'org',
  'dev',
  'app',
  'hq',
  'images',
  'registry',
];

const KEYBOARD_ROWS = ['1234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm'];
const MIN_LENGTH_FOR_DISTANCE = 5;
const MIN_TRIGRAM_SIMILARITY = 0.6;

/** Why `name` could be taken for `known`, as the end of a sentence; null where it could not. */
export function findLikeness(name: string, known: string): string | null {
  if (name === known) return null;
  if (foldAlias(name) === foldAlias(known)) return 'looks the same in print';
  const [a, b] = [foldToLetters(name), foldToLetters(known)];
  if (sortWords(name) === sortWords(known)) return 'has the same words in another order';
  if (stripAffixes(name) === stripAffixes(known)) return 'differs only by a word such as "official"';
  if (Math.min(a.length, b.length) < MIN_LENGTH_FOR_DISTANCE) return null;
  if (cappedEditDistance(a, b) === 1)
    return isNeighbourTypo(a, b) ? 'is one key beside it' : 'differs by one character';
  return trigramSimilarity(a, b) >= MIN_TRIGRAM_SIMILARITY ? 'is spelled much the same' : null;
}

/** Folded, with the letters that people type: a slip on `w` is one slip. */
function foldToLetters(name: string): string {
  return foldAlias(name).replaceAll('rn', 'm').replaceAll('vv', 'w');
}

function words(name: string): string[] {
  return name.split(/[._-]+/);
}

function sortWords(name: string): string {
  return words(name).sort().join('-');
}

function stripAffixes(name: string): string {
  const kept = words(name).filter((word) => !AFFIXES.includes(word));
  return foldAlias((kept.length > 0 ? kept : words(name)).join(''));
}

/**
 * Damerau-Levenshtein distance in its restricted form: inserted, dropped, changed or swapped neighbouring characters.
 * Answers 2 for "2 or more", which is all that matters here.
 */
export function cappedEditDistance(a: string, b: string): number {
  if (a === b) return 0;
  if (Math.abs(a.length - b.length) > 1) return 2;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  const [left, right] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  const isSwap = left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0];
  return isSwap || (left.length <= 1 && right.length <= 1) ? 1 : 2;
}

/** Of two names at distance 1: was a key hit beside the right one? */
function isNeighbourTypo(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  const at = [...a].findIndex((character, i) => character !== b[i]);
  return KEYBOARD_ROWS.some((row) => {
    const [i, j] = [row.indexOf(a[at] ?? ' '), row.indexOf(b[at] ?? ' ')];
    return i >= 0 && j >= 0 && Math.abs(i - j) === 1;
  });
}

/** As pg_trgm counts: shared trigrams over all trigrams, of the word padded with two blanks before and one behind. */
export function trigramSimilarity(a: string, b: string): number {
  const [left, right] = [trigrams(a), trigrams(b)];
  const shared = [...left].filter((trigram) => right.has(trigram)).length;
  return shared / (left.size + right.size - shared);
}

function trigrams(word: string): Set<string> {
  const padded = `  ${word} `;
  return new Set(Array.from({ length: padded.length - 2 }, (_, i) => padded.slice(i, i + 3)));
}
