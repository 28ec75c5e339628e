import type { Db } from '#lib/platform/pg/db.ts';
import { saveSearchDocuments } from '#lib/search/postgres/document-store.ts';
import { analyzeDocuments } from './load-corpus.sql.ts';
import type { CorpusEntry } from './corpus.ts';

const BATCH = 500;

/** Inserts a registry per publisher and a repository per entry as bare rows without content. */
export async function loadCorpus(app: { db: Db }, entries: CorpusEntry[]): Promise<void> {
  const registryKeys = new Map<string, bigint>();
  for (const { aliases } of entries) {
    const alias = aliases[0] ?? '';
    if (!registryKeys.has(alias)) registryKeys.set(alias, BigInt(registryKeys.size + 1));
  }
  await app.db.registry.createMany({
    data: [...registryKeys.values()].map((id) => ({ id, registryId: String(100_000_000_000n + id) })),
  });
  for (let from = 0; from < entries.length; from += BATCH) {
    const documents = entries.slice(from, from + BATCH).map(({ product: _product, role: _role, ...document }, at) => ({
      ...document,
      platforms: document.operatingSystems.flatMap((os) => document.architectures.map((name) => `${os}/${name}`)),
      repositoryId: BigInt(from + at + 1),
      registryKey: registryKeys.get(document.aliases[0] ?? '') ?? 0n,
    }));
    await app.db.repository.createMany({
      data: documents.map(({ repositoryId, registryKey, name }) => ({ id: repositoryId, registryKey, name })),
    });
    await saveSearchDocuments(app, documents);
  }
  await analyzeDocuments(app.db);
}
