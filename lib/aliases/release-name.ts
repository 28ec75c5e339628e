import type { DbOrTx } from '#lib/platform/pg/db.ts';
import type { AliasRequest } from '#lib/platform/prisma/client.ts';

/** Releases a name held by a pending request, so that others can request it. Names that were ever active stay taken. */
export async function releaseName(tx: DbOrTx, request: AliasRequest): Promise<void> {
  if (request.aliasId !== null) await tx.alias.deleteMany({ where: { id: request.aliasId, status: 'pending' } });
}
