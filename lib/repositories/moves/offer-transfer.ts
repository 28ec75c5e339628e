import { recordChange } from '#lib/events/record-change.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db, DbOrTx } from '#lib/platform/pg/db.ts';
import { AppError, errorCode } from '#lib/platform/errors.ts';
import { invalidField } from '#lib/platform/parse-input.ts';
import { lockRegistry } from '#lib/publishers/lock-registry.sql.ts';
import { authorizeRepository } from '#lib/repositories/authorize-repository.ts';
import { findRegistryByAlias } from '#lib/repositories/find-repository.ts';
import { lockRepository } from '#lib/repositories/lock-repository.ts';
import { TRANSFER_DAYS } from './transfer-store.ts';

export type OfferTransferInput = {
  caller: UserCaller;
  fullName: string;
  /** Any alias of the receiving registry. */
  to: string;
};

/** Each offer notifies the other side. */
const MAX_OPEN_OFFERS = 20;
const DAY_MS = 86_400_000;

/**
 * Offers a repository to another registry, whose owner accepts or declines. Returns the offer's id.
 * @throws AppError `invalid_input`, `repository_not_found`, `forbidden`, `quarantined`, `conflict`
 */
export async function offerTransfer(app: { db: Db }, { caller, fullName, to }: OfferTransferInput): Promise<string> {
  const repository = await authorizeRepository(app, { caller, fullName, action: 'vitrine:TransferRepository' });
  const { id: repositoryId, registryKey } = repository;
  if (repository.upstream) {
    throw new AppError('conflict', `${fullName} is a mirror. The other registry can mirror the upstream itself.`);
  }
  const registry = await findRegistryByAlias(app, to.trim());
  if (!registry) throw invalidField('to', 'No publisher has this alias. Check the spelling.');
  if (registry.id === registryKey) throw invalidField('to', 'The repository is in this registry already.');
  return app.db.$transaction(async (tx) => {
    await lockRegistry(tx, registryKey);
    await refuseManyOffers(tx, registryKey);
    await lockRepository(tx, repository);
    await tx.repositoryTransfer.deleteMany({ where: { repositoryId, expiresAt: { lt: new Date() } } });
    const { userId: offeredById, email: offeredBy } = caller.principal;
    const expiresAt = new Date(Date.now() + TRANSFER_DAYS * DAY_MS);
    const sides = { fromRegistryKey: registryKey, toRegistryKey: registry.id };
    const data = { repositoryId, ...sides, offeredById, offeredBy, expiresAt };
    const { id } = await tx.repositoryTransfer.create({ data, select: { id: true } }).catch((cause: unknown) => {
      if (errorCode(cause) !== 'P2002') throw cause;
      throw new AppError('conflict', `${fullName} is already offered. Withdraw that offer first.`, { cause });
    });
    await recordChange(tx, {
      type: 'repository.offer-transfer',
      caller,
      registryKey,
      resource: { repositoryId, name: fullName },
      after: { to: registry.primaryAlias },
      facts: { toRegistryKey: registry.id },
    });
    return id;
  });
}

async function refuseManyOffers(tx: DbOrTx, fromRegistryKey: bigint): Promise<void> {
  const open = await tx.repositoryTransfer.count({ where: { fromRegistryKey, expiresAt: { gte: new Date() } } });
  if (open < MAX_OPEN_OFFERS) return;
  throw new AppError('conflict', `This registry has ${MAX_OPEN_OFFERS} open offers. Withdraw one first.`);
}
