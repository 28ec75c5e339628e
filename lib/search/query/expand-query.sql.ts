import type { DbOrTx } from '#lib/platform/pg/db.ts';

/** `stem` is null for stop words. */
export type WordFacts = { word: string; stem: string | null; isKnown: boolean };

/** A word is known when a name has it. The last word may still be incomplete, so a prefix suffices. */
export async function lookUpWords(db: DbOrTx, words: string[]): Promise<WordFacts[]> {
  return db.$queryRaw`
    SELECT w.word, (ts_lexize('english_stem', w.word))[1] AS stem,
           EXISTS (SELECT FROM search_words s WHERE s.word = w.word)
             OR (w.at = ${words.length} AND EXISTS (
                  SELECT FROM search_words s WHERE s.word >= w.word AND s.word < w.word || chr(1114111))) AS "isKnown"
      FROM unnest(${words}::text[]) WITH ORDINALITY AS w (word, at) ORDER BY w.at`;
}

export type KnownWord = { word: string; popularity: number };

/** Lists known words that one of `deletions` can be made from, most popular first. */
export async function listByDeletions(
  db: DbOrTx,
  { deletions, limit }: { deletions: string[]; limit: number },
): Promise<KnownWord[]> {
  return db.$queryRaw`
    SELECT word, popularity FROM search_words WHERE deletions && ${deletions}::text[]
     ORDER BY popularity DESC LIMIT ${limit}`;
}

/** Lists known words that share trigrams with a word, most similar first. */
export async function listAlike(db: DbOrTx, { word, limit }: { word: string; limit: number }): Promise<KnownWord[]> {
  return db.$queryRaw`
    SELECT word, popularity FROM search_words WHERE word % ${word}
     ORDER BY similarity(word, ${word}) DESC LIMIT ${limit}`;
}
