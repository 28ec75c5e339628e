// Checks whether a display name could be mistaken for another publisher's. Uses the same reserved names and look-alikes as
// aliases, applied to text of several words. Findings are flagged for a reviewer, never rejected automatically.
import { setImmediate as nextPhase } from 'node:timers/promises';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { foldAlias } from './fold-alias.ts';
import { findLikeness } from './look-alikes.ts';
import { findKnownNames, findReservedNames } from './protected-names.sql.ts';

/** Scripts whose letters can't be mistaken for Latin ones. */
const UNLIKE_LATIN =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Devanagari}]/gu;
/** Except within a Latin word, where a round character can pass for an `o`. */
const WITHIN_LATIN = new RegExp(`(?<=[a-z0-9])${UNLIKE_LATIN.source}+(?=[a-z0-9])`, 'u');
/** Pictographs of A to Z without a Unicode decomposition: negative circled, negative squared and regional indicators. */
const PICTURES_OF_A = [0x1f150, 0x1f170, 0x1f1e6];
const PICTURE = /[\u{1f150}-\u{1f169}\u{1f170}-\u{1f189}\u{1f1e6}-\u{1f1ff}]/gu;
/** Symbols that read as letters within a word. */
const SIGNS: Record<string, string> = {
  '@': 'a',
  '€': 'e',
  $: 's',
  '|': 'l',
  '!': 'i',
  '£': 'l',
  '¢': 'c',
  '©': 'c',
  '®': 'r',
};
/** Latin letters without a Unicode decomposition. */
const PLAIN: Record<string, string> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ð: 'd', þ: 'th', ı: 'i' };
const MIN_PART_LENGTH = 3;
const MAX_WORDS = 20;
/** Each comparison takes a few microseconds. */
const COMPARED_AT_ONCE = 500;
/** Single words of a longer name are compared only with these kinds, because words like "tools" are fine in a name. */
const PROTECTED_KINDS = ['brand', 'service', 'seller', 'blocked'];

export type CheckNameInput = {
  name: string;
  registryKey: bigint;
};

/** Returns why the name needs review, as a sentence, or null if it may be shown. */
export async function checkName(app: { db: DbOrTx }, { name, registryKey }: CheckNameInput): Promise<string | null> {
  const letters = toLetters(name);
  const plain = letters.replace(UNLIKE_LATIN, ' ');
  const odd = /[^\P{L}a-z]/u.exec(plain) ?? WITHIN_LATIN.exec(letters);
  if (odd) return `It contains letters that look like others, such as ${JSON.stringify(odd[0])}.`;
  const words = toWords(plain);
  const wordsWithSigns = toWords(plain.replace(/[@€$|!£¢©®]/g, (sign) => SIGNS[sign] ?? sign));
  if (wordsWithSigns.length === 0) return null;
  if (words.length > MAX_WORDS) return `It has more than ${MAX_WORDS} words.`;
  const own = await findOwnAliases(app.db, registryKey);
  const whole = words.join('-');
  // A reviewer has already granted the registry this name as an alias.
  if (own.has(foldAlias(whole))) return null;
  const read = [...partsOf(words), ...partsOf(wordsWithSigns), wordsWithSigns.join('-')];
  const parts = [...new Set(read)].filter((part) => !own.has(foldAlias(part)));
  return (await findTaken(app.db, { whole, registryKey })) ?? (await findProtected(app, { whole, parts, registryKey }));
}

/** Reduces a name to lowercase letters without diacritics, mapping Latin look-alikes to a-z. */
function toLetters(name: string): string {
  const drawn = name.replace(PICTURE, (picture) => letterOf(picture.codePointAt(0) ?? 0));
  const letters = drawn.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return letters.replace(/[ßæœøłđðþı]/g, (letter) => PLAIN[letter] ?? letter);
}

function letterOf(picture: number): string {
  const first = PICTURES_OF_A.findLast((start) => start <= picture) ?? picture;
  return String.fromCodePoint('a'.charCodeAt(0) + picture - first);
}

const toWords = (text: string): string[] => text.match(/[a-z0-9]+/g) ?? [];

/** Returns single words and pairs of adjacent words joined, to catch `goo gle`. */
function partsOf(words: string[]): string[] {
  const pairs = words.slice(1).map((word, i) => `${words[i]}${word}`);
  return [...words, ...pairs].filter((part) => part.length >= MIN_PART_LENGTH);
}

async function findOwnAliases(db: DbOrTx, registryKey: bigint): Promise<Set<string>> {
  const where = { registryKey, status: 'active' as const, defaultOf: null };
  return new Set((await db.alias.findMany({ where, select: { foldedKey: true } })).map(({ foldedKey }) => foldedKey));
}

async function findTaken(db: DbOrTx, { whole, registryKey }: { whole: string; registryKey: bigint }) {
  const alias = await db.alias.findUnique({
    where: { foldedKey: foldAlias(whole) },
    select: { name: true, registryKey: true },
  });
  return alias && alias.registryKey !== registryKey
    ? `It reads like ${alias.name}, the alias of another publisher.`
    : null;
}

type Protected = { whole: string; parts: string[]; registryKey: bigint };

async function findProtected(app: { db: DbOrTx }, { whole, parts, registryKey }: Protected): Promise<string | null> {
  for (const part of [whole, ...parts]) {
    const found = await findReservedNames(app, part);
    const entry = found.find(({ kind }) => part === whole || PROTECTED_KINDS.includes(kind));
    if (entry) return `It contains the reserved name ${entry.name.replace(/[._-]+$/, '')}.`;
  }
  return findLookAlike(await findKnownNames(app.db, registryKey), { whole, parts });
}

/** Compares hundreds of names with dozens of parts, yielding to the event loop regularly. */
export async function findLookAlike(
  known: { name: string; isReserved: boolean }[],
  { whole, parts }: { whole: string; parts: string[] },
): Promise<string | null> {
  let compared = 0;
  for (const { name, isReserved } of known) {
    for (const part of isReserved ? [whole, ...parts] : [whole]) {
      compared += 1;
      if (compared % COMPARED_AT_ONCE === 0) await nextPhase();
      const why = findLikeness(part, name);
      if (why) return `${JSON.stringify(part)} could be mistaken for ${name}: it ${why}.`;
    }
  }
  return null;
}
