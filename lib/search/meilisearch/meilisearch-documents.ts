// Converts search documents to Meilisearch's: only what is searched and filtered. Hits are read from the database.
import { keywords, nameWords } from '#lib/search/postgres/document-words.ts';
import { foldText, spacedText } from '#lib/search/query/fold-text.ts';
import { conceptsIn } from '#lib/search/query/synonyms.ts';
import { toHit, type HitRow } from '#lib/search/postgres/hit-row.ts';

/** Bump when documents or settings change in meaning, which rebuilds the index on upgrade. */
export const MEILISEARCH_VERSION = 8;

export type FeedRow = HitRow & {
  aliases: string[];
  leaf: string;
  joined: string;
  popularity: number;
  categories: string[];
  licences: string[];
  base_system: string | null;
  size_bytes: bigint | null;
  about: string;
};

export function toMeilisearchDocument(row: FeedRow) {
  const { aliases, name, leaf, joined, popularity } = row;
  const inDescription = conceptsIn(row.description);
  const inAbout = conceptsIn(row.about);
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
    keywords: [...keywords(toHit(row)), ...inDescription.stated].join(' '),
    concepts: inDescription.answered,
    about: spacedText([...row.categories, row.about].join(' ')),
    aboutConcepts: [...inAbout.stated, ...inAbout.answered],
    named: joined,
    os: row.operating_systems,
    architecture: row.architectures,
    platform: row.platforms,
    category: row.categories,
    licence: row.licences,
    base: row.base_system,
    size: row.size_bytes === null ? null : Number(row.size_bytes),
    kind: row.kind,
    verified: row.verified,
    signed: row.signed,
    // A copy by someone unknown doesn't outrank a verified original that is deprecated.
    trust: 2 * Number(row.verified) + Number(!row.deprecated),
    popularity,
    pulls: Number(row.pull_count),
    stars: row.star_count,
    /** Unix time. */
    pushedAt: Math.floor(row.pushed_at.getTime() / 1000),
    name,
  };
}
