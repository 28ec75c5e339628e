import { AppError } from '#lib/platform/errors.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';

/** @throws AppError `conflict` if the registry stores no user name and password for the upstream */
export async function requireCredentials(tx: DbOrTx, { id, host }: { id: bigint; host: string }): Promise<void> {
  const stored = await tx.upstream.findUniqueOrThrow({ where: { id }, select: { username: true } });
  if (stored.username !== null) return;
  const remedy = 'Set them under Mirrors in the console first';
  throw new AppError('conflict', `This registry has no user name and password for ${host}. ${remedy}.`);
}
