// Rows of tags that follow an upstream.
import { recordChange } from '#lib/events/record-change.ts';
import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import type { MirrorNames } from '#lib/repositories/create-mirrored-repository.ts';
import { isTagImmutable } from '#lib/repositories/tag-mutability/is-tag-immutable.ts';
import { lockRepository } from '#lib/repositories/lock-repository.ts';
import { storedAttachedAs } from '#lib/oci/attached-as.ts';
import type { Digest } from '#lib/oci/digest.ts';
import type { Db } from '#lib/platform/pg/db.ts';

export type MirroredTag = {
  repositoryId: bigint;
  tag: string;
  digest: string;
  /** When the upstream last confirmed it. */
  checkedAt: Date;
  goneSince: Date | null;
  /** Whether it stays as it is, whatever the upstream does. */
  isImmutable: boolean;
};

const TAG_RULE = { select: { tagMutability: true, tagExclusions: true } } as const;

type App = { db: Db };

export async function findMirroredTag(
  app: App,
  { repositoryId, tag }: { repositoryId: bigint; tag: string },
): Promise<MirroredTag | null> {
  const row = await app.db.tag.findUnique({
    where: { repositoryId_name: { repositoryId, name: tag } },
    select: {
      checkedAt: true,
      pushedAt: true,
      goneSince: true,
      manifest: { select: { digest: true } },
      repository: TAG_RULE,
    },
  });
  if (!row) return null;
  const { goneSince, manifest, checkedAt, pushedAt, repository } = row;
  const isImmutable = isTagImmutable(repository, tag);
  return { repositoryId, tag, digest: manifest.digest, checkedAt: checkedAt ?? pushedAt, goneSince, isImmutable };
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

/** Moves the tag to a manifest that is already stored, unless it is immutable. */
export async function moveTag(
  app: App,
  { repository, tag, digest }: { repository: MirrorNames; tag: string; digest: Digest },
): Promise<void> {
  const { id: repositoryId } = repository;
  await app.db.$transaction(async (tx) => {
    await lockRepository(tx, repository);
    const manifest = await tx.manifest.findUniqueOrThrow({
      where: { repositoryId_digest: { repositoryId, digest } },
      select: { id: true, payload: true, mediaType: true },
    });
    const where = { repositoryId_name: { repositoryId, name: tag } };
    const select = { manifest: { select: { digest: true } }, repository: TAG_RULE } as const;
    const before = await tx.tag.findUnique({ where, select });
    if (before && isTagImmutable(before.repository, tag)) return;
    const attachedAs = storedAttachedAs(manifest, tag);
    const data = { manifestId: manifest.id, checkedAt: new Date(), goneSince: null, attachedAs };
    await tx.tag.upsert({ where, create: { repositoryId, name: tag, ...data }, update: data });
    const fromDigest = before?.manifest.digest ?? null;
    await tx.tagEvent.create({ data: { repositoryId, tag, fromDigest, toDigest: digest } });
    const change = { ...changeOf(repository, tag), after: { digest } };
    if (fromDigest === null) await recordChange(tx, { ...change, type: 'tag.create' });
    else await recordChange(tx, { ...change, type: 'tag.move', before: { digest: fromDigest } });
  });
}

export async function removeTag(
  app: App,
  { repository, known }: { repository: MirrorNames; known: MirroredTag },
): Promise<void> {
  await app.db.$transaction(async (tx) => {
    await lockRepository(tx, repository);
    await tx.tag.deleteMany({ where: { repositoryId: repository.id, name: known.tag } });
    await tx.tagEvent.create({ data: { repositoryId: repository.id, tag: known.tag, fromDigest: known.digest } });
    const change = changeOf(repository, known.tag);
    await recordChange(tx, { ...change, type: 'tag.delete', before: { digest: known.digest } });
  });
}

/** The system is the actor, because tags follow their upstream without a user. */
function changeOf({ id, registryKey, fullName }: MirrorNames, tag: string) {
  return { caller: SYSTEM_CALLER, registryKey, resource: { repositoryId: id, name: fullName, tag } };
}
