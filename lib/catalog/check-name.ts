// Could this display name be taken for somebody else's? The same reserved names and likenesses as for an alias, for a text of
// several words. What is found is flagged for a reviewer, never refused by machine.
import type { DbOrTx } from '#lib/platform/db.ts';
import { foldAlias } from './fold-alias.ts';
import { findLikeness } from './look-alikes.ts';
import { findKnownNames, findReservedNames } from './protected-names.ts';

/** No letter of these is taken for a Latin one. */
const UNLIKE_LATIN =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Devanagari}]/gu;
/** Latin letters that have no decomposition. */
const PLAIN: Record<string, string> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ð: 'd', þ: 'th', ı: 'i' };
const MIN_PART_LENGTH = 3;
const MAX_WORDS = 20;
/** A word of a longer name is compared with these alone: a name may well have a word such as "tools". */
const PROTECTED_KINDS = ['brand', 'service', 'seller', 'blocked'];

export type CheckNameInput = {
  name: string;
  /** Internal id of the registry that has it. */
  registryId: bigint;
};

/** Why a person is to look at it, as a sentence; null: it may be shown. */
export async function checkName(app: { db: DbOrTx }, { name, registryId }: CheckNameInput): Promise<string | null> {
  const plain = toPlain(name);
  const odd = /[^\P{L}a-z]/u.exec(plain);
  if (odd) return `It has letters that look like others, such as ${JSON.stringify(odd[0])}.`;
  const words = plain.match(/[a-z0-9]+/g) ?? [];
  if (words.length === 0) return null;
  if (words.length > MAX_WORDS) return `It has more than ${MAX_WORDS} words.`;
  const own = await findOwnAliases(app.db, registryId);
  const whole = words.join('-');
  // A reviewer has given them this very name.
  if (own.has(foldAlias(whole))) return null;
  const parts = partsOf(words).filter((part) => !own.has(foldAlias(part)));
  return (await findTaken(app.db, { whole, registryId })) ?? (await findProtected(app, { whole, parts, registryId }));
}

/** As it reads: without marks, in lower case, in the letters a to z as far as they are Latin. */
function toPlain(name: string): string {
  const letters = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(UNLIKE_LATIN, ' ');
  return letters.replace(/[ßæœøłđðþı]/g, (letter) => PLAIN[letter] ?? letter);
}

/** Words, and neighbours written as one: `goo gle`. */
function partsOf(words: string[]): string[] {
  const pairs = words.slice(1).map((word, i) => `${words[i]}${word}`);
  return [...new Set([...words, ...pairs])].filter((part) => part.length >= MIN_PART_LENGTH);
}

async function findOwnAliases(db: DbOrTx, registryId: bigint): Promise<Set<string>> {
  const where = { registryId, status: 'active' as const, defaultOf: null };
  return new Set((await db.alias.findMany({ where, select: { foldedKey: true } })).map(({ foldedKey }) => foldedKey));
}

async function findTaken(db: DbOrTx, { whole, registryId }: { whole: string; registryId: bigint }) {
  const alias = await db.alias.findUnique({
    where: { foldedKey: foldAlias(whole) },
    select: { name: true, registryId: true },
  });
  return alias && alias.registryId !== registryId
    ? `It reads like ${alias.name}, the alias of another publisher.`
    : null;
}

type Protected = { whole: string; parts: string[]; registryId: bigint };

async function findProtected(app: { db: DbOrTx }, { whole, parts, registryId }: Protected): Promise<string | null> {
  for (const part of [whole, ...parts]) {
    const found = await findReservedNames(app, part);
    const entry = found.find(({ kind }) => part === whole || PROTECTED_KINDS.includes(kind));
    if (entry) return `It contains the reserved name ${entry.name.replace(/[._-]+$/, '')}.`;
  }
  for (const known of await findKnownNames(app.db, registryId)) {
    for (const part of known.isReserved ? [whole, ...parts] : [whole]) {
      const why = findLikeness(part, known.name);
      if (why) return `${JSON.stringify(part)} could be taken for ${known.name}: it ${why}.`;
    }
  }
  return null;
}
