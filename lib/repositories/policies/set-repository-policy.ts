import type { Action } from '#lib/access/actions.ts';
import { attachPolicy, type PolicyCache } from '#lib/access/attached/attached-policy.ts';
import { invalidPolicy } from '#lib/access/attached/invalid-policy.ts';
import type { PolicyFinding } from '#lib/access/attached/schema.ts';
import type { PolicyDocument } from '#lib/access/policy-document.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { authorizeRepository } from '#lib/repositories/authorize-repository.ts';
import { checkAttachedPolicy } from './check-attached-policy.ts';
import { isLockOut } from './is-lock-out.ts';
import { lockOut } from './lock-out.ts';
import { storePolicy } from './store-policy.ts';

export type SetPolicyInput = {
  caller: UserCaller;
  fullName: string;
  text: string;
  /** Saves even a policy that prevents the caller from saving another one. */
  force?: boolean | undefined;
  /** The revision that the caller edited. Omit it to replace any. */
  editedRevision?: number | undefined;
};

export type SavedPolicy = { document: PolicyDocument; findings: PolicyFinding[]; revision: number };

const ACTION: Action = 'ecr:SetRepositoryPolicy';

/**
 * Replaces a repository's policy.
 * @throws AppError `invalid_input` with the findings as detail, also if the policy would lock the caller out;
 *   `repository_not_found`, `forbidden`, `quarantined`; `conflict` if somebody else saved meanwhile
 */
export async function setRepositoryPolicy(
  app: { db: Db; policies?: PolicyCache },
  { caller, fullName, text, force = false, editedRevision }: SetPolicyInput,
): Promise<SavedPolicy> {
  const repository = await authorizeRepository(app, { caller, fullName, action: ACTION });
  const target = { kind: 'repository', visibility: repository.visibility } as const;
  const { document, findings } = await checkAttachedPolicy(app, { text, target });
  if (!document) throw invalidPolicy(findings);
  if (!force && (await isLockOut(app, { caller, repository, policy: attachPolicy(document) })))
    throw lockOut('Save it with force if you mean it.');
  const revision = await app.db.$transaction((tx) =>
    storePolicy(tx, { caller, repository, policy: text, editedRevision }),
  );
  return { document, findings, revision };
}
