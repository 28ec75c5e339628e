import { recordChange } from '#lib/events/record-change.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db, DbOrTx } from '#lib/platform/pg/db.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import { moveToHolding } from '#lib/repositories/deletions/delete-repository.ts';
import { deleteUnusedLogo } from '#lib/publishers/logos/logo-store.ts';
import { lockRepository } from '#lib/repositories/lock-repository.ts';
import { findModerated, moderationReasonSchema } from './moderation-store.ts';
import { markRecordedDelete } from '#lib/repositories/deletions/mark-recorded-delete.sql.ts';

/** Caps the size of the audit row. */
const MAX_RECORDED = 1_000;

export type TakeDownRepositoryInput = { caller: UserCaller; fullName: string; reason: string };

/**
 * Hides a repository immediately. Only admins can restore it, for a while. A mirror is deleted for good, because the
 * upstream keeps its images.
 * @throws AppError `invalid_input`, `forbidden`, `repository_not_found`
 */
export async function takeDownRepository(app: { db: Db }, input: TakeDownRepositoryInput): Promise<void> {
  const { caller, fullName } = input;
  const repository = await findModerated(app, caller, fullName);
  const { id, registryKey } = repository;
  const { reason } = parseInput(moderationReasonSchema, input);
  await app.db.$transaction(async (tx) => {
    await lockRepository(tx, repository);
    const before = await describe(tx, id);
    // Recorded first, because removing a repository from the search index needs its row.
    await recordChange(tx, {
      type: 'repository.take-down',
      caller,
      registryKey,
      resource: { repositoryId: id, name: fullName },
      before,
      after: { reason },
    });
    if (repository.upstream) {
      await markRecordedDelete(tx);
      const { logoId } = await tx.repository.delete({ where: { id } });
      await deleteUnusedLogo(tx, logoId);
    } else await moveToHolding(tx, repository, { caller, reason });
  });
}

/** Summarizes the repository for the audit log. */
async function describe(tx: DbOrTx, id: bigint) {
  const repository = await tx.repository.findUniqueOrThrow({
    where: { id },
    include: {
      tags: { take: MAX_RECORDED, orderBy: { pushedAt: 'desc' }, include: { manifest: { select: { digest: true } } } },
      manifests: { take: MAX_RECORDED, orderBy: { pushedAt: 'desc' }, select: { digest: true } },
      _count: { select: { tags: true, manifests: true } },
    },
  });
  return {
    visibility: repository.visibility,
    description: repository.description,
    createdAt: repository.createdAt.toISOString(),
    pullCount: Number(repository.pullCount),
    tagCount: repository._count.tags,
    manifestCount: repository._count.manifests,
    tags: Object.fromEntries(repository.tags.map(({ name, manifest }) => [name, manifest.digest])),
    digests: repository.manifests.map(({ digest }) => digest),
  };
}
