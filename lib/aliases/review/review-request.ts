// A reviewer's actions on a request. changeStatus rejects concurrent changes.
import { SYSTEM_CALLER, type UserCaller } from '#lib/access/schema.ts';
import type { Db, DbOrTx } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { invalidField, parseField } from '#lib/platform/parse-input.ts';
import type { AliasRequest } from '#lib/platform/prisma/client.ts';
import { releaseName } from '#lib/aliases/release-name.ts';
import { DECLINE_SENTENCES, messageSchema, type DeclineReason } from '#lib/aliases/schema.ts';
import { addEntry, changeStatus, findRequest } from '#lib/aliases/requests/store.ts';

export type ReviewInput = {
  caller: UserCaller;
  id: string;
  /** The version shown to the reviewer. */
  version: number;
};

const CLAIM_MINUTES = 30;
export const claimEnd = (): Date => new Date(Date.now() + CLAIM_MINUTES * 60_000);
const UNCLAIMED = { reviewerId: null, claimedUntil: null };

/** Claims a request for a limited time, visible to other reviewers. @throws AppError `conflict`, `forbidden` */
export async function claimRequest(
  app: { db: Db },
  { caller, id }: Omit<ReviewInput, 'version'>,
): Promise<AliasRequest> {
  return app.db.$transaction(async (tx) => {
    const request = await findRequest(tx, { caller, id });
    const { userId } = caller.principal;
    if (request.isAppeal && request.decidedById === userId) {
      throw new AppError('forbidden', 'You declined this, so another reviewer decides on the appeal.');
    }
    if (request.approvedById === userId) {
      throw new AppError('forbidden', 'You approved this. A second reviewer must agree.');
    }
    const claim = { reviewerId: userId, claimedUntil: claimEnd() };
    if (request.status !== 'in_review') {
      return changeStatus(tx, {
        request,
        transition: 'claim',
        caller,
        data: claim,
        sentence: 'A reviewer started the review.',
      });
    }
    if (request.reviewerId !== userId && request.claimedUntil && request.claimedUntil > new Date()) {
      throw new AppError(
        'conflict',
        `Another reviewer has claimed this request until ${request.claimedUntil.toISOString().slice(11, 16)} UTC.`,
      );
    }
    return takeOver(tx, request, claim, caller);
  });
}

/** Replaces an expired claim or the caller's own, by returning the request to the queue and claiming it again. */
async function takeOver(tx: DbOrTx, request: AliasRequest, claim: object, caller: UserCaller): Promise<AliasRequest> {
  const free = await changeStatus(tx, {
    request,
    transition: 'put_back',
    caller,
    data: UNCLAIMED,
    sentence: 'Returned to the queue.',
  });
  return changeStatus(tx, {
    request: free,
    transition: 'claim',
    caller,
    data: claim,
    sentence: 'A reviewer started the review.',
  });
}

export async function putBackRequest(app: { db: Db }, input: ReviewInput): Promise<AliasRequest> {
  return inReview(app, input, (tx, request) =>
    changeStatus(tx, {
      request,
      transition: 'put_back',
      caller: input.caller,
      data: UNCLAIMED,
      sentence: 'Returned to the queue.',
    }),
  );
}

/** Asks the requester a question. The review pauses until they answer. */
export async function askForInformation(
  app: { db: Db },
  input: ReviewInput & { message: string },
): Promise<AliasRequest> {
  const body = parseField('message', messageSchema, input.message);
  return inReview(app, input, async (tx, request) => {
    const { caller, id } = input;
    await addEntry(tx, { requestId: id, kind: 'message', authorId: caller.principal.userId, body });
    const data = { ...UNCLAIMED, infoRequestedAt: new Date() };
    return changeStatus(tx, {
      request,
      transition: 'ask',
      caller,
      data,
      sentence: 'The reviewer asked for more information.',
      words: body,
    });
  });
}

/**
 * Approves a request and activates its alias. If two approvals are needed, records the first.
 * Only reviewers see `note`, which is required if a check flagged the name.
 */
export async function approveRequest(app: { db: Db }, input: ReviewInput & { note: string }): Promise<AliasRequest> {
  return inReview(app, input, async (tx, request) => {
    const { caller } = input;
    const { userId } = caller.principal;
    const note = input.note.trim();
    if (request.risk > 0 && note === '') {
      throw invalidField('note', 'A check flagged this name. Explain why you approve it.');
    }
    if (note)
      await addEntry(tx, {
        requestId: request.id,
        kind: 'note',
        authorId: userId,
        body: parseField('note', messageSchema, note),
      });
    if (request.needsTwo && request.approvedById === null) {
      const data = { ...UNCLAIMED, approvedById: userId };
      return changeStatus(tx, {
        request,
        transition: 'put_back',
        caller,
        data,
        sentence: 'Approved by one reviewer. A second approval is needed.',
      });
    }
    if (request.approvedById === userId)
      throw new AppError('forbidden', 'You approved this. A second reviewer must agree.');
    const decision = { ...UNCLAIMED, decidedById: userId, decidedAt: new Date() };
    const approved = await changeStatus(tx, {
      request,
      transition: 'approve',
      caller,
      data: decision,
      sentence: 'Approved.',
    });
    await activate(tx, approved);
    return changeStatus(tx, {
      request: approved,
      transition: 'activate',
      caller: SYSTEM_CALLER,
      sentence: 'The alias is active.',
    });
  });
}

/** Activates the alias. The first custom alias becomes primary. */
async function activate(tx: DbOrTx, { aliasId, registryKey }: AliasRequest): Promise<void> {
  if (aliasId === null) throw new AppError('internal', 'No alias is attached to this approved request.');
  await tx.alias.update({ where: { id: aliasId }, data: { status: 'active' } });
  const registry = await tx.registry.findUniqueOrThrow({ where: { id: registryKey } });
  if (registry.primaryAliasId === registry.defaultAliasId) {
    await tx.registry.update({ where: { id: registryKey }, data: { primaryAliasId: aliasId } });
  }
}

export type DeclineInput = ReviewInput & { reason: DeclineReason; message: string };

export async function declineRequest(app: { db: Db }, input: DeclineInput): Promise<AliasRequest> {
  return inReview(app, input, async (tx, request) => {
    const { caller, reason } = input;
    const text = input.message.trim();
    if (reason === 'other' && text === '') throw invalidField('message', 'Enter a reason for the requester.');
    if (text)
      await addEntry(tx, {
        requestId: request.id,
        kind: 'message',
        authorId: caller.principal.userId,
        body: parseField('message', messageSchema, text),
      });
    const decision = {
      decidedById: caller.principal.userId,
      decidedAt: new Date(),
      declineReason: reason,
      declineText: text,
    };
    const data = { ...UNCLAIMED, ...decision, aliasId: null, approvedById: null };
    const declined = await changeStatus(tx, {
      request,
      transition: 'decline',
      caller,
      data,
      sentence: `Declined. ${DECLINE_SENTENCES[reason]}`,
      words: `${DECLINE_SENTENCES[reason]} ${text}`.trim(),
    });
    await releaseName(tx, request);
    return declined;
  });
}

/** Runs `work` on a request the caller has claimed, after checking its version. */
async function inReview(
  app: { db: Db },
  { caller, id, version }: ReviewInput,
  work: (tx: DbOrTx, request: AliasRequest) => Promise<AliasRequest>,
): Promise<AliasRequest> {
  return app.db.$transaction(async (tx) => {
    const request = await findRequest(tx, { caller, id });
    if (request.version !== version)
      throw new AppError('conflict', 'This request was changed in the meantime. Reload the page and try again.');
    if (request.status === 'in_review' && request.reviewerId !== caller.principal.userId) {
      throw new AppError('conflict', 'Another reviewer has claimed this request. Claim it first.');
    }
    return work(tx, request);
  });
}
