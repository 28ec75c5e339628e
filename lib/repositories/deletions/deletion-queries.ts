// Restorable deletions as members and admins see them. Callers authorize.
import { ADDRESS_COLUMNS, registryAddress } from '#lib/publishers/registry-address.ts';
import type { RepositoryConfig } from '#lib/repositories/repository-config.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import type { DeletionKind } from '#lib/repositories/schema.ts';
import { DELETED_REGISTRY_ID } from '#lib/publishers/deleted-registry.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

type App = { db: Db; config: Pick<RepositoryConfig, 'restoreDays'> };

export type DeletionView = {
  id: string;
  kind: DeletionKind;
  /** `ALIAS/NAME` with the current primary alias. */
  fullName: string;
  tag: string | null;
  digest: string | null;
  /** Tags that would be restored with a manifest, cut to a few. */
  tags: string[];
  reason: string | null;
  /** Whether only admins can restore it. */
  isByAdmin: boolean;
  deletedBy: string;
  deletedAt: Date;
  /** When it becomes impossible to restore. */
  expiresAt: Date;
};

const MAX_TAGS = 20;

/** Earlier deletions can't be restored any more. */
export function liveSince({ restoreDays }: { restoreDays: number }): Date {
  return new Date(Date.now() - restoreDays * DAY_MS);
}

/** Latest first. A null `registryKey` means the whole site. */
export async function listDeletions(
  app: App,
  { registryKey, offset, limit }: { registryKey: bigint | null; offset: number; limit: number },
): Promise<{ rows: DeletionView[]; total: number }> {
  const where = {
    ...(registryKey !== null && { registryKey }),
    deletedAt: { gte: liveSince(app.config) },
    // Deletions within a repository that was deleted later are restored with that repository.
    OR: [{ repositoryId: null }, { repository: { registryKey: { not: DELETED_REGISTRY_ID } } }],
  };
  const [rows, total] = await Promise.all([
    app.db.deletion.findMany({
      where,
      orderBy: [{ deletedAt: 'desc' }, { id: 'desc' }],
      skip: offset,
      take: limit,
      include: {
        registry: { select: ADDRESS_COLUMNS },
        holding: { select: { tags: { select: { name: true }, orderBy: { name: 'asc' }, take: MAX_TAGS } } },
      },
    }),
    app.db.deletion.count({ where }),
  ]);
  return {
    total,
    rows: rows.map(({ registry, holding, name, deletedAt, ...row }) => ({
      id: row.id,
      kind: row.kind,
      tag: row.tag,
      digest: row.digest,
      reason: row.reason,
      isByAdmin: row.isByAdmin,
      deletedBy: row.deletedBy,
      deletedAt,
      fullName: `${registryAddress(registry)}/${name}`,
      tags: row.kind === 'manifest' ? (holding?.tags ?? []).map((tag) => tag.name) : [],
      expiresAt: new Date(deletedAt.getTime() + app.config.restoreDays * DAY_MS),
    })),
  };
}
