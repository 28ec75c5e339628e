// Detects names that could be mistaken for another. Findings are flagged for review, never rejected automatically.
import { foldAlias } from './fold-alias.ts';

/** Words that make a name sound official. */
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

/** Returns why `name` could be mistaken for `known`, as the end of a sentence, or null. */
export function findLikeness(name: string, known: string): string | null {
  if (name === known) return null;
  if (foldAlias(name) === foldAlias(known)) return 'looks the same';
  const [a, b] = [foldToLetters(name), foldToLetters(known)];
  if (sortWords(name) === sortWords(known)) return 'has the same words in a different order';
  if (stripAffixes(name) === stripAffixes(known)) return 'differs only by a word such as "official"';
  if (Math.min(a.length, b.length) < MIN_LENGTH_FOR_DISTANCE) return null;
  if (cappedEditDistance(a, b) === 1)
    return isNeighbourTypo(a, b) ? 'differs by one adjacent key' : 'differs by one character';
  return trigramSimilarity(a, b) >= MIN_TRIGRAM_SIMILARITY ? 'has a similar spelling' : null;
}

/** Folds a name but keeps `m` and `w` as single letters, so that a typo in them counts as one edit. */
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

/** Returns the restricted Damerau-Levenshtein distance, capped at 2. */
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

/** Whether two names at distance 1 differ by an adjacent key on the keyboard. */
function isNeighbourTypo(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  const at = [...a].findIndex((character, i) => character !== b[i]);
  return KEYBOARD_ROWS.some((row) => {
    const [i, j] = [row.indexOf(a[at] ?? ' '), row.indexOf(b[at] ?? ' ')];
    return i >= 0 && j >= 0 && Math.abs(i - j) === 1;
  });
}

/** Computes similarity like pg_trgm: shared trigrams over all trigrams of the padded words. */
export function trigramSimilarity(a: string, b: string): number {
  const [left, right] = [trigrams(a), trigrams(b)];
  const shared = [...left].filter((trigram) => right.has(trigram)).length;
  return shared / (left.size + right.size - shared);
}

function trigrams(word: string): Set<string> {
  const padded = `  ${word} `;
  return new Set(Array.from({ length: padded.length - 2 }, (_, i) => padded.slice(i, i + 3)));
}
