import { recordGarbage } from '#lib/repositories/deletions/record-garbage.ts';
import { recordAudit } from '#lib/events/record-audit.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { removeSearchDocuments } from '#lib/search/postgres/document-store.ts';
import { enqueueEviction } from './enqueue-eviction.ts';
import { findOwnMirror } from './find-own-mirror.ts';

/**
 * Removes a mirrored repository from here, its page and its cached manifests with it. The images stay where they live.
 * @throws AppError `repository_not_found`, `forbidden`
 */
export async function removeMirror(
  app: { db: Db },
  { caller, fullName }: { caller: UserCaller; fullName: string },
): Promise<void> {
  const { id, registryKey, upstream } = await findOwnMirror(app, { caller, fullName });
  await app.db.$transaction(async (tx) => {
    await removeSearchDocuments({ db: tx }, [id]);
    await recordGarbage(tx);
    await tx.repository.delete({ where: { id } });
    const before = { upstream: upstream.name };
    await recordAudit(tx, { caller, registryKey, action: 'repository.remove-mirror', target: fullName, before });
    await enqueueEviction(tx);
  });
}
