import { requireAllowed } from '#lib/access/authorize.ts';
import { findMembership } from '#lib/access/find-membership.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import type { AliasRequest } from '#lib/platform/prisma/client.ts';
import { requestInputSchema, type RequestInput } from '#lib/aliases/schema.ts';
import { findRequest } from './store.ts';

export type EditDraftInput = RequestInput & { caller: UserCaller; id: string };

/**
 * Changes a request that wasn't submitted yet.
 * @throws AppError `invalid_input`, `not_found`, `forbidden`, `conflict` once it is submitted
 */
export async function editAliasDraft(app: { db: Db }, { caller, id, ...input }: EditDraftInput): Promise<AliasRequest> {
  const { name, purpose, links } = parseInput(requestInputSchema, input);
  return app.db.$transaction(async (tx) => {
    const draft = await findRequest(tx, { caller, id });
    const { registryKey } = draft;
    const membership = await findMembership({ db: tx }, { principal: caller.principal, registryKey });
    requireAllowed({ ...caller, action: 'vitrine:RequestAlias', membership, facts: { alias: draft.name } });
    const data = { name: name.toLowerCase(), purpose, links };
    const where = { id, version: draft.version, status: 'draft' as const };
    const { count } = await tx.aliasRequest.updateMany({ where, data: { ...data, version: { increment: 1 } } });
    if (count === 0) throw new AppError('conflict', 'Only drafts can be edited. Reload the page to see its state.');
    await recordChange(tx, {
      type: 'alias-request.edit',
      caller,
      registryKey,
      resource: { name: data.name },
      before: { name: draft.name, purpose: draft.purpose, links: draft.links },
      after: data,
    });
    return tx.aliasRequest.findUniqueOrThrow({ where: { id } });
  });
}
