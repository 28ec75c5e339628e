// Stores search documents as rows. PostgreSQL search reads them and Meilisearch follows them.
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { runStatement } from '#lib/platform/pg/run-statement.ts';
import { removalStatement, upsertDocuments, upsertWords, type DocumentRow } from './document-store.sql.ts';
import { describingWords, documentLexemes, joinWords, leafOf, spelledWords, toTsvector } from './document-words.ts';
import { deletionsOf } from '#lib/search/query/edit-distance.ts';
import { foldText, spacedText } from '#lib/search/query/fold-text.ts';
import { popularityOf } from './popularity.ts';
import type { SearchDocument } from '#lib/search/schema.ts';

/** Upserts documents in two statements. Skips repositories deleted or hidden meanwhile. */
export async function saveSearchDocuments({ db }: { db: DbOrTx }, documents: SearchDocument[]): Promise<void> {
  if (documents.length === 0) return;
  await learnWords(db, documents);
  await upsertDocuments(db, documents.map(toRow));
}

/** Takes effect with the next search. */
export async function removeSearchDocuments({ db }: { db: DbOrTx }, repositoryIds: bigint[]): Promise<void> {
  await runStatement(db, removalStatement(repositoryIds));
}

/**
 * Records words of names and descriptions for typo correction. Words of deleted repositories are harmless, because
 * they match nothing.
 */
async function learnWords(db: DbOrTx, documents: SearchDocument[]): Promise<void> {
  const learned = new Map<string, { popularity: number; isName: boolean }>();
  const learn = (words: string[], popularity: number, isName: boolean) => {
    for (const word of words) {
      const known = learned.get(word);
      learned.set(word, {
        popularity: Math.max(popularity, known?.popularity ?? 0),
        isName: isName || (known?.isName ?? false),
      });
    }
  };
  for (const document of documents) {
    const popularity = popularityOf(document.pullCount);
    learn(spelledWords(document), popularity, true);
    learn(describingWords(document.description), popularity, false);
  }
  await upsertWords(
    db,
    [...learned].map(([word, facts]) => ({ word, ...facts, deletions: deletionsOf(word) })),
  );
}

function toRow(document: SearchDocument): DocumentRow {
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
    platforms: document.platforms,
    categories: document.categories,
    licences: document.licences,
    base_system: document.baseSystem,
    size_bytes: document.sizeBytes === null ? null : String(document.sizeBytes),
    about: document.about,
    kind: document.kind,
    verified: document.verified,
    signed: document.signed,
    deprecated: document.deprecated,
    pull_count: document.pullCount,
    star_count: document.starCount,
    popularity: popularityOf(document.pullCount),
    pushed_at: document.pushedAt,
    publisher_name: foldText(document.displayName),
    lexemes: toTsvector(documentLexemes(document)),
    spaced_description: spacedText(document.description),
    other_words: spacedText([...document.categories, document.about].join(' ')),
  };
}
