import type { DbOrTx } from '#lib/platform/pg/db.ts';

/** Blobs that repositories have, and that are served to nobody, since their bytes are lost or wrong. */
export async function countDamagedBlobs(app: { db: DbOrTx }): Promise<number> {
  return app.db.blob.count({ where: { damage: { not: null }, repositories: { some: {} } } });
}
