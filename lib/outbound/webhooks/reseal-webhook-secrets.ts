import type { Resealed, StoredSecrets } from '#lib/keys/stored-secrets.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { webhookContext } from './webhook-store.ts';

/** @throws AppError as StoredSecrets.reseal */
export async function resealWebhookSecrets({ db, secrets }: { db: Db; secrets: StoredSecrets }): Promise<Resealed> {
  const webhooks = await db.webhook.findMany();
  const rows = webhooks.flatMap(({ id, ...webhook }) =>
    (['sealedSecret', 'sealedFormerSecret', 'sealedAuthorization'] as const).flatMap((column) => {
      const sealed = webhook[column];
      const context = webhookContext(id, column === 'sealedAuthorization' ? 'authorization' : 'secret');
      return sealed ? [{ id, column, context, sealed }] : [];
    }),
  );
  // Its publisher may have replaced it meanwhile.
  return secrets.reseal(rows, ({ id, column, sealed }, resealed) =>
    db.webhook.updateMany({ where: { id, [column]: sealed }, data: { [column]: resealed } }),
  );
}
