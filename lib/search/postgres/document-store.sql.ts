import type { DbOrTx } from '#lib/platform/pg/db.ts';
import type { SqlStatement } from '#lib/platform/pg/run-statement.ts';

export type DocumentRow = {
  /** An integer, as is the registry's. */
  repository_id: string;
  registry_id: string;
  aliases: string[];
  name: string;
  leaf: string;
  joined: string;
  display_name: string;
  logo_id: string | null;
  description: string;
  operating_systems: string[];
  architectures: string[];
  platforms: string[];
  categories: string[];
  licences: string[];
  base_system: string | null;
  size_bytes: string | null;
  about: string;
  kind: string;
  verified: boolean;
  signed: boolean;
  deprecated: boolean;
  pull_count: number;
  star_count: number;
  popularity: number;
  pushed_at: Date;
  publisher_name: string;
  /** A tsvector. */
  lexemes: string;
  spaced_description: string;
  /** Words of the categories and the about text. */
  other_words: string;
};

/**
 * Inserts or replaces documents of repositories that are still public. Their rows stay locked until the commit, so a
 * change that hides one either is seen here or removes the document afterwards.
 */
export async function upsertDocuments(db: DbOrTx, rows: DocumentRow[]): Promise<void> {
  await db.$executeRaw`
    WITH shown AS MATERIALIZED (
      SELECT id FROM repositories
       WHERE id = ANY (${rows.map((row) => BigInt(row.repository_id))}) AND visibility = 'public' AND quarantined_at IS NULL
       ORDER BY id FOR SHARE
    ), given AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS d (
        repository_id bigint, registry_id bigint, aliases text[], name text, leaf text, joined text, display_name text,
        logo_id uuid, description text, operating_systems text[], architectures text[], platforms text[], categories text[], licences text[],
        base_system text, size_bytes bigint, about text, kind text, verified boolean, signed boolean, deprecated boolean, pull_count bigint, star_count int, popularity smallint, pushed_at timestamptz, publisher_name text, lexemes text,
        spaced_description text, other_words text)
       WHERE repository_id IN (SELECT id FROM shown)
    ), returned AS (
      DELETE FROM search_removals WHERE repository_id IN (SELECT repository_id FROM given)
    )
    INSERT INTO search_repositories (repository_id, registry_id, aliases, name, leaf, joined, display_name, primary_alias,
      publisher_name, logo_id, description, operating_systems, architectures, platforms, categories, licences, base_system,
      size_bytes, about, kind, verified, signed, deprecated, pull_count, star_count, popularity, pushed_at, words, all_words)
    SELECT repository_id, registry_id, aliases, name, leaf, joined, display_name, coalesce(aliases[1], ''),
           publisher_name, logo_id, description, operating_systems, architectures, platforms, categories, licences, base_system,
           size_bytes, about, kind, verified, signed, deprecated, pull_count, star_count, popularity, pushed_at, own.words,
           own.words || to_tsvector('english', other_words)
      FROM given, LATERAL (
        SELECT lexemes::tsvector || setweight(to_tsvector('english', spaced_description), 'D') AS words) AS own ORDER BY repository_id
    ON CONFLICT (repository_id) DO UPDATE SET
      registry_id = excluded.registry_id, aliases = excluded.aliases, name = excluded.name, leaf = excluded.leaf,
      joined = excluded.joined, display_name = excluded.display_name, primary_alias = excluded.primary_alias,
      publisher_name = excluded.publisher_name, logo_id = excluded.logo_id, description = excluded.description,
      operating_systems = excluded.operating_systems, architectures = excluded.architectures, platforms = excluded.platforms,
      categories = excluded.categories, licences = excluded.licences, base_system = excluded.base_system,
      size_bytes = excluded.size_bytes, about = excluded.about, kind = excluded.kind,
      verified = excluded.verified, signed = excluded.signed, deprecated = excluded.deprecated, pull_count = excluded.pull_count, star_count = excluded.star_count,
      popularity = excluded.popularity, pushed_at = excluded.pushed_at, words = excluded.words, all_words = excluded.all_words,
      changed_xid = excluded.changed_xid`;
}

export type WordRow = { word: string; popularity: number; isName: boolean; deletions: string[] };

/** Inserts words, and raises the popularity of known ones. A consistent order prevents deadlocks between writers of the same words. */
export async function upsertWords(db: DbOrTx, rows: WordRow[]): Promise<void> {
  await db.$executeRaw`
    INSERT INTO search_words (word, deletions, popularity, is_name)
    SELECT word, deletions, popularity, "isName"
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        AS w (word text, deletions text[], popularity smallint, "isName" boolean)
     ORDER BY word COLLATE "C"
    ON CONFLICT (word) DO UPDATE SET popularity = greatest(search_words.popularity, excluded.popularity),
      is_name = search_words.is_name OR excluded.is_name
      WHERE search_words.popularity < excluded.popularity OR excluded.is_name > search_words.is_name`;
}

/**
 * Must run before the repositories are deleted. The cascade would remove their documents without telling followers.
 * A transaction that locks a repository afterwards must use `hidingStatements`.
 */
export function removalStatement(repositoryIds: bigint[]): SqlStatement {
  return { name: 'remove-search-documents', text: REMOVE, values: [repositoryIds.map(String)] };
}

/** Locks the repositories before their documents, as `upsertDocuments` does. In the opposite order, the two deadlock. */
export function hidingStatements(repositoryIds: bigint[]): SqlStatement[] {
  const lock = { name: 'lock-hidden-repositories', text: LOCK, values: [repositoryIds.map(String)] };
  return [lock, removalStatement(repositoryIds)];
}

const LOCK = 'SELECT FROM repositories WHERE id = ANY ($1::bigint[]) ORDER BY id FOR NO KEY UPDATE';

const REMOVE = `
  WITH gone AS (DELETE FROM search_repositories WHERE repository_id = ANY ($1::bigint[]) RETURNING repository_id)
  INSERT INTO search_removals (repository_id) SELECT repository_id FROM gone
  ON CONFLICT (repository_id) DO UPDATE SET changed_xid = excluded.changed_xid`;
