import type { PolicyCache } from '#lib/access/attached/attached-policy.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { deleteRepositoryPolicy } from './delete-repository-policy.ts';
import { readTrustedWorkflow } from './read-trusted-workflow.ts';
import { setRepositoryPolicy } from './set-repository-policy.ts';
import { withoutWorkflow } from './workflow-statements.ts';

/**
 * Lets everyone push again who may, and keeps the policy's other statements.
 * @throws AppError `not_found` if no workflow is trusted alone; otherwise like setRepositoryPolicy and deleteRepositoryPolicy
 */
export async function removeTrustedWorkflow(
  app: { db: Db; policies?: PolicyCache },
  { caller, fullName }: { caller: UserCaller; fullName: string },
): Promise<void> {
  const { trustedWorkflow, policy, revision } = await readTrustedWorkflow(app, { caller, fullName });
  if (!trustedWorkflow) throw new AppError('not_found', `${fullName} takes pushes from more than one workflow.`);
  const statements = withoutWorkflow(policy.Statement);
  if (statements.length === 0) {
    await deleteRepositoryPolicy(app, { caller, fullName, editedRevision: revision });
  } else {
    const text = JSON.stringify({ ...policy, Statement: statements }, null, 2);
    await setRepositoryPolicy(app, { caller, fullName, text, editedRevision: revision });
  }
}
