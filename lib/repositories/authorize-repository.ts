import type { Action } from '#lib/access/actions.ts';
import { isAllowed, requireAllowed } from '#lib/access/authorize.ts';
import { findMembership } from '#lib/access/find-membership.ts';
import type { Caller, Membership } from '#lib/access/schema.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { findRepository, type FoundRepository } from './find-repository.ts';
import { refuseQuarantined } from './refuse-quarantined.ts';

export type RepositoryQuestion = {
  caller: Caller;
  fullName: string;
  action: Action;
  /** In place of the sentence that pulls get. */
  quarantineSentence?: string;
};

/**
 * Finds the repository that a use case changes, for somebody who may. Every such use case begins with it.
 * @throws AppError `repository_not_found`, also for what the caller may not see; `forbidden`; `quarantined`, but not for the operator
 */
export async function authorizeRepository(
  app: { db: DbOrTx },
  { caller, fullName, action, quarantineSentence }: RepositoryQuestion,
): Promise<FoundRepository> {
  const repository = await findRepository(app, fullName);
  const membership =
    repository && (await findMembership(app, { principal: caller.principal, registryKey: repository.registryKey }));
  if (!repository || !mayKnowOf(caller, membership, repository)) {
    throw new AppError('repository_not_found', `There is no repository ${fullName}.`);
  }
  requireAllowed({ ...caller, action, membership, facts: { fullName, visibility: repository.visibility } });
  if (caller.principal.kind === 'system') return repository;
  if (quarantineSentence && repository.quarantineReason !== null) throw new AppError('quarantined', quarantineSentence);
  refuseQuarantined(repository);
  return repository;
}

/** That a public one is empty or in quarantine hides it from pages alone. */
function mayKnowOf(caller: Caller, membership: Membership | null, { fullName, visibility }: FoundRepository): boolean {
  const facts = { fullName, visibility, hasImage: true, isQuarantined: false };
  return isAllowed({ ...caller, action: 'vitrine:ViewRepository', membership, facts });
}
