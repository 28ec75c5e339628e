import type { Action } from '#lib/access/actions.ts';
import { allowedBy, requireAllowed } from '#lib/access/authorize.ts';
import { findMembership } from '#lib/access/find-membership.ts';
import type { Caller, Membership } from '#lib/access/schema.ts';
import { AppError } from '#lib/platform/errors.ts';
import { accessFacts, findRepository, NO_ROW, type FoundRepository, type RowApp } from './find-repository.ts';
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
  app: RowApp,
  { caller, fullName, action, quarantineSentence }: RepositoryQuestion,
): Promise<FoundRepository> {
  const current = await findRepository(app, fullName);
  const repository = current ?? (await findMoved(app, fullName));
  const { principal } = caller;
  const membership = await findMembership(app, { principal, registryKey: repository?.registryKey ?? NO_ROW });
  if (!repository || !mayKnowOf({ caller, action }, membership, repository)) {
    // A hidden repository takes the same statements as a missing one.
    if (current) await findMoved(app, fullName);
    throw new AppError('repository_not_found', `Repository ${fullName} doesn't exist.`);
  }
  if (repository.movedTo !== undefined) {
    throw new AppError('repository_not_found', `${fullName} is now ${repository.movedTo}. Use that name.`);
  }
  requireAllowed({ ...caller, action, membership, facts: accessFacts(repository) });
  if (caller.principal.kind === 'system') return repository;
  if (quarantineSentence && repository.quarantineReason !== null) throw new AppError('quarantined', quarantineSentence);
  refuseQuarantined(repository);
  return repository;
}

/**
 * An empty or quarantined public repository is hidden from pages only. A policy may allow a change without a pull, such as
 * the change of the policy itself.
 */
function mayKnowOf(
  { caller, action }: { caller: Caller; action: Action },
  membership: Membership | null,
  repository: FoundRepository,
): boolean {
  const facts = { ...accessFacts(repository), hasImage: true, isQuarantined: false };
  const mayDo = allowedBy({ ...caller, membership, facts });
  return mayDo('vitrine:ViewRepository') || (repository.policy !== null && mayDo(action));
}
