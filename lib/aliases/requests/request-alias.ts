import { authorize } from '#lib/access/authorize.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { lockRegistry } from '#lib/publishers/lock-registry.sql.ts';
import { foldAlias } from '#lib/publishers/names/fold-alias.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db, DbOrTx } from '#lib/platform/pg/db.ts';
import { AppError, errorCode } from '#lib/platform/errors.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import type { AliasRequest } from '#lib/platform/prisma/client.ts';
import { checkAlias } from '#lib/aliases/checks/check-alias.ts';
import type { CheckEvaluation } from '#lib/aliases/checks/evaluate-checks.ts';
import { requestInputSchema, type RequestInput } from '#lib/aliases/schema.ts';
import { changeStatus, findRequest } from './store.ts';

export type RequestAliasInput = RequestInput & {
  caller: UserCaller;
  registryKey: bigint;
};

/** Saves a draft, which doesn't hold the name. @throws AppError `invalid_input`, `forbidden` */
export async function draftAliasRequest(app: { db: Db }, input: RequestAliasInput): Promise<AliasRequest> {
  const { caller, registryKey } = input;
  const { name, purpose, links } = parseInput(requestInputSchema, input);
  await authorize(app, { ...caller, action: 'vitrine:RequestAlias', registryKey, facts: { alias: input.name } });
  return app.db.$transaction(async (tx) => {
    const data = { registryKey, requesterId: caller.principal.userId, name: name.toLowerCase(), purpose, links };
    const request = await tx.aliasRequest.create({ data });
    await recordChange(tx, { caller, registryKey, type: 'alias-request.draft', resource: { name: request.name } });
    return request;
  });
}

/**
 * Submits a draft and holds its name. Of several requests for the same or a similar name, only one succeeds.
 * @throws AppError `name_taken`, `name_reserved`, `invalid_input` with the checks that block it, `conflict`, `forbidden`
 */
export async function submitAliasRequest(
  app: { db: Db },
  { caller, id }: { caller: UserCaller; id: string },
): Promise<AliasRequest> {
  return app.db.$transaction(async (tx) => {
    const draft = await findRequest(tx, { caller, id });
    // Serialises submissions per registry, because the limits are counted below.
    await lockRegistry(tx, draft.registryKey);
    const evaluation = await checkAlias({ db: tx }, { name: draft.name, registryKey: draft.registryKey });
    if (evaluation.verdict === 'block') throw blocked(evaluation);
    const aliasId = await holdName(tx, draft);
    return changeStatus(tx, {
      request: draft,
      transition: 'submit',
      caller,
      sentence: 'Submitted.',
      data: { aliasId, submittedAt: new Date(), ...toColumns(evaluation) },
    });
  });
}

/** Holds a name. The unique folded key decides between concurrent requests. */
export async function holdName(
  tx: DbOrTx,
  { name, registryKey }: { name: string; registryKey: bigint },
): Promise<bigint> {
  const data = { name, foldedKey: foldAlias(name), registryKey, status: 'pending' } as const;
  const alias = await tx.alias.create({ data }).catch((cause: unknown) => {
    if (errorCode(cause) !== 'P2002') throw cause;
    throw new AppError('name_taken', `${name} or a similar alias was just requested by someone else.`, {
      cause,
    });
  });
  return alias.id;
}

export function toColumns({ checks, risk, needsTwo }: CheckEvaluation) {
  return { checks, risk, needsTwo };
}

function blocked({ checks }: CheckEvaluation): AppError {
  const worst = checks.find(({ verdict }) => verdict === 'block');
  const codes = { taken: 'name_taken', reserved: 'name_reserved', limits: 'conflict' } as const;
  const code = worst && worst.code in codes ? codes[worst.code as keyof typeof codes] : 'invalid_input';
  const sentence = worst?.sentence ?? "This name can't be requested.";
  throw new AppError(code, sentence, { detail: { checks, fieldErrors: { name: sentence } } });
}
