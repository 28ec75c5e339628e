import { z } from 'zod';
import { AppError } from '#lib/platform/errors.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';

/** Finds a user's passkey. Other users' passkeys are reported as not found. @throws AppError `not_found` */
export async function getPasskey(
  db: DbOrTx,
  { userId, id }: { userId: string; id: string },
): Promise<{ name: string }> {
  const isId = z.uuid().safeParse(id).success;
  const passkey = isId && (await db.passkey.findFirst({ where: { id, userId }, select: { name: true } }));
  if (!passkey) throw new AppError('not_found', 'Passkey not found, or already removed.');
  return passkey;
}
