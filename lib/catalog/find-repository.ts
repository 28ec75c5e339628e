import type { DbOrTx } from '#lib/platform/db.ts';
import type { RegistryRole } from '#lib/identity/schema.ts';
import { splitFullName } from '#lib/oci/name.ts';
import type { Visibility } from './schema.ts';

export type FoundRepository = {
  id: bigint;
  /** Internal id of the registry. */
  registryId: bigint;
  /** As it was asked for: any active alias of the registry. */
  alias: string;
  name: string;
  fullName: string;
  visibility: Visibility;
  /** Not null: nobody may pull or change it (refuse-quarantined.ts). */
  quarantineReason: string | null;
  version: number;
  createdAt: Date;
};

export type FoundRegistry = {
  id: bigint;
  /** 12 digits. */
  registryId: string;
  displayName: string;
  primaryAlias: string;
};

/** `ALIAS/NAME` by any active alias. Says nothing about who may see it. */
export async function findRepository(app: { db: DbOrTx }, fullName: string): Promise<FoundRepository | null> {
  const parts = splitFullName(fullName);
  if (!parts) return null;
  const { alias, name } = parts;
  const repository = await app.db.repository.findFirst({
    where: { name, registry: { aliases: { some: { name: alias, status: 'active' } } } },
    select: { id: true, registryId: true, visibility: true, version: true, createdAt: true, quarantineReason: true },
  });
  return repository && { ...repository, alias, name, fullName };
}

/** By its 12 digits. */
export async function findRegistry(app: { db: DbOrTx }, registryId: string): Promise<{ id: bigint } | null> {
  return app.db.registry.findUnique({ where: { registryId }, select: { id: true } });
}

export async function findRegistryByAlias(app: { db: DbOrTx }, alias: string): Promise<FoundRegistry | null> {
  const registry = await app.db.registry.findFirst({
    where: { aliases: { some: { name: alias, status: 'active' } } },
    select: { id: true, registryId: true, displayName: true, primaryAlias: { select: { name: true } } },
  });
  return registry && { ...registry, primaryAlias: registry.primaryAlias?.name ?? alias };
}

export async function findRole(
  app: { db: DbOrTx },
  { userId, registryId }: { userId: string; registryId: bigint },
): Promise<RegistryRole | null> {
  const member = await app.db.member.findUnique({
    where: { registryId_userId: { registryId, userId } },
    select: { role: true },
  });
  return member?.role ?? null;
}
