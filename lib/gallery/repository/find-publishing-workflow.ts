import { isAllowed } from '#lib/access/authorize.ts';
import type { Caller, Membership } from '#lib/access/schema.ts';
import type { Workflow } from '#lib/access/trust/find-workflow.ts';
import { findPublicIssuer } from '#lib/access/trust/public-issuers.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { toWorkflowParts, type WorkflowParts } from './workflow-links.ts';

export type PublishingWorkflow = WorkflowParts & {
  issuer: string;
  /** Such as `GitHub Actions`. Null for issuers that aren't known to everybody. */
  service: string | null;
  pushedAt: Date;
};

/**
 * Finds the workflow that last pushed a manifest. Callers authorize access to the repository.
 * Null if no workflow did, or if the caller may not know: only members of the registry learn of workflows in repositories
 * that aren't public.
 */
export async function findPublishingWorkflow(
  app: { db: Db },
  {
    repositoryId,
    digest,
    caller,
    membership,
  }: { repositoryId: bigint; digest: string; caller: Caller; membership: Membership | null },
): Promise<PublishingWorkflow | null> {
  const row = await app.db.manifestWorkflow.findFirst({ where: { manifest: { repositoryId, digest } } });
  if (!row) return null;
  const workflow = row.workflow as Workflow;
  const parts = toWorkflowParts(workflow);
  // A pod's token, for one, tells of no workflow.
  if (Object.values(parts).every((part) => part === null)) return null;
  if (!workflow.isPublic && !isAllowed({ ...caller, action: 'vitrine:ViewRegistry', membership })) return null;
  const { issuer } = workflow;
  return { ...parts, issuer, service: findPublicIssuer(issuer)?.name ?? null, pushedAt: row.pushedAt };
}
