// Shared by all steps of a transfer.
import { isAllowed } from '#lib/access/authorize.ts';
import { findMembership } from '#lib/access/find-membership.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { z } from 'zod';
import { ADDRESS_COLUMNS } from '#lib/publishers/registry-address.ts';

export const TRANSFER_DAYS = 7;

const OFFER = {
  repository: { select: { id: true, registryKey: true, name: true, visibility: true, quarantineReason: true } },
  fromRegistry: { select: { id: true, ...ADDRESS_COLUMNS } },
  toRegistry: { select: { id: true, quotaBytes: true, ...ADDRESS_COLUMNS } },
} as const;

export type TransferAnswer = {
  caller: UserCaller;
  id: string;
  /** The registry that answers, if the caller's credential is confined to it. */
  registryKey?: bigint;
};

/** Finds an offer. @throws AppError `not_found` unless the caller is an owner of the given side */
export async function findOffer(
  tx: DbOrTx,
  { caller, id, side, ...answer }: TransferAnswer & { side: 'giver' | 'taker' },
) {
  const isId = z.uuid().safeParse(id).success;
  const offer = isId ? await tx.repositoryTransfer.findUnique({ where: { id }, include: OFFER }) : null;
  if (!offer) throw notOffered();
  const registryKey = side === 'giver' ? offer.fromRegistryKey : offer.toRegistryKey;
  const isConfined = answer.registryKey !== undefined && answer.registryKey !== registryKey;
  if (isConfined || !(await mayTransfer(tx, { caller, registryKey }))) throw notOffered();
  return offer;
}

/**
 * Takes an offer out of the table, so that only one of concurrent answers succeeds. Roll back to keep it.
 * @throws AppError `not_found` if another answer was first
 */
export async function takeOffer(tx: DbOrTx, id: string): Promise<void> {
  const { count } = await tx.repositoryTransfer.deleteMany({ where: { id } });
  if (count === 0) throw notOffered();
}

async function mayTransfer(
  tx: DbOrTx,
  { caller, registryKey }: { caller: UserCaller; registryKey: bigint },
): Promise<boolean> {
  const membership = await findMembership({ db: tx }, { principal: caller.principal, registryKey });
  return isAllowed({ ...caller, action: 'vitrine:TransferRepository', membership });
}

export function notOffered(): AppError {
  return new AppError('not_found', 'This transfer was accepted, declined or withdrawn, or it has expired.');
}
