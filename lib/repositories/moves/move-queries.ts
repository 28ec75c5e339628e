// Former names and open transfers as members see them. Callers authorize.
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { ADDRESS_COLUMNS, registryAddress } from '#lib/publishers/registry-address.ts';

export type FormerNameView = {
  /** `ALIAS/NAME` with the current primary alias of its registry. */
  fullName: string;
  /** The address that it redirects to. */
  movedTo: string;
  createdAt: Date;
};

/** A registry's own addresses that redirect, wherever their repositories are now. Latest first. */
export async function listFormerNames(
  app: { db: DbOrTx },
  { registryKey, limit }: { registryKey: bigint; limit: number },
): Promise<FormerNameView[]> {
  return list(app, { registryKey }, limit);
}

/** All former names of one repository, those in other registries included. */
export async function listFormerNamesOf(
  app: { db: DbOrTx },
  { repositoryId, limit }: { repositoryId: bigint; limit: number },
): Promise<FormerNameView[]> {
  return list(app, { repositoryId }, limit);
}

async function list(
  app: { db: DbOrTx },
  where: { registryKey: bigint } | { repositoryId: bigint },
  take: number,
): Promise<FormerNameView[]> {
  const rows = await app.db.formerName.findMany({
    // Deleted repositories redirect again once they are restored.
    where: { ...where, repository: { heldFor: null } },
    orderBy: [{ createdAt: 'desc' }, { name: 'asc' }],
    take,
    select: {
      name: true,
      createdAt: true,
      registry: { select: ADDRESS_COLUMNS },
      repository: { select: { name: true, registry: { select: ADDRESS_COLUMNS } } },
    },
  });
  return rows.map(({ name, createdAt, registry, repository }) => ({
    fullName: `${registryAddress(registry)}/${name}`,
    movedTo: `${registryAddress(repository.registry)}/${repository.name}`,
    createdAt,
  }));
}

export type TransferView = {
  id: string;
  fullName: string;
  /** Aliases of the two registries. */
  from: string;
  to: string;
  offeredBy: string;
  createdAt: Date;
  expiresAt: Date;
};

/** Open offers from and to a registry, latest first. */
export async function listTransfers(
  app: { db: DbOrTx },
  { registryKey }: { registryKey: bigint },
): Promise<{ incoming: TransferView[]; outgoing: TransferView[] }> {
  const [incoming, outgoing] = await Promise.all([
    listOffers(app, { toRegistryKey: registryKey }),
    listOffers(app, { fromRegistryKey: registryKey }),
  ]);
  return { incoming, outgoing };
}

/** The open offer of a repository. */
export async function findTransferOf(
  app: { db: DbOrTx },
  { repositoryId }: { repositoryId: bigint },
): Promise<TransferView | null> {
  return (await listOffers(app, { repositoryId }))[0] ?? null;
}

const MAX_SHOWN = 100;

async function listOffers(
  app: { db: DbOrTx },
  where: { toRegistryKey: bigint } | { fromRegistryKey: bigint } | { repositoryId: bigint },
): Promise<TransferView[]> {
  const offers = await app.db.repositoryTransfer.findMany({
    where: { ...where, expiresAt: { gte: new Date() }, repository: { heldFor: null } },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: MAX_SHOWN,
    include: {
      repository: { select: { name: true } },
      fromRegistry: { select: ADDRESS_COLUMNS },
      toRegistry: { select: ADDRESS_COLUMNS },
    },
  });
  return offers.map(({ id, repository, fromRegistry, toRegistry, offeredBy, createdAt, expiresAt }) => ({
    id,
    fullName: `${registryAddress(fromRegistry)}/${repository.name}`,
    from: registryAddress(fromRegistry),
    to: registryAddress(toRegistry),
    offeredBy,
    createdAt,
    expiresAt,
  }));
}
