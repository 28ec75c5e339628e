import { requireAllowed } from '#lib/access/authorize.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { lockUser } from '#lib/identity/accounts/lock-account.sql.ts';
import { requireLiveCredential } from '#lib/identity/accounts/lock-account.ts';
import { AppError } from '#lib/platform/errors.ts';
import { parseField } from '#lib/platform/parse-input.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { insertRegistry } from './insert-registry.ts';
import type { PublisherConfig } from './publisher-config.ts';
import { registryNameSchema } from './schema.ts';

export type CreatedRegistry = {
  id: bigint;
  /** 12 digits. */
  registryId: string;
  /** Its default alias. */
  alias: string;
};

/**
 * Creates another registry that the caller owns.
 * @throws AppError `invalid_input`, `forbidden`, `quota_exceeded` if they own as many as the site allows
 */
export async function createRegistry(
  app: { db: Db; config: Pick<PublisherConfig, 'registriesPerUser'> },
  input: { caller: UserCaller; displayName: string },
): Promise<CreatedRegistry> {
  const { caller } = input;
  const { principal } = caller;
  const { userId } = principal;
  const { registriesPerUser } = app.config;
  requireAllowed({ ...caller, action: 'vitrine:CreateRegistry' });
  const displayName = parseField('displayName', registryNameSchema, input.displayName);
  return app.db.$transaction(async (tx) => {
    await lockUser(tx, userId);
    await requireLiveCredential(tx, principal);
    const owned = await tx.member.count({ where: { userId, role: 'owner' } });
    if (registriesPerUser > 0 && owned >= registriesPerUser) {
      throw new AppError('quota_exceeded', `You own ${owned} registries. This site allows ${registriesPerUser}.`);
    }
    return insertRegistry(tx, { caller, displayName });
  });
}
