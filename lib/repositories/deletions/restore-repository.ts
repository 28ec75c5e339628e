import { recordChange } from '#lib/events/record-change.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { AppError, errorCode } from '#lib/platform/errors.ts';
import type { RestoreInput, Restored } from './restore-content.ts';

/** Restores it unchanged: tags, pull counts, texts, logo and any quarantine. */
export async function restoreRepository(tx: DbOrTx, { caller, deletion, fullName }: RestoreInput): Promise<Restored> {
  const { registryKey, name, visibility, holdingId, isByAdmin } = deletion;
  if (holdingId === null) throw new Error(`deletion ${deletion.id} has no repository`);
  const taken = await tx.repository.findUnique({
    where: { registryKey_name: { registryKey, name } },
    select: { id: true },
  });
  if (taken) throw exists(fullName);
  const data = { registryKey, name, visibility: visibility ?? 'private', version: { increment: 1 } } as const;
  await tx.repository.update({ where: { id: holdingId }, data, select: { id: true } }).catch((cause: unknown) => {
    if (errorCode(cause) === 'P2002') throw exists(fullName, cause);
    throw cause;
  });
  await recordChange(tx, {
    type: 'repository.restore',
    caller,
    registryKey,
    resource: { repositoryId: holdingId, name: fullName },
    facts: { isByAdmin },
  });
  return { target: fullName, skippedTags: [] };
}

function exists(fullName: string, cause?: unknown): AppError {
  const message = `${fullName} exists again. Delete the new repository first to restore the old one.`;
  return new AppError('conflict', message, { cause });
}
