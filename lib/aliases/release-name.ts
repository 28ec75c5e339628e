import type { DbOrTx } from '#lib/platform/pg/db.ts';
import type { AliasRequest } from '#lib/platform/prisma/client.ts';

/** Lets go of a name that was only held: anyone may ask for it again. A name that was ever active is not let go. */
export async function releaseName(tx: DbOrTx, request: AliasRequest): Promise<void> {
  if (request.aliasId !== null) await tx.alias.deleteMany({ where: { id: request.aliasId, status: 'pending' } });
}
