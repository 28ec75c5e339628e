// Stores search documents as rows. PostgreSQL search reads them and Meilisearch follows them.
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { runStatement, type SqlStatement } from '#lib/platform/pg/run-statement.ts';
import { documentLexemes, joinWords, leafOf, spelledWords, toTsvector } from './document-words.ts';
import { deletionsOf } from '#lib/search/query/edit-distance.ts';
import { foldText, spacedText } from '#lib/search/query/fold-text.ts';
import { popularityOf } from './popularity.ts';
import type { SearchDocument } from '#lib/search/schema.ts';

/** Upserts documents in two statements. Skips repositories deleted meanwhile. */
export async function saveSearchDocuments({ db }: { db: DbOrTx }, documents: SearchDocument[]): Promise<void> {
  if (documents.length === 0) return;
  await learnWords(db, documents);
  const rows = JSON.stringify(documents.map(toRow));
  await db.$executeRaw`
    WITH given AS (
      SELECT * FROM jsonb_to_recordset(${rows}::jsonb) AS d (
        repository_id bigint, registry_id bigint, aliases text[], name text, leaf text, joined text, display_name text,
        logo_id uuid, description text, operating_systems text[], architectures text[], kind text, verified boolean,
        signed boolean, pull_count bigint, popularity smallint, pushed_at timestamptz, publisher_name text, lexemes text,
        spaced_description text)
       WHERE EXISTS (SELECT FROM repositories WHERE id = d.repository_id)
    ), returned AS (
      DELETE FROM search_removals WHERE repository_id IN (SELECT repository_id FROM given)
    )
    INSERT INTO search_repositories (repository_id, registry_id, aliases, name, leaf, joined, display_name, primary_alias,
      publisher_name, logo_id, description, operating_systems, architectures, kind, verified, signed, pull_count, popularity,
      pushed_at, words)
    SELECT repository_id, registry_id, aliases, name, leaf, joined, display_name, coalesce(aliases[1], ''),
           publisher_name, logo_id, description, operating_systems, architectures, kind, verified, signed, pull_count,
           popularity, pushed_at, lexemes::tsvector || setweight(to_tsvector('english', spaced_description), 'D')
      FROM given ORDER BY repository_id
    ON CONFLICT (repository_id) DO UPDATE SET
      registry_id = excluded.registry_id, aliases = excluded.aliases, name = excluded.name, leaf = excluded.leaf,
      joined = excluded.joined, display_name = excluded.display_name, primary_alias = excluded.primary_alias,
      publisher_name = excluded.publisher_name, logo_id = excluded.logo_id, description = excluded.description,
      operating_systems = excluded.operating_systems, architectures = excluded.architectures, kind = excluded.kind,
      verified = excluded.verified, signed = excluded.signed, pull_count = excluded.pull_count,
      popularity = excluded.popularity, pushed_at = excluded.pushed_at, words = excluded.words,
      changed_xid = excluded.changed_xid`;
}

/** Takes effect with the next search. */
export async function removeSearchDocuments({ db }: { db: DbOrTx }, repositoryIds: bigint[]): Promise<void> {
  await runStatement(db, removalStatement(repositoryIds));
}

/** Must run before the repositories are deleted. The cascade would remove their documents without telling followers. */
export function removalStatement(repositoryIds: bigint[]): SqlStatement {
  return { name: 'remove-search-documents', text: REMOVE, values: [repositoryIds.map(String)] };
}

const REMOVE = `
  WITH gone AS (DELETE FROM search_repositories WHERE repository_id = ANY ($1::bigint[]) RETURNING repository_id)
  INSERT INTO search_removals (repository_id) SELECT repository_id FROM gone
  ON CONFLICT (repository_id) DO UPDATE SET changed_xid = excluded.changed_xid`;

/**
 * Records words of names for typo correction. Words that no name has any more are harmless, because they find nothing.
 */
async function learnWords(db: DbOrTx, documents: SearchDocument[]): Promise<void> {
  const popularities = new Map<string, number>();
  for (const document of documents) {
    const popularity = popularityOf(document.pullCount);
    for (const word of spelledWords(document))
      popularities.set(word, Math.max(popularity, popularities.get(word) ?? 0));
  }
  const rows = [...popularities].map(([word, popularity]) => ({ word, popularity, deletions: deletionsOf(word) }));
  // A consistent order prevents deadlocks between writers of the same words.
  await db.$executeRaw`
    INSERT INTO search_words (word, deletions, popularity)
    SELECT word, deletions, popularity
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS w (word text, deletions text[], popularity smallint)
     ORDER BY word COLLATE "C"
    ON CONFLICT (word) DO UPDATE SET popularity = excluded.popularity
      WHERE search_words.popularity < excluded.popularity`;
}

function toRow(document: SearchDocument) {
  return {
    repository_id: String(document.repositoryId),
    registry_id: String(document.registryKey),
    aliases: document.aliases,
    name: document.name,
    leaf: leafOf(document.name),
    joined: joinWords(leafOf(document.name)),
    display_name: document.displayName,
    logo_id: document.logoId,
    description: document.description,
    operating_systems: document.operatingSystems,
    architectures: document.architectures,
    kind: document.kind,
    verified: document.verified,
    signed: document.signed,
    pull_count: document.pullCount,
    popularity: popularityOf(document.pullCount),
    pushed_at: document.pushedAt,
    publisher_name: foldText(document.displayName),
    lexemes: toTsvector(documentLexemes(document)),
    spaced_description: spacedText(document.description),
  };
}
