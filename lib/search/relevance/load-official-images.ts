import type { Db } from '#lib/platform/pg/db.ts';
import { EXAMPLE_DOCUMENT } from '#lib/search/example-document.ts';
import { saveSearchDocuments } from '#lib/search/postgres/document-store.ts';
import type { SearchDocument } from '#lib/search/schema.ts';

type Texts = { name: string; description: string; about: string };

/** Inserts one publisher with these repositories, equally popular. `about` is plain text. */
export async function loadOfficialImages(app: { db: Db }, images: Texts[]): Promise<void> {
  const registryKey = 1n;
  await app.db.registry.create({ data: { id: registryKey, registryId: '100000000001' } });
  await app.db.repository.createMany({
    data: images.map(({ name }, at) => ({ id: BigInt(at + 1), registryKey, name })),
  });
  const documents = images.map((texts, at): SearchDocument => ({
    ...EXAMPLE_DOCUMENT,
    ...texts,
    repositoryId: BigInt(at + 1),
    registryKey,
    aliases: ['library'],
    verified: true,
    pullCount: 1_000,
  }));
  await saveSearchDocuments(app, documents);
}
