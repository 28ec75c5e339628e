import { z } from 'zod';
import type { UserCaller } from '#lib/access/schema.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { authorizeRepository } from '#lib/repositories/authorize-repository.ts';
import {
  findLifecyclePreview,
  findLifecycleRun,
  listLifecycleImages,
  type LifecycleImageFilter,
  type LifecycleImageView,
  type LifecycleRunView,
} from './run-queries.ts';

export type ShownLifecycleRun = LifecycleRunView & {
  images: LifecycleImageView[];
  /** The position that the next page comes after; null on the last page. */
  next: number | null;
};

type Input = {
  caller: UserCaller;
  fullName: string;
  /** Null: the latest preview. */
  id: string | null;
  /** The last position of the previous page. */
  after?: number | undefined;
  limit: number;
} & LifecycleImageFilter;

/**
 * Shows a report or the latest preview with a page of its images.
 * @throws AppError `not_found` if there is none or it has expired; `repository_not_found`, `forbidden`, `quarantined`
 */
export async function showLifecycleRun(app: { db: Db }, input: Input): Promise<ShownLifecycleRun> {
  const { caller, fullName, id, after = -1, limit, outcomes } = input;
  const action = 'ecr:GetLifecyclePolicyPreview';
  const { id: repositoryId } = await authorizeRepository(app, { caller, fullName, action });
  const run = await findRun(app, { repositoryId, id });
  if (!run) {
    const message = id === null ? `${fullName} has no preview. Start one.` : `${fullName} has no such report.`;
    throw new AppError('not_found', message);
  }
  const images = await listLifecycleImages(app, { runId: run.id, after, limit: limit + 1, outcomes });
  const page = images.slice(0, limit);
  return { ...run, images: page, next: images.length > limit ? (page.at(-1)?.position ?? null) : null };
}

async function findRun(app: { db: Db }, { repositoryId, id }: { repositoryId: bigint; id: string | null }) {
  if (id !== null) return z.uuid().safeParse(id).success ? findLifecycleRun(app, { repositoryId, id }) : null;
  const preview = await findLifecyclePreview(app, repositoryId);
  if (!preview) return null;
  const { isExpired, ...run } = preview;
  return isExpired ? null : run;
}
