import type { DbOrTx } from '#lib/platform/pg/db.ts';

/** Counts linked blobs that aren't served because their bytes are missing or damaged. */
export async function countDamagedBlobs(app: { db: DbOrTx }): Promise<number> {
  return app.db.blob.count({ where: { damage: { not: null }, repositories: { some: {} } } });
}
