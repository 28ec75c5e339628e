// Names protected from look-alikes: reserved names and well-known publishers.
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import type { ReservedKind, ReservedMatch } from '#lib/platform/prisma/client.ts';
import { foldAlias } from './fold-alias.ts';

/** The number of most-pulled publishers that new names are compared with. */
const KNOWN_PUBLISHERS = 500;

export type ReservedFact = { name: string; kind: ReservedKind; match: ReservedMatch; reason: string };

export async function findReservedNames(app: { db: DbOrTx }, name: string): Promise<ReservedFact[]> {
  return app.db.$queryRaw<ReservedFact[]>`
    SELECT name, kind::text, match::text, reason FROM reserved_names
     WHERE (match = 'exact' AND name = ${name})
        OR (match = 'folded' AND folded_key = ${foldAlias(name)})
        OR (match = 'prefix' AND starts_with(${name}, name))
     ORDER BY length(name) DESC, id`;
}

/** Finds well-known publishers, except the given registry, and brands. */
export function findKnownNames(db: DbOrTx, registryKey: bigint): Promise<{ name: string; isReserved: boolean }[]> {
  return db.$queryRaw`
    SELECT name, false AS "isReserved" FROM (
      SELECT a.name, sum(r.pull_count) AS pulls
        FROM aliases a JOIN repositories r ON r.registry_id = a.registry_id
       WHERE a.status = 'active' AND a.registry_id <> ${registryKey}
       GROUP BY a.id ORDER BY pulls DESC LIMIT ${KNOWN_PUBLISHERS}
    ) publishers
    UNION ALL SELECT name, true FROM reserved_names WHERE kind IN ('brand', 'service', 'seller')`;
}
