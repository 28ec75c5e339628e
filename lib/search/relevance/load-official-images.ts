import type { Db } from '#lib/platform/pg/db.ts';
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
    ...texts,
    repositoryId: BigInt(at + 1),
    registryKey,
    aliases: ['library'],
    displayName: '',
    logoId: null,
    operatingSystems: ['linux'],
    architectures: ['amd64'],
    platforms: ['linux/amd64'],
    categories: [],
    licences: [],
    baseSystem: null,
    sizeBytes: null,
    kind: 'image',
    verified: true,
    signed: false,
    pullCount: 1_000,
    pushedAt: new Date(),
  }));
  await saveSearchDocuments(app, documents);
}
