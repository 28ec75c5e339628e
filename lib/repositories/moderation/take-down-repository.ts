import { recordAudit } from '#lib/events/record-audit.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db, DbOrTx } from '#lib/platform/pg/db.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import { removeSearchDocuments } from '#lib/search/postgres/document-store.ts';
import { moveOut } from '#lib/repositories/deletions/delete-repository.ts';
import { dropUnusedLogo } from '#lib/publishers/logos/logo-store.ts';
import { findModerated, moderationReasonSchema, notifyManagers } from './moderation-store.ts';
import { recordGarbage } from '#lib/repositories/deletions/record-garbage.ts';

/** More would make an audit row that nobody can read. */
const MAX_RECORDED = 1_000;

export type TakeDownRepositoryInput = { caller: UserCaller; fullName: string; reason: string };

/**
 * Out of everybody's sight at once; admins alone can restore it, for a while. A mirror goes for good: its images live elsewhere.
 * @throws AppError `invalid_input`, `forbidden`, `repository_not_found`
 */
export async function takeDownRepository(app: { db: Db }, input: TakeDownRepositoryInput): Promise<void> {
  const { caller, fullName } = input;
  const repository = await findModerated(app, caller, fullName);
  const { id, registryKey } = repository;
  const { reason } = parseInput(moderationReasonSchema, input);
  await app.db.$transaction(async (tx) => {
    const before = await describe(tx, id);
    if (repository.upstream) {
      await removeSearchDocuments({ db: tx }, [id]);
      await recordGarbage(tx);
      const { logoId } = await tx.repository.delete({ where: { id } });
      await dropUnusedLogo(tx, logoId);
    } else await moveOut(tx, repository, { caller, reason });
    const change = { before, after: { reason } };
    await recordAudit(tx, { caller, registryKey, action: 'repository.take-down', target: fullName, ...change });
    await notifyManagers(tx, registryKey, { title: `${fullName} was taken down`, body: reason, href: '/console' });
  });
}

/** What remains of it, for whoever asks later. */
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
