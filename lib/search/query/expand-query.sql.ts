import type { DbOrTx } from '#lib/platform/pg/db.ts';

/** `stem` is null for stop words. `isSpelled`: whether a name or a description has exactly this word. */
export type WordFacts = { word: string; stem: string | null; isKnown: boolean; isSpelled: boolean };

/** A word is known when a text has it. The last word may still be incomplete, so a prefix of one in a name suffices. */
export async function lookUpWords(db: DbOrTx, words: string[]): Promise<WordFacts[]> {
  return db.$queryRaw`
    SELECT w.word, stem, is_spelled AS "isSpelled",
           CASE WHEN is_spelled THEN true
                WHEN w.at = ${words.length} AND EXISTS (
                  SELECT FROM search_words s WHERE s.word >= w.word AND s.word < w.word || chr(1114111) AND s.is_name)
                THEN true
                ELSE EXISTS (SELECT FROM search_repositories WHERE all_words @@ quote_literal(stem)::tsquery)
                END AS "isKnown"
      FROM unnest(${words}::text[]) WITH ORDINALITY AS w (word, at),
           LATERAL (SELECT (ts_lexize('english_stem', w.word))[1] AS stem,
                           EXISTS (SELECT FROM search_words s WHERE s.word = w.word) AS is_spelled OFFSET 0) AS facts
     ORDER BY w.at`;
}

/** Returns those that a name or a description has. */
export async function findKnownWords(db: DbOrTx, words: string[]): Promise<Set<string>> {
  const rows = await db.$queryRaw<{ word: string }[]>`SELECT word FROM search_words WHERE word = ANY (${words})`;
  return new Set(rows.map(({ word }) => word));
}

/** Returns the English stem of each word, null for stop words. */
export async function stemWords(db: DbOrTx, words: string[]): Promise<Map<string, string | null>> {
  if (words.length === 0) return new Map();
  const rows = await db.$queryRaw<{ word: string; stem: string | null }[]>`
    SELECT word, (ts_lexize('english_stem', word))[1] AS stem FROM unnest(${words}::text[]) AS word`;
  return new Map(rows.map(({ word, stem }) => [word, stem]));
}

/** `isName`: whether a name has it, not only a description. */
export type KnownWord = { word: string; popularity: number; isName: boolean };

/** Lists known words that one of `deletions` can be made from, most popular first. */
export async function listByDeletions(
  db: DbOrTx,
  { deletions, limit }: { deletions: string[]; limit: number },
): Promise<KnownWord[]> {
  return db.$queryRaw`
    SELECT word, popularity, is_name AS "isName" FROM search_words WHERE deletions && ${deletions}::text[]
     ORDER BY is_name DESC, popularity DESC LIMIT ${limit}`;
}

/** Lists known words that share trigrams with a word, most similar first. */
export async function listAlike(db: DbOrTx, { word, limit }: { word: string; limit: number }): Promise<KnownWord[]> {
  return db.$queryRaw`
    SELECT word, popularity, is_name AS "isName" FROM search_words WHERE word % ${word}
     ORDER BY similarity(word, ${word}) DESC LIMIT ${limit}`;
}
