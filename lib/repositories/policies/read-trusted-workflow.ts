import type { PolicyCache } from '#lib/access/attached/attached-policy.ts';
import type { Caller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import type { Visibility } from '#lib/repositories/schema.ts';
import { readRepositoryPolicy } from './read-repository-policy.ts';
import { findTrustedWorkflow, type FoundWorkflow } from './workflow-statements.ts';

type PolicyJson = { Version?: unknown; Id?: unknown; Statement: unknown[] };

export type WorkflowChoice = {
  /** Null if a policy restricts pushes in another way, or not at all. */
  trustedWorkflow: FoundWorkflow | null;
  policy: PolicyJson;
  revision: number;
  visibility: Visibility;
};

/** Reads from which workflow alone a repository takes pushes. @throws AppError like readRepositoryPolicy */
export async function readTrustedWorkflow(
  app: { db: Db; policies?: PolicyCache },
  asked: { caller: Caller; fullName: string },
): Promise<WorkflowChoice> {
  const { policy: text, revision, visibility } = await readRepositoryPolicy(app, asked);
  const policy = parse(text);
  return { trustedWorkflow: findTrustedWorkflow(policy.Statement, visibility), policy, revision, visibility };
}

/** Policies are checked before they are saved. A statement alone stands for a list of one. */
function parse(text: string | null): PolicyJson {
  if (text === null) return { Version: '2012-10-17', Statement: [] };
  const { Statement: statements, ...rest } = JSON.parse(text) as PolicyJson;
  return { ...rest, Statement: [statements].flat() };
}
