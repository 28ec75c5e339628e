import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { registryAddress } from '#lib/publishers/registry-address.ts';
import { findOffer, takeOffer, type TransferAnswer } from './transfer-store.ts';

/** Withdraws an offer of the caller's registry. @throws AppError `not_found` */
export async function withdrawTransfer(app: { db: Db }, input: TransferAnswer): Promise<void> {
  await endTransfer(app, input, { side: 'giver', type: 'repository.withdraw-transfer' });
}

/** Declines an offer to the caller's registry. @throws AppError `not_found` */
export async function declineTransfer(app: { db: Db }, input: TransferAnswer): Promise<void> {
  await endTransfer(app, input, { side: 'taker', type: 'repository.decline-transfer' });
}

/** Recorded for the registry that has the repository. */
async function endTransfer(
  app: { db: Db },
  answer: TransferAnswer,
  end: { side: 'giver'; type: 'repository.withdraw-transfer' } | { side: 'taker'; type: 'repository.decline-transfer' },
): Promise<void> {
  await app.db.$transaction(async (tx) => {
    const { repository, fromRegistry, toRegistry } = await findOffer(tx, { ...answer, side: end.side });
    await takeOffer(tx, answer.id);
    await recordChange(tx, {
      type: end.type,
      caller: answer.caller,
      registryKey: fromRegistry.id,
      resource: { repositoryId: repository.id, name: `${registryAddress(fromRegistry)}/${repository.name}` },
      before: { to: registryAddress(toRegistry) },
    });
  });
}
