import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { authorizeRepository } from '#lib/repositories/authorize-repository.ts';
import { listLifecycleRuns, type LifecycleRunView } from './run-queries.ts';

/**
 * Lists the reports of a repository, latest first.
 * @throws AppError `repository_not_found`, `forbidden`, `quarantined`
 */
export async function showLifecycleRuns(
  app: { db: Db },
  { caller, fullName, ...page }: { caller: UserCaller; fullName: string; offset: number; limit: number },
): Promise<{ rows: LifecycleRunView[]; total: number }> {
  const action = 'ecr:GetLifecyclePolicyPreview';
  const { id: repositoryId } = await authorizeRepository(app, { caller, fullName, action });
  return listLifecycleRuns(app, { repositoryId, ...page });
}
