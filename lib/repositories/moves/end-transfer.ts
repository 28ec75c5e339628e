import { recordChange } from '#lib/events/record-change.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { registryAddress } from './find-moved.ts';
import { findOffer, takeOffer } from './transfer-store.ts';

type EndTransferInput = { caller: UserCaller; id: string };

/** Withdraws an offer of the caller's registry. @throws AppError `not_found` */
export async function withdrawTransfer(app: { db: Db }, input: EndTransferInput): Promise<void> {
  await endTransfer(app, input, { side: 'giver', type: 'repository.withdraw-transfer' });
}

/** Declines an offer to the caller's registry. @throws AppError `not_found` */
export async function declineTransfer(app: { db: Db }, input: EndTransferInput): Promise<void> {
  await endTransfer(app, input, { side: 'taker', type: 'repository.decline-transfer' });
}

/** Recorded for the registry that has the repository. */
async function endTransfer(
  app: { db: Db },
  { caller, id }: EndTransferInput,
  end: { side: 'giver'; type: 'repository.withdraw-transfer' } | { side: 'taker'; type: 'repository.decline-transfer' },
): Promise<void> {
  await app.db.$transaction(async (tx) => {
    const { repository, fromRegistry, toRegistry } = await findOffer(tx, { caller, id, side: end.side });
    await takeOffer(tx, id);
    await recordChange(tx, {
      type: end.type,
      caller,
      registryKey: fromRegistry.id,
      resource: { repositoryId: repository.id, name: `${registryAddress(fromRegistry)}/${repository.name}` },
      before: { to: registryAddress(toRegistry) },
    });
  });
}
