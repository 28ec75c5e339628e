import { findMembership } from '#lib/access/find-membership.ts';
import { isAllowed, requireAllowed } from '#lib/access/authorize.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { parseField } from '#lib/platform/parse-input.ts';
import { messageSchema } from '#lib/aliases/schema.ts';
import { addEntry, findRequest } from './store.ts';

export type WriteEntryInput = {
  caller: UserCaller;
  id: string;
  /** Only reviewers see notes. */
  kind: 'message' | 'note';
  body: string;
};

/** Adds an entry to a request's thread without changing its status. @throws AppError `not_found`, `forbidden`, `invalid_input` */
export async function writeEntry(app: { db: Db }, { caller, id, kind, ...input }: WriteEntryInput): Promise<void> {
  const body = parseField('message', messageSchema, input.body);
  await app.db.$transaction(async (tx) => {
    const request = await findRequest(tx, { caller, id });
    const { principal } = caller;
    requireAllowed({ ...caller, action: 'vitrine:ManageAccount' });
    const membership = await findMembership({ db: tx }, { principal, registryKey: request.registryKey });
    if (kind === 'note' && !isAllowed({ ...caller, action: 'vitrine:ReviewAlias', membership })) {
      throw new AppError('forbidden', "Only reviewers who aren't members of the registry can write notes.");
    }
    await addEntry(tx, { requestId: id, kind, authorId: principal.userId, body });
    // Notes aren't recorded for the registry, so that its members can't see them.
    const registryKey = kind === 'note' ? null : request.registryKey;
    await recordChange(tx, {
      type: `alias-request.${kind}`,
      caller,
      registryKey,
      resource: { name: request.name },
      facts: { requestId: id, requesterId: request.requesterId, words: body },
    });
  });
}
