// Shared reads and writes of alias requests.
import type { Action } from '#lib/access/actions.ts';
import { isAllowed, requireAllowed } from '#lib/access/authorize.ts';
import { findMembership } from '#lib/access/find-membership.ts';
import { findUserId, type Caller } from '#lib/access/schema.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { AliasRequest, Prisma } from '#lib/platform/prisma/client.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { RequestStatus } from '#lib/aliases/schema.ts';
import { TRANSITIONS, nextStatus, type TransitionName, type TransitionParty } from './transitions.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Finds a request. @throws AppError `not_found` also if the caller may not see it */
export async function findRequest(db: DbOrTx, { caller, id }: { caller: Caller; id: string }): Promise<AliasRequest> {
  const request = UUID.test(id) ? await db.aliasRequest.findUnique({ where: { id } }) : null;
  if (request && isAllowed({ action: 'vitrine:ViewAliasRequest', ...(await standingOf(db, caller, request)) }))
    return request;
  throw new AppError('not_found', 'Alias request not found.');
}

async function standingOf(db: DbOrTx, { principal, context }: Caller, request: AliasRequest) {
  const { registryKey, name, submittedAt } = request;
  const membership = await findMembership({ db }, { principal, registryKey });
  return { principal, context, membership, facts: { alias: name, isSubmitted: submittedAt !== null } };
}

export type ChangeStatusInput = {
  /** As it was read. The call fails if it has changed since. */
  request: AliasRequest;
  transition: TransitionName;
  /** The system for scheduled and automatic transitions. */
  caller: Caller;
  data?: Prisma.AliasRequestUncheckedUpdateManyInput;
  /** The entry in the request's thread. */
  sentence: string;
  /** The text of the requester's notification. Defaults to `sentence`. */
  words?: string;
};

/**
 * Changes a request's status after checking the transition, the caller and the version. All status changes go through here.
 * @throws AppError `conflict` for a concurrent change or an invalid transition, `forbidden`
 */
export async function changeStatus(tx: DbOrTx, input: ChangeStatusInput): Promise<AliasRequest> {
  const { request, transition, caller, sentence } = input;
  const to = nextStatus(request.status, transition);
  if (!to)
    throw new AppError(
      'conflict',
      `This isn't possible for a request with the status "${formatStatus(request.status)}". Reload the page to see what is.`,
    );
  const { by } = TRANSITIONS[transition];
  if (by !== 'system') requireAllowed({ action: ACTION_OF[by], ...(await standingOf(tx, caller, request)) });
  const { count } = await tx.aliasRequest.updateMany({
    where: { id: request.id, version: request.version, status: request.status },
    data: { ...input.data, status: to, version: { increment: 1 } },
  });
  if (count === 0)
    throw new AppError('conflict', 'This request was changed in the meantime. Reload the page and try again.');
  await addEntry(tx, { requestId: request.id, kind: 'status', authorId: findUserId(caller.principal), body: sentence });
  await recordChange(tx, {
    caller,
    registryKey: request.registryKey,
    type: `alias-request.${transition}`,
    resource: { name: request.name },
    before: { status: request.status },
    after: { status: to },
    facts: { requestId: request.id, requesterId: request.requesterId, words: input.words ?? sentence },
  });
  return tx.aliasRequest.findUniqueOrThrow({ where: { id: request.id } });
}

const ACTION_OF = {
  requester: 'vitrine:RequestAlias',
  reviewer: 'vitrine:ReviewAlias',
  admin: 'vitrine:SuspendAlias',
} as const satisfies Record<Exclude<TransitionParty, 'system'>, Action>;

export function formatStatus(status: RequestStatus): string {
  return status.replaceAll('_', ' ');
}

export type NewEntry = {
  requestId: string;
  kind: 'message' | 'note' | 'status';
  authorId: string | null;
  body: string;
};

export async function addEntry(tx: DbOrTx, entry: NewEntry): Promise<void> {
  await tx.aliasRequestEntry.create({ data: entry });
}
