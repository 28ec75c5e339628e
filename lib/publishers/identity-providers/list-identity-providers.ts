import { authorize } from '#lib/access/authorize.ts';
import type { Caller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';

export type IdentityProviderView = {
  issuer: string;
  audiences: string[];
  /** Whether its keys were pasted, so that it isn't asked for them. */
  hasKeys: boolean;
  createdAt: Date;
};

/** Lists a registry's identity providers by issuer. For members. @throws AppError `forbidden` */
export async function listIdentityProviders(
  app: { db: Db },
  { caller, registryKey }: { caller: Caller; registryKey: bigint },
): Promise<IdentityProviderView[]> {
  await authorize(app, { ...caller, action: 'vitrine:ViewRegistry', registryKey });
  const rows = await app.db.identityProvider.findMany({ where: { registryKey }, orderBy: { issuer: 'asc' } });
  return rows.map(({ issuer, audiences, keySet, createdAt }) => ({
    issuer,
    audiences,
    hasKeys: keySet !== null,
    createdAt,
  }));
}
