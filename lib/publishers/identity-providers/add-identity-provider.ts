import { authorize } from '#lib/access/authorize.ts';
import type { Caller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { parseKeySet } from '#lib/identity/federation/issuer-keys.ts';
import { MAX_IDENTITY_PROVIDERS } from '#lib/identity/federation/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import { lockRoles } from '#lib/publishers/roles/role-store.ts';
import { identityProviderSchema, type NewIdentityProvider } from './schema.ts';

/**
 * Adds an issuer whose tokens the registry's roles may trust, or changes the audiences and keys of a known one. Adding it
 * trusts nobody yet: that is up to the trust policies of roles.
 * @throws AppError `invalid_input`, `forbidden`, `quota_exceeded`
 */
export async function addIdentityProvider(
  app: { db: Db },
  { caller, registryKey, ...input }: NewIdentityProvider & { caller: Caller; registryKey: bigint },
): Promise<{ issuer: string }> {
  const { issuer, audiences, keySet } = parseInput(identityProviderSchema, input);
  if (keySet !== null) parseKeySet(keySet);
  await app.db.$transaction(async (tx) => {
    await lockRoles(tx, { caller, registryKey });
    await authorize({ db: tx }, { ...caller, action: 'vitrine:ManageRoles', registryKey });
    const where = { registryKey_issuer: { registryKey, issuer } };
    const known = await tx.identityProvider.findUnique({ where });
    if (!known && (await tx.identityProvider.count({ where: { registryKey } })) >= MAX_IDENTITY_PROVIDERS) {
      throw new AppError('quota_exceeded', `A registry can have at most ${MAX_IDENTITY_PROVIDERS} identity providers.`);
    }
    const settings = { audiences, keySet };
    await tx.identityProvider.upsert({ where, create: { registryKey, issuer, ...settings }, update: settings });
    const before = known ? { before: { audiences: known.audiences, hasKeys: known.keySet !== null } } : {};
    const after = { audiences, hasKeys: keySet !== null };
    const resource = { name: issuer };
    await recordChange(tx, { type: 'identity-provider.set', caller, registryKey, resource, ...before, after });
  });
  return { issuer };
}
