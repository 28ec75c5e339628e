// Converts search documents to Meilisearch's: only what is searched and filtered. Hits are read from the database.
import { keywords, nameWords } from '#lib/search/postgres/document-words.ts';
import { foldText } from '#lib/search/query/fold-text.ts';
import { toHit, type HitRow } from '#lib/search/postgres/hit-row.ts';

/** Bump when documents or settings change in meaning, which rebuilds the index on upgrade. */
export const MEILISEARCH_VERSION = 2;

export type FeedRow = HitRow & { aliases: string[]; leaf: string; joined: string; popularity: number };

export function toMeilisearchDocument(row: FeedRow) {
  const { aliases, name, leaf, joined, popularity } = row;
  return {
    id: Number(row.repository_id),
    leaf,
    /** Without separators: the whole name and adjacent parts. */
    joined: nameWords(leaf).join(' '),
    path: [name, ...aliases.map((alias) => `${alias}/${name}`)],
    aliases,
    // Folded like queries, because Meilisearch's own folding misses some letters.
    displayName: foldText(row.display_name),
    summary: foldText(row.description),
    keywords: keywords(toHit(row)).join(' '),
    named: joined,
    os: row.operating_systems,
    architecture: row.architectures,
    kind: row.kind,
    verified: row.verified,
    signed: row.signed,
    trust: Number(row.verified),
    popularity,
    pulls: Number(row.pull_count),
    /** Unix time. */
    pushedAt: Math.floor(row.pushed_at.getTime() / 1000),
    name,
  };
}
