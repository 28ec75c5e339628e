import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { inTransaction } from '#lib/platform/pg/transaction.ts';
import { AppError } from '#lib/platform/errors.ts';
import { createJudge, type Judge } from '#lib/repositories/lifecycle/judge-images.ts';
import type { LifecyclePolicy } from '#lib/repositories/lifecycle/schema.ts';
import type { RepositoryConfig } from '#lib/repositories/repository-config.ts';
import {
  addAttached,
  insertPlanned,
  insertRun,
  limitPlanned,
  notePlan,
  READ_ALL,
  readLifecycleImages,
  replacePreview,
  sumFreed,
  type LifecycleImageRow,
  type PlannedImage,
} from './plan-run.sql.ts';

type App = { pool: pg.Pool; config: Pick<RepositoryConfig, 'lifecycleMaxPercent'> };

export type PlanInput = { repositoryId: bigint; isPreview: boolean; text: string; policy: LifecyclePolicy };

/**
 * Writes down what a run of the policy takes and why the rest of its matches stay. Previews and runs both start here. The
 * images pass by in batches, so that memory doesn't grow with the repository. Returns the id of the run.
 * @throws AppError `repository_not_found` if it is gone; `conflict` while another preview is planned
 */
export async function planRun(app: App, { repositoryId, isPreview, text, policy }: PlanInput): Promise<string> {
  const runId = randomUUID();
  const work = async (tx: pg.ClientBase) => {
    if (isPreview && !(await replacePreview(tx, repositoryId))) {
      throw new AppError('conflict', 'Another preview is being made. Try again in a few seconds.');
    }
    const protectedTags = await insertRun(tx, { runId, repositoryId, isPreview, text });
    if (!protectedTags) throw new AppError('repository_not_found', 'The repository was deleted.');
    const judge = createJudge({ policy, protectedTags, now: Date.now() });
    let imageCount = 0;
    for await (const rows of readLifecycleImages(tx, repositoryId)) {
      const first = imageCount;
      imageCount += rows.length;
      const planned = rows.flatMap((row, at) => toPlanned(judge, row, first + at) ?? []);
      if (planned.length > 0) await insertPlanned(tx, runId, planned);
    }
    // At least one, so that a repository with a single image isn't stuck.
    const imageLimit = Math.ceil((imageCount * app.config.lifecycleMaxPercent) / 100);
    await limitPlanned(tx, runId, imageLimit);
    await addAttached(tx, { runId, repositoryId, after: imageCount });
    const freedBytes = await sumFreed(tx, { runId, repositoryId });
    await notePlan(tx, runId, { imageCount, imageLimit, freedBytes });
  };
  await inTransaction(app.pool, work, { settings: READ_ALL });
  return runId;
}

function toPlanned({ judge }: Judge, row: LifecycleImageRow, position: number): PlannedImage | null {
  const { digest, tags, pushedAt, lastPulledAt, isArchived } = row;
  const verdict = judge({
    tags,
    since: Math.max(pushedAt.getTime(), row.activatedAt?.getTime() ?? 0),
    pulledAt: lastPulledAt?.getTime() ?? null,
    archivedAt: isArchived ? (row.archivedAt?.getTime() ?? null) : null,
    isListed: row.isListed,
  });
  if (!verdict) return null;
  const { rulePriority, action, heldBy } = verdict;
  const image = { position, digest, tags, pushedAt, lastPulledAt, isArchived };
  return { ...image, rulePriority, action, outcome: heldBy ?? 'planned' };
}
