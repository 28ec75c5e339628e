import { requireAllowed } from '#lib/access/authorize.ts';
import type { Caller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { resealTotpSecrets } from '#lib/identity/factors/reseal-totp-secrets.ts';
import { contextOf } from '#lib/keys/wrap-sealing-key.ts';
import type { SealingKeyRing } from '#lib/keys/sealing-key-ring.ts';
import type { WrappedSecret } from '#lib/keys/services/key-service.ts';
import type { KeyServices } from '#lib/keys/services/open-key-services.ts';
import type { Resealed, StoredSecrets } from '#lib/keys/stored-secrets.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { resealDestinationPasswords } from '#lib/outbound/destinations/reseal-destination-passwords.ts';
import { resealWebhookSecrets } from '#lib/outbound/webhooks/reseal-webhook-secrets.ts';
import { resealPasswords } from '#lib/upstream/mirrors/reseal-passwords.ts';

type App = {
  db: Db;
  keyServices: KeyServices;
  sealingKeys: Pick<SealingKeyRing, 'createSecretsKey'>;
  secrets: StoredSecrets;
};
/** `keys` were wrapped anew. */
export type Rewrapped = { keys: number; secrets: Resealed };

/**
 * Wraps the keys of the site's blobs and secrets with the newest key of the site's key service, without touching blobs. Keys of
 * repositories stay under the keys that their owners chose. Seals secrets that still depend on AUTH_SECRET with such a key.
 * @throws AppError `forbidden`, `unavailable`, `key_refused` when a service that still protects a key doesn't unwrap it
 */
export async function rewrapKeys(app: App, { caller }: { caller: Caller }): Promise<Rewrapped> {
  requireAllowed({ ...caller, action: 'vitrine:UpdateSite' });
  await app.sealingKeys.createSecretsKey();
  const outdated = await listOutdated(app);
  const keys = await app.db.$transaction(async (tx) => {
    let count = 0;
    for (const { table, id, before, wrapped, wrappedBy } of outdated) {
      const change = { where: { id, wrappedBy: before }, data: { wrapped: new Uint8Array(wrapped), wrappedBy } };
      const updated = await (table === 'sealingKey'
        ? tx.sealingKey.updateMany(change)
        : tx.secretKey.updateMany(change));
      count += updated.count;
    }
    const after = { keys: count, by: outdated[0]?.wrappedBy ?? '' };
    if (count > 0) await recordChange(tx, { caller, type: 'site.rewrap-keys', resource: { name: 'keys' }, after });
    return count;
  });
  const resealed = [
    await resealTotpSecrets(app),
    await resealPasswords(app),
    await resealWebhookSecrets(app),
    await resealDestinationPasswords(app),
  ];
  const sum = (what: 'sealed' | 'lost') => resealed.reduce((total, part) => total + part[what], 0);
  return { keys, secrets: { sealed: sum('sealed'), lost: sum('lost') } };
}

type Outdated = WrappedSecret & { table: 'sealingKey' | 'secretKey'; id: string; before: string };

async function listOutdated({ db, keyServices }: App): Promise<Outdated[]> {
  const tables = { sealingKey: await db.sealingKey.findMany(), secretKey: await db.secretKey.findMany() };
  const outdated: Outdated[] = [];
  for (const table of ['sealingKey', 'secretKey'] as const) {
    for (const row of tables[table]) {
      const before = { ...row, wrapped: Buffer.from(row.wrapped) };
      const after = await keyServices.rewrap(before, contextOf(row));
      if (after !== before) outdated.push({ table, id: row.id, before: before.wrappedBy, ...after });
    }
  }
  return outdated;
}
