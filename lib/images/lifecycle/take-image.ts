import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import { isAppError } from '#lib/platform/errors.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { lockRepository } from '#lib/repositories/lock-repository.ts';
import type { LifecycleAction, LifecycleOutcome } from '#lib/repositories/lifecycle/schema.ts';
import { deleteManifest, type DeleteManifestInput } from '../delete-manifest.ts';
import { changeStorageClass } from '../storage-class/change-storage-class.ts';
import { markTaken } from './take-image.sql.ts';

export type RunRepository = DeleteManifestInput['repository'];

export type ImageToTake = {
  runId: string;
  repository: RunRepository;
  position: number;
  digest: string;
  action: LifecycleAction;
  /** Whether the rule goes by the last pull. */
  byPulls: boolean;
};

/**
 * Expires or archives one image of a run, unless something has changed since it was planned. Its outcome is written in the
 * same transaction. An expired image can be restored for a while.
 */
export async function takeImage(app: { db: Db }, image: ImageToTake): Promise<void> {
  const outcome = await tryTaking(app, image);
  if (outcome === 'done') return;
  const { runId, position } = image;
  const where = { runId, position, outcome: 'planned' } as const;
  await app.db.lifecycleRunImage.updateMany({ where, data: { outcome } });
}

async function tryTaking({ db }: { db: Db }, image: ImageToTake): Promise<LifecycleOutcome> {
  const { repository, digest, action } = image;
  try {
    if (action === 'expire') {
      const isStillWanted = (tx: Parameters<typeof markTaken>[0]) => markTaken(tx, image);
      return (await deleteManifest({ db }, { caller: SYSTEM_CALLER, repository, digest, isStillWanted }))
        ? 'done'
        : 'changed';
    }
    return await db.$transaction(async (tx) => {
      await lockRepository(tx, repository);
      if (!(await markTaken(tx, image))) return 'changed';
      await changeStorageClass(tx, { caller: SYSTEM_CALLER, repository, digest, isArchived: true });
      return 'done';
    });
  } catch (error) {
    if (!isAppError(error)) throw error;
    if (error.code === 'unsupported') return 'listed';
    if (error.code === 'manifest_not_found' || error.code === 'repository_not_found') return 'changed';
    throw error;
  }
}
