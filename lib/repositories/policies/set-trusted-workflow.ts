import type { PolicyCache } from '#lib/access/attached/attached-policy.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { readTrustedWorkflow } from './read-trusted-workflow.ts';
import { setRepositoryPolicy } from './set-repository-policy.ts';
import {
  trustedWorkflowSchema,
  withoutWorkflow,
  writeWorkflowStatements,
  type NewTrustedWorkflow,
  type TrustedWorkflow,
} from './workflow-statements.ts';

export type SetTrustedWorkflowInput = NewTrustedWorkflow & { caller: UserCaller; fullName: string };

/**
 * Lets only one workflow push to a repository, by statements of its policy. Keeps the policy's other statements.
 * @throws AppError `invalid_input`, also if the policy would get too long; otherwise like setRepositoryPolicy
 */
export async function setTrustedWorkflow(
  app: { db: Db; policies?: PolicyCache },
  input: SetTrustedWorkflowInput,
): Promise<TrustedWorkflow> {
  const { caller, fullName } = input;
  const workflow = parseInput(trustedWorkflowSchema, input);
  const { policy, revision, visibility } = await readTrustedWorkflow(app, { caller, fullName });
  const others = withoutWorkflow(policy.Statement);
  const statements = [...others, ...writeWorkflowStatements(workflow, visibility).map((one) => rename(one, others))];
  const text = JSON.stringify({ ...policy, Statement: statements }, null, 2);
  await setRepositoryPolicy(app, { caller, fullName, text, editedRevision: revision });
  return workflow;
}

/** Numbers a statement whose Sid another one has. */
function rename<Statement extends { Sid: string }>(statement: Statement, others: readonly unknown[]): Statement {
  const taken = new Set(others.map((other) => (other as { Sid?: unknown }).Sid));
  let { Sid } = statement;
  for (let number = 2; taken.has(Sid); number += 1) Sid = `${statement.Sid}${number}`;
  return { ...statement, Sid };
}
