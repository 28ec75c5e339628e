// The whole gallery, for sitemaps.
import { ADDRESS_COLUMNS, registryAddress } from '#lib/publishers/registry-address.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { IN_GALLERY } from './gallery-queries.ts';

export async function countGalleryRepositories(app: { db: Db }): Promise<number> {
  return app.db.repository.count({ where: IN_GALLERY });
}

export type GalleryAddress = { alias: string; name: string; pushedAt: Date | null };

/** In order of creation, so that full pages never change. */
export async function listGalleryAddresses(
  app: { db: Db },
  { offset, limit }: { offset: number; limit: number },
): Promise<GalleryAddress[]> {
  const rows = await app.db.repository.findMany({
    where: IN_GALLERY,
    orderBy: { id: 'asc' },
    skip: offset,
    take: limit,
    select: {
      name: true,
      lastPushedAt: true,
      registry: { select: ADDRESS_COLUMNS },
    },
  });
  return rows.map(({ name, lastPushedAt, registry }) => ({
    name,
    pushedAt: lastPushedAt,
    alias: registryAddress(registry),
  }));
}
