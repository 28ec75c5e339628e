import type pg from 'pg';
import type { UserCaller } from '#lib/access/schema.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { authorizeRepository } from '#lib/repositories/authorize-repository.ts';
import { findLifecyclePolicy } from '#lib/repositories/lifecycle/find-lifecycle-policy.ts';
import { parseLifecyclePolicy } from '#lib/repositories/lifecycle/parse-lifecycle-policy.ts';
import type { RepositoryConfig } from '#lib/repositories/repository-config.ts';
import { planRun } from './plan-run.ts';

type App = { db: Db; pool: pg.Pool; config: Pick<RepositoryConfig, 'lifecycleMaxPercent'> };

/**
 * Shows what a policy would take, without taking it. Replaces the repository's previous preview. Returns the policy's text.
 * @param text defaults to the policy that the repository has
 * @throws AppError `invalid_input`; `not_found` without a policy; `conflict` while another preview is planned;
 * `repository_not_found`, `forbidden`, `quarantined`
 */
export async function previewLifecyclePolicy(
  app: App,
  { caller, fullName, ...input }: { caller: UserCaller; fullName: string; text?: string | undefined },
): Promise<{ runId: string; text: string }> {
  const action = 'ecr:StartLifecyclePolicyPreview';
  const { id: repositoryId } = await authorizeRepository(app, { caller, fullName, action });
  const text = input.text ?? (await findLifecyclePolicy(app, repositoryId))?.text;
  if (text === undefined) throw new AppError('not_found', `${fullName} has no lifecycle policy.`);
  const policy = parseLifecyclePolicy(text);
  return { runId: await planRun(app, { repositoryId, isPreview: true, text, policy }), text };
}
