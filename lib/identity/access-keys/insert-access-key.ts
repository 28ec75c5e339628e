import type { Caller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { createAccessKeyId, deriveAccessKeySecret } from './access-key-secret.ts';
import type { MasterKeys } from '#lib/keys/master-keys.ts';
import { MAX_ACCESS_KEYS } from './schema.ts';

export type CreatedAccessKey = {
  accessKeyId: string;
  /** Shown once. It isn't stored. */
  secretAccessKey: string;
  /** 12 digits. */
  registryId: string;
};

type NewKey = {
  caller: Caller;
  /** The member that it acts for. `robot`: the member's name, if it is one. */
  holder: { userId: string; registryKey: bigint; registryId: string; robot?: string };
  expiresAt: Date | null;
};

/**
 * Creates a key. The caller holds a lock on its holder. A key that an access token creates expires with that token.
 * @throws AppError `conflict` if the holder has as many keys as they may
 */
export async function insertAccessKey(
  app: { masterKeys: MasterKeys },
  tx: DbOrTx,
  { caller, holder, expiresAt }: NewKey,
): Promise<CreatedAccessKey> {
  const { userId, registryKey, registryId, robot } = holder;
  const accessKeyId = createAccessKeyId('AKIA');
  const keyVersion = app.masterKeys.newest;
  const secretAccessKey = deriveAccessKeySecret(app.masterKeys, { accessKeyId, keyVersion });
  if (secretAccessKey === null) throw new AppError('internal', 'The newest master key is missing.');
  if ((await tx.accessKey.count({ where: { userId, registryKey } })) >= MAX_ACCESS_KEYS) {
    const whose =
      robot === undefined
        ? `You have ${MAX_ACCESS_KEYS} access keys for this registry`
        : `The robot ${robot} has ${MAX_ACCESS_KEYS} access keys`;
    throw new AppError('conflict', `${whose}, which is the limit. Delete one first.`);
  }
  await tx.accessKey.create({ data: { id: accessKeyId, registryKey, userId, keyVersion, expiresAt } });
  await recordChange(tx, {
    caller,
    registryKey,
    type: 'access-key.create',
    resource: { name: accessKeyId },
    after: { expiresAt: expiresAt?.toISOString() ?? null, ...(robot !== undefined && { robot }) },
  });
  return { accessKeyId, secretAccessKey, registryId };
}
