// Rows of logos. One row per content, so what one registry lets go of may be another's still.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { lockNumber } from '#lib/platform/pg/advisory-locks.sql.ts';
import { NOT_DELETED } from '#lib/publishers/deleted-registry.ts';

/** Changes of logos, one after the other: they are rare, and none may delete a row that another has just found. */
const LOCK = 7_201_554;

/** Keeps an encoded logo, if there is one, and answers its address. The first step of the transaction that refers to it. */
export async function keepLogo(tx: DbOrTx, bytes: Buffer | null): Promise<string | null> {
  await lockLogos(tx);
  if (bytes === null) return null;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const known = await tx.logo.findUnique({ where: { sha256 }, select: { id: true } });
  const { id } =
    known ?? (await tx.logo.create({ data: { sha256, bytes: new Uint8Array(bytes) }, select: { id: true } }));
  return id;
}

/** After what referred to it does no more. */
export async function dropUnusedLogo(tx: DbOrTx, id: string | null): Promise<void> {
  if (id === null) return;
  await lockLogos(tx);
  await tx.logo.deleteMany({ where: { id, registries: { none: {} }, repositories: { none: {} } } });
}

/** By a registry, or by a repository that is open. */
const IS_USED = {
  OR: [{ registries: { some: {} } }, { repositories: { some: { quarantinedAt: null, registryKey: NOT_DELETED } } }],
};

/** Who has the address may have the picture; that of a repository in quarantine nobody. */
export async function findLogo(app: { db: DbOrTx }, { id }: { id: string }): Promise<Uint8Array<ArrayBuffer> | null> {
  if (!z.uuid().safeParse(id).success) return null;
  const logo = await app.db.logo.findFirst({ where: { id, ...IS_USED }, select: { bytes: true } });
  return logo?.bytes ?? null;
}

/** For who has the bytes. */
export async function isLogoShown(app: { db: DbOrTx }, { id }: { id: string }): Promise<boolean> {
  if (!z.uuid().safeParse(id).success) return false;
  return (await app.db.logo.findFirst({ where: { id, ...IS_USED }, select: { id: true } })) !== null;
}

async function lockLogos(tx: DbOrTx): Promise<void> {
  await lockNumber(tx, LOCK);
}
