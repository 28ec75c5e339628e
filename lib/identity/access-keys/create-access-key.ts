import { requireAllowed } from '#lib/access/authorize.ts';
import { findMembership } from '#lib/access/find-membership.ts';
import { REPOSITORY_ACTIONS, type RepositoryAction, type UserCaller, type UserPrincipal } from '#lib/access/schema.ts';
import { includesAction } from '#lib/access/token-scope.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { lockAccount } from '#lib/identity/accounts/lock-account.sql.ts';
import { requireLiveCredential } from '#lib/identity/accounts/lock-account.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { createAccessKeyId, deriveAccessKeySecret } from './access-key-secret.ts';
import type { MasterKeys } from './master-keys.ts';
import { MAX_ACCESS_KEYS } from './schema.ts';

export type CreatedAccessKey = {
  accessKeyId: string;
  /** Shown once. It isn't stored. */
  secretAccessKey: string;
  /** 12 digits. */
  registryId: string;
};

/**
 * Creates a key with which the caller acts in one of their registries. A key that an access token creates expires with
 * that token.
 * @throws AppError `forbidden` unless the caller is a member, `conflict` if they have as many keys as they may
 */
export async function createAccessKey(
  app: { db: Db; masterKeys: MasterKeys },
  { caller, registryKey }: { caller: UserCaller; registryKey: bigint },
): Promise<CreatedAccessKey> {
  const { principal } = caller;
  const { userId, credentialExpiresAt: expiresAt = null } = principal;
  const membership = await findMembership(app, { principal, registryKey });
  requireAllowed({ ...caller, action: 'vitrine:CreateAccessKey', membership });
  requireUnconfined(principal);
  if (!membership) throw new AppError('not_found', 'Registry not found.');
  const { registryId } = membership;
  const accessKeyId = createAccessKeyId('AKIA');
  const keyVersion = app.masterKeys.newest;
  const secretAccessKey = deriveAccessKeySecret(app.masterKeys, { accessKeyId, keyVersion });
  if (secretAccessKey === null) throw new AppError('internal', 'The newest master key is missing.');
  await app.db.$transaction(async (tx) => {
    await lockAccount(tx, userId);
    await requireLiveCredential(tx, principal);
    if ((await tx.accessKey.count({ where: { userId, registryKey } })) >= MAX_ACCESS_KEYS) {
      const message = `You have ${MAX_ACCESS_KEYS} access keys for this registry, which is the limit. Delete one first.`;
      throw new AppError('conflict', message);
    }
    await tx.accessKey.create({ data: { id: accessKeyId, registryKey, userId, keyVersion, expiresAt } });
    await recordChange(tx, {
      caller,
      registryKey,
      type: 'access-key.create',
      resource: { name: accessKeyId },
      after: { expiresAt: expiresAt?.toISOString() ?? null },
    });
  });
  return { accessKeyId, secretAccessKey, registryId };
}

/** A credential can't create a more powerful one. A key acts on every repository of its registry. */
function requireUnconfined({ scopes }: UserPrincipal): void {
  const mayEverywhere = (action: RepositoryAction) =>
    scopes?.some(({ repository, actions }) => repository === '*' && includesAction(actions, action));
  if (scopes === null || REPOSITORY_ACTIONS.every(mayEverywhere)) return;
  const message =
    'To create access keys, this access token needs the scopes pull, push and delete on all repositories.';
  throw new AppError('forbidden', message);
}
