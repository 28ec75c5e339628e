// The search documents: what search knows, as rows. Postgres search reads them, Meilisearch follows them.
import { Prisma } from '#lib/platform/prisma/client.ts';
import type { DbOrTx } from '#lib/platform/db.ts';
import { documentWords, joinWords, leafOf, toTsvector } from './document-words.ts';
import { deletionsOf } from './edit-distance.ts';
import { popularityOf } from './popularity.ts';
import type { SearchDocument } from './schema.ts';

/** Adds or replaces. */
export async function saveSearchDocuments({ db }: { db: DbOrTx }, documents: SearchDocument[]): Promise<void> {
  for (const document of documents) await saveDocument(db, document);
}

/** From the next search on they are not found. */
export async function removeSearchDocuments({ db }: { db: DbOrTx }, repositoryIds: bigint[]): Promise<void> {
  await db.$executeRaw`
    WITH gone AS (DELETE FROM search_repositories WHERE repository_id = ANY (${repositoryIds}) RETURNING repository_id)
    INSERT INTO search_removals (repository_id) SELECT repository_id FROM gone
    ON CONFLICT (repository_id) DO UPDATE SET changed_xid = excluded.changed_xid`;
}

async function saveDocument(db: DbOrTx, document: SearchDocument): Promise<void> {
  const { repositoryId, registryId, aliases, name, displayName, description, operatingSystems } = document;
  const { architectures, logoId, kind, verified, signed, pullCount, pushedAt } = document;
  const words = documentWords(document);
  const popularity = popularityOf(pullCount);
  const names = [...new Set([...words.A, ...words.B, ...words.C])];
  await db.$executeRaw`
    WITH learned AS (
      INSERT INTO search_words (word, deletions, popularity)
      SELECT word, string_to_array(deletions, ' '), ${popularity}
        FROM unnest(${names}::text[], ${names.map((word) => deletionsOf(word).join(' '))}::text[]) AS w (word, deletions)
       ORDER BY word
      ON CONFLICT (word) DO UPDATE SET popularity = excluded.popularity
        WHERE search_words.popularity < excluded.popularity
    ), returned AS (
      DELETE FROM search_removals WHERE repository_id = ${repositoryId}
    )
    INSERT INTO search_repositories (repository_id, registry_id, aliases, name, leaf, joined, display_name,
                                     primary_alias, publisher_name, logo_id, description, operating_systems, architectures, kind, verified, signed, pull_count,
                                     popularity, pushed_at, words)
    VALUES (${repositoryId}, ${registryId}, ${aliases}, ${name}, ${leafOf(name)}, ${joinWords(leafOf(name))},
            ${displayName}, ${aliases[0] ?? ''}, ${displayName.toLowerCase()}, ${logoId}::uuid, ${description}, ${operatingSystems}, ${architectures}, ${kind}, ${verified},
            ${signed}, ${pullCount}, ${popularity}, ${pushedAt},
            ${toTsvector(words)}::tsvector || setweight(to_tsvector('english', ${description}), 'D'))
    ON CONFLICT (repository_id) DO UPDATE SET ${REPLACE}`;
}

const REPLACE = Prisma.raw(
  [
    ...['registry_id', 'aliases', 'name', 'leaf', 'joined', 'display_name', 'logo_id', 'description'],
    ...['primary_alias', 'publisher_name'],
    ...['operating_systems', 'architectures', 'kind', 'verified', 'signed', 'pull_count', 'popularity', 'pushed_at'],
    ...['words', 'changed_xid'],
  ]
    .map((column) => `${column} = excluded.${column}`)
    .join(', '),
);
