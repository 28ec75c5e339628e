// The requester's actions on a submitted request: answer, withdraw, appeal.
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { parseField } from '#lib/platform/parse-input.ts';
import type { AliasRequest } from '#lib/platform/prisma/client.ts';
import { checkAlias } from '#lib/aliases/checks/check-alias.ts';
import { holdName, toColumns } from './request-alias.ts';
import { releaseName } from '#lib/aliases/release-name.ts';
import { messageSchema } from '#lib/aliases/schema.ts';
import { addEntry, changeStatus, findRequest } from './store.ts';

type Input = { caller: UserCaller; id: string };

const APPEAL_DAYS = 30;
const DAY_MS = 86_400_000;

/** Answers a reviewer's question and returns the request to the queue. @throws AppError `conflict`, `forbidden`, `invalid_input` */
export async function answerRequest(
  app: { db: Db },
  { caller, id, ...input }: Input & { message: string },
): Promise<AliasRequest> {
  const body = parseField('message', messageSchema, input.message);
  return app.db.$transaction(async (tx) => {
    const request = await findRequest(tx, { caller, id });
    await addEntry(tx, { requestId: id, kind: 'message', authorId: caller.principal.userId, body });
    const data = { infoRequestedAt: null };
    return changeStatus(tx, { request, transition: 'answer', caller, data, sentence: 'Answered.' });
  });
}

/** @throws AppError `conflict`, `forbidden` */
export async function withdrawRequest(app: { db: Db }, { caller, id }: Input): Promise<AliasRequest> {
  return app.db.$transaction(async (tx) => {
    const request = await findRequest(tx, { caller, id });
    const data = { aliasId: null, reviewerId: null, claimedUntil: null };
    const changed = await changeStatus(tx, { request, transition: 'withdraw', caller, data, sentence: 'Withdrawn.' });
    await releaseName(tx, request);
    return changed;
  });
}

/**
 * Appeals a declined request. Allowed once, within 30 days. A different reviewer must decide.
 * @throws AppError `conflict`, `name_taken`, `forbidden`, `invalid_input`
 */
export async function appealRequest(
  app: { db: Db },
  { caller, id, ...input }: Input & { message: string },
): Promise<AliasRequest> {
  const body = parseField('message', messageSchema, input.message);
  return app.db.$transaction(async (tx) => {
    const request = await findRequest(tx, { caller, id });
    if (request.isAppeal)
      throw new AppError('conflict', 'This request was already decided on appeal. The decision is final.');
    if (request.decidedAt && Date.now() - request.decidedAt.getTime() > APPEAL_DAYS * DAY_MS) {
      throw new AppError('conflict', `The ${APPEAL_DAYS}-day appeal period has ended. Submit a new request.`);
    }
    const input = { name: request.name, registryKey: request.registryKey, exceptRequestId: id };
    const evaluation = await checkAlias({ db: tx }, input);
    const data = {
      aliasId: await holdName(tx, request),
      isAppeal: true,
      submittedAt: new Date(),
      ...toColumns(evaluation),
    };
    await addEntry(tx, { requestId: id, kind: 'message', authorId: caller.principal.userId, body });
    return changeStatus(tx, { request, transition: 'appeal', caller, data, sentence: 'Appealed.' });
  });
}
