import { ADDRESS_COLUMNS, registryAddress } from '#lib/publishers/registry-address.ts';
import { findMembership } from '#lib/access/find-membership.ts';
import { isAllowed } from '#lib/access/authorize.ts';
import { z } from 'zod';
import type { UserCaller } from '#lib/access/schema.ts';
import type { RepositoryConfig } from '#lib/repositories/repository-config.ts';
import type { Db, DbOrTx } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Deletion } from '#lib/platform/prisma/client.ts';
import { liveSince } from './deletion-queries.ts';
import { lockDeletion } from './lock-deletion.sql.ts';
import { restoreManifest, restoreTag, type Restored } from './restore-content.ts';
import { restoreRepository } from './restore-repository.ts';

type App = { db: Db; config: Pick<RepositoryConfig, 'restoreDays'> };

/** Allows for a large repository with many tags. */
const TRANSACTION = { timeout: 120_000 };

/**
 * Restores a deletion, without replacing anything created meanwhile.
 * @throws AppError `not_found` (also after it has expired), `forbidden`, `conflict` with a message that names the
 * obstacle
 */
export async function restoreDeletion(app: App, { caller, id }: { caller: UserCaller; id: string }): Promise<Restored> {
  if (!z.uuid().safeParse(id).success) throw notFound();
  return app.db.$transaction(async (tx) => {
    const deletion = await lock(tx, id);
    if (!deletion || deletion.deletedAt < liveSince(app.config)) throw notFound();
    const { registryKey, isByAdmin } = deletion;
    const membership = await findMembership({ db: tx }, { principal: caller.principal, registryKey });
    const asked = { ...caller, action: 'vitrine:RestoreDeletion', membership } as const;
    if (!isAllowed({ ...asked, facts: { isDeletedByAdmin: isByAdmin } })) {
      throw isAllowed({ ...caller, action: 'vitrine:ViewRegistry', membership }) ? mayNot(isByAdmin) : notFound();
    }
    const fullName = `${await findAlias(tx, registryKey)}/${deletion.name}`;
    const input = { caller, deletion, fullName };
    const restored = await RESTORE[deletion.kind](tx, input);
    await tx.deletion.deleteMany({ where: { id } });
    return restored;
  }, TRANSACTION);
}

const RESTORE = { tag: restoreTag, manifest: restoreManifest, repository: restoreRepository } as const;

/** Serializes concurrent restores and the purge. All but the first find nothing. */
async function lock(tx: DbOrTx, id: string): Promise<Deletion | null> {
  await lockDeletion(tx, id);
  return tx.deletion.findUnique({ where: { id } });
}

async function findAlias(tx: DbOrTx, registryKey: bigint): Promise<string> {
  const where = { id: registryKey };
  return registryAddress(await tx.registry.findUniqueOrThrow({ where, select: ADDRESS_COLUMNS }));
}

function notFound(): AppError {
  return new AppError('not_found', 'This deletion has already been restored or has expired.');
}

function mayNot(isByAdmin: boolean): AppError {
  const who = isByAdmin ? 'A site admin took this down. Only admins' : 'Only owners and maintainers of the registry';
  return new AppError('forbidden', `${who} can restore it.`);
}
