import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { authorizeRepository } from '#lib/repositories/authorize-repository.ts';
import { findLifecyclePolicy, findProtectedTags } from './find-lifecycle-policy.ts';

export type ShownLifecyclePolicy = {
  /** JSON as its author wrote it. Null if the repository has none. */
  policy: string | null;
  evaluatedAt: Date | null;
  protectedTags: string[];
};

/** @throws AppError `repository_not_found`, `forbidden`, `quarantined` */
export async function showLifecyclePolicy(
  app: { db: Db },
  { caller, fullName }: { caller: UserCaller; fullName: string },
): Promise<ShownLifecyclePolicy> {
  const { id } = await authorizeRepository(app, { caller, fullName, action: 'ecr:GetLifecyclePolicy' });
  const [stored, protectedTags] = await Promise.all([findLifecyclePolicy(app, id), findProtectedTags(app, id)]);
  return { policy: stored?.text ?? null, evaluatedAt: stored?.evaluatedAt ?? null, protectedTags };
}
