// Stores logos, deduplicated by content. Several registries, repositories and the site may share a row.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { lockNumber } from '#lib/platform/pg/advisory-locks.sql.ts';
import { NOT_DELETED } from '#lib/publishers/deleted-registry.ts';

/** Serialises logo changes, so that none deletes a row another is about to reference. Changes are rare. */
const LOCK = 7_201_554;

/** Stores an encoded logo and returns its id. Call it first in the transaction that references the logo. */
export async function storeLogo(tx: DbOrTx, bytes: Buffer | null): Promise<string | null> {
  await lockLogos(tx);
  if (bytes === null) return null;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const existing = await tx.logo.findUnique({ where: { sha256 }, select: { id: true } });
  const { id } =
    existing ?? (await tx.logo.create({ data: { sha256, bytes: new Uint8Array(bytes) }, select: { id: true } }));
  return id;
}

/** Deletes a logo without references. Call it after removing the reference. */
export async function deleteUnusedLogo(tx: DbOrTx, id: string | null): Promise<void> {
  if (id === null) return;
  await lockLogos(tx);
  await tx.logo.deleteMany({
    where: { id, registries: { none: {} }, repositories: { none: {} }, sites: { none: {} } },
  });
}

/** Referenced by the site, a registry, or a repository that is neither quarantined nor deleted. */
const IS_USED = {
  OR: [
    { sites: { some: {} } },
    { registries: { some: {} } },
    { repositories: { some: { quarantinedAt: null, registryKey: NOT_DELETED } } },
  ],
};

/** Loads a logo for anyone who knows its id, unless only quarantined or deleted repositories use it. */
export async function findLogo(app: { db: DbOrTx }, { id }: { id: string }): Promise<Uint8Array<ArrayBuffer> | null> {
  if (!z.uuid().safeParse(id).success) return null;
  const logo = await app.db.logo.findFirst({ where: { id, ...IS_USED }, select: { bytes: true } });
  return logo?.bytes ?? null;
}

/** Checks the same for clients that have cached the image. */
export async function isLogoShown(app: { db: DbOrTx }, { id }: { id: string }): Promise<boolean> {
  if (!z.uuid().safeParse(id).success) return false;
  return (await app.db.logo.findFirst({ where: { id, ...IS_USED }, select: { id: true } })) !== null;
}

async function lockLogos(tx: DbOrTx): Promise<void> {
  await lockNumber(tx, LOCK);
}
