// Reads and writes of alias requests that several use cases share.
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

/** The request, if the caller may see it. @throws AppError `not_found` also for those who may not */
export async function findRequest(db: DbOrTx, { caller, id }: { caller: Caller; id: string }): Promise<AliasRequest> {
  const request = UUID.test(id) ? await db.aliasRequest.findUnique({ where: { id } }) : null;
  if (request && isAllowed({ action: 'vitrine:ViewAliasRequest', ...(await standingOf(db, caller, request)) }))
    return request;
  throw new AppError('not_found', 'There is no such alias request.');
}

async function standingOf(db: DbOrTx, { principal, context }: Caller, { registryKey, name }: AliasRequest) {
  const membership = await findMembership({ db }, { principal, registryKey });
  return { principal, context, membership, facts: { alias: name } };
}

export type ChangeStatusInput = {
  /** As it was read; what has changed since makes this fail. */
  request: AliasRequest;
  transition: TransitionName;
  /** The site itself where time, or another step, is the cause. */
  caller: Caller;
  data?: Prisma.AliasRequestUncheckedUpdateManyInput;
  /** For the thread: what the change says to everyone who reads it. */
  sentence: string;
  /** For the requester's notification; else that is the sentence. */
  words?: string;
};

/**
 * The only way a request changes its status: the table, the party and the version are checked, in the transaction.
 * @throws AppError `conflict` where somebody else was first or the status does not allow it, `forbidden`
 */
export async function changeStatus(tx: DbOrTx, input: ChangeStatusInput): Promise<AliasRequest> {
  const { request, transition, caller, sentence } = input;
  const to = nextStatus(request.status, transition);
  if (!to) throw new AppError('conflict', `A request that is ${sayStatus(request.status)} can't be changed like that.`);
  const { by } = TRANSITIONS[transition];
  if (by !== 'system') requireAllowed({ action: ACTION_OF[by], ...(await standingOf(tx, caller, request)) });
  const { count } = await tx.aliasRequest.updateMany({
    where: { id: request.id, version: request.version, status: request.status },
    data: { ...input.data, status: to, version: { increment: 1 } },
  });
  if (count === 0) throw new AppError('conflict', 'Somebody else has just changed this request: look at it again.');
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

export function sayStatus(status: RequestStatus): string {
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
