import type { Db } from '#lib/platform/pg/db.ts';

export type ArchivedImage = { digest: string; tags: string[]; archivedAt: Date | null };

const MAX_TAGS = 10;

/** Lists the archived images of a repository, latest first. Callers authorize. */
export async function listArchivedImages(
  { db }: { db: Db },
  { repositoryId, limit }: { repositoryId: bigint; limit: number },
): Promise<{ rows: ArchivedImage[]; total: number }> {
  const where = { repositoryId, isArchived: true };
  const [rows, total] = await Promise.all([
    db.manifest.findMany({
      where,
      orderBy: [{ archivedAt: 'desc' }, { id: 'desc' }],
      take: limit,
      select: {
        digest: true,
        archivedAt: true,
        tags: { select: { name: true }, orderBy: { name: 'asc' }, take: MAX_TAGS },
      },
    }),
    db.manifest.count({ where }),
  ]);
  return { total, rows: rows.map(({ tags, ...row }) => ({ ...row, tags: tags.map(({ name }) => name) })) };
}
