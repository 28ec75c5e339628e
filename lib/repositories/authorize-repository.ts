import type { Action } from '#lib/access/actions.ts';
import { isAllowed, requireAllowed } from '#lib/access/authorize.ts';
import { findMembership } from '#lib/access/find-membership.ts';
import type { Caller, Membership } from '#lib/access/schema.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { findRepository, NO_ROW, type FoundRepository } from './find-repository.ts';
import { findMoved } from './moves/find-moved.ts';
import { refuseQuarantined } from './refuse-quarantined.ts';

export type RepositoryQuestion = {
  caller: Caller;
  fullName: string;
  action: Action;
  /** Replaces the message that pulls get. */
  quarantineSentence?: string;
};

/**
 * Finds a repository and authorizes a change of it. Every such use case starts here.
 * @throws AppError `repository_not_found` (also by a former name, or when the caller may not know of it), `forbidden`, `quarantined` unless
 * the caller is the operator
 */
export async function authorizeRepository(
  app: { db: DbOrTx },
  { caller, fullName, action, quarantineSentence }: RepositoryQuestion,
): Promise<FoundRepository> {
  const current = await findRepository(app, fullName);
  const repository = current ?? (await findMoved(app, fullName));
  const { principal } = caller;
  const membership = await findMembership(app, { principal, registryKey: repository?.registryKey ?? NO_ROW });
  if (!repository || !mayKnowOf(caller, membership, repository)) {
    // A hidden repository takes the same statements as a missing one.
    if (current) await findMoved(app, fullName);
    throw new AppError('repository_not_found', `Repository ${fullName} doesn't exist.`);
  }
  if (repository.movedTo !== undefined) {
    throw new AppError('repository_not_found', `${fullName} is now ${repository.movedTo}. Use that name.`);
  }
  requireAllowed({ ...caller, action, membership, facts: { fullName, visibility: repository.visibility } });
  if (caller.principal.kind === 'system') return repository;
  if (quarantineSentence && repository.quarantineReason !== null) throw new AppError('quarantined', quarantineSentence);
  refuseQuarantined(repository);
  return repository;
}

/** An empty or quarantined public repository is hidden from pages only. */
function mayKnowOf(caller: Caller, membership: Membership | null, { fullName, visibility }: FoundRepository): boolean {
  const facts = { fullName, visibility, hasImage: true, isQuarantined: false };
  return isAllowed({ ...caller, action: 'vitrine:ViewRepository', membership, facts });
}
