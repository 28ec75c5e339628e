// Rows of tags that follow an upstream's.
import { recordAudit } from '#lib/events/record-audit.ts';
import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import { touchRepository } from '#lib/events/touch-repository.ts';
import { attachedWhenStored } from '#lib/oci/attached-as.ts';
import type { Digest } from '#lib/oci/digest.ts';
import type { Db, DbOrTx } from '#lib/platform/pg/db.ts';

export type MirroredTag = {
  repositoryId: bigint;
  tag: string;
  digest: string;
  /** When the upstream last said so. */
  checkedAt: Date;
  goneSince: Date | null;
};

type App = { db: Db };

export async function findMirroredTag(
  app: App,
  { repositoryId, tag }: { repositoryId: bigint; tag: string },
): Promise<MirroredTag | null> {
  const row = await app.db.tag.findUnique({
    where: { repositoryId_name: { repositoryId, name: tag } },
    select: { checkedAt: true, pushedAt: true, goneSince: true, manifest: { select: { digest: true } } },
  });
  if (!row) return null;
  const { goneSince, manifest, checkedAt, pushedAt } = row;
  return { repositoryId, tag, digest: manifest.digest, checkedAt: checkedAt ?? pushedAt, goneSince };
}

export async function hasManifest(
  app: App,
  { repositoryId, digest }: { repositoryId: bigint; digest: Digest },
): Promise<boolean> {
  const where = { repositoryId_digest: { repositoryId, digest } };
  return (await app.db.manifest.findUnique({ where, select: { id: true } })) !== null;
}

export async function markChecked(app: App, { repositoryId, tag }: MirroredTag): Promise<void> {
  await app.db.tag.updateMany({
    where: { repositoryId, name: tag },
    data: { checkedAt: new Date(), goneSince: null },
  });
}

export async function markGone(app: App, { repositoryId, tag }: MirroredTag): Promise<Date> {
  const goneSince = new Date();
  await app.db.tag.updateMany({ where: { repositoryId, name: tag, goneSince: null }, data: { goneSince } });
  return goneSince;
}

/** To a manifest that is here already. */
export async function moveTag(
  app: App,
  { repository, tag, digest }: { repository: FoundRepository; tag: string; digest: Digest },
): Promise<void> {
  const { id: repositoryId } = repository;
  await app.db.$transaction(async (tx) => {
    await touchRepository(tx, repositoryId);
    const manifest = await tx.manifest.findUniqueOrThrow({
      where: { repositoryId_digest: { repositoryId, digest } },
      select: { id: true, payload: true, mediaType: true },
    });
    const where = { repositoryId_name: { repositoryId, name: tag } };
    const before = await tx.tag.findUnique({ where, select: { manifest: { select: { digest: true } } } });
    const attachedAs = attachedWhenStored(manifest, tag);
    const data = { manifestId: manifest.id, checkedAt: new Date(), goneSince: null, attachedAs };
    await tx.tag.upsert({ where, create: { repositoryId, name: tag, ...data }, update: data });
    await recordMove(tx, { repository, tag, fromDigest: before?.manifest.digest ?? null, toDigest: digest });
  });
}

export async function removeTag(
  app: App,
  { repository, known }: { repository: FoundRepository; known: MirroredTag },
): Promise<void> {
  await app.db.$transaction(async (tx) => {
    await touchRepository(tx, repository.id);
    await tx.tag.deleteMany({ where: { repositoryId: repository.id, name: known.tag } });
    await recordMove(tx, { repository, tag: known.tag, fromDigest: known.digest, toDigest: null });
  });
}

type Move = { repository: FoundRepository; tag: string; fromDigest: string | null; toDigest: string | null };

async function recordMove(tx: DbOrTx, { repository, tag, fromDigest, toDigest }: Move): Promise<void> {
  await tx.tagEvent.create({ data: { repositoryId: repository.id, tag, fromDigest, toDigest } });
  await recordAudit(tx, {
    caller: SYSTEM_CALLER,
    registryKey: repository.registryKey,
    target: `${repository.fullName}:${tag}`,
    action: toDigest === null ? 'tag.delete' : fromDigest === null ? 'tag.create' : 'tag.move',
    ...(fromDigest !== null && { before: { digest: fromDigest } }),
    ...(toDigest !== null && { after: { digest: toDigest } }),
  });
}
