import type { AccessFacts, NamedImage } from '#lib/access/access-question.ts';
import type { Action } from '#lib/access/actions.ts';
import { isAllowed, requireAllowed } from '#lib/access/authorize.ts';
import { findMembership } from '#lib/access/find-membership.ts';
import type { Caller, Membership } from '#lib/access/schema.ts';
import { AppError } from '#lib/platform/errors.ts';
import {
  accessFacts,
  findRepository,
  isUnderPolicy,
  NO_ROW,
  type FoundRepository,
  type RowApp,
} from './find-repository.ts';
import { findMoved } from './moves/find-moved.ts';
import { refuseQuarantined } from './refuse-quarantined.ts';

export type RepositoryQuestion = {
  caller: Caller;
  fullName: string;
  action: Action;
  /** That the request names. Each has to be allowed. */
  images?: readonly NamedImage[];
  /** Tags that the request sets or removes. */
  tags?: Pick<AccessFacts, 'requestTags' | 'tagKeys'>;
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
  { caller, fullName, action, images = [], tags = {}, quarantineSentence }: RepositoryQuestion,
): Promise<FoundRepository> {
  const current = await findRepository(app, fullName);
  const repository = current ?? (await findMoved(app, fullName));
  const { principal } = caller;
  const membership = await findMembership(app, { principal, registryKey: repository?.registryKey ?? NO_ROW });
  if (!repository || !mayKnowOf({ caller, action, named: { image: images[0], ...tags } }, membership, repository)) {
    // A hidden repository takes the same statements as a missing one.
    if (current) await findMoved(app, fullName);
    throw new AppError('repository_not_found', `Repository ${fullName} doesn't exist.`);
  }
  if (repository.movedTo !== undefined) {
    throw new AppError('repository_not_found', `${fullName} is now ${repository.movedTo}. Use that name.`);
  }
  const facts = { ...accessFacts(repository), ...tags };
  for (const image of images.length > 0 ? images : [undefined]) {
    requireAllowed({ ...caller, action, membership, facts: { ...facts, image } });
  }
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
  { caller, action, named }: { caller: Caller; action: Action; named: AccessFacts },
  membership: Membership | null,
  repository: FoundRepository,
): boolean {
  const facts = { ...accessFacts(repository), hasImage: true, isQuarantined: false };
  if (isAllowed({ ...caller, action: 'vitrine:ViewRepository', membership, facts })) return true;
  return (
    isUnderPolicy(repository, membership) && isAllowed({ ...caller, action, membership, facts: { ...facts, ...named } })
  );
}
