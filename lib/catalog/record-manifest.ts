import { recordAudit } from '#lib/audit/record-audit.ts';
import type { Caller } from '#lib/identity/schema.ts';
import type { Descriptor } from '#lib/oci/descriptor.ts';
import type { Digest } from '#lib/oci/digest.ts';
import type { Manifest } from '#lib/oci/manifest.ts';
import { isForeignLayer, manifestKind } from '#lib/oci/media-types.ts';
import { batches } from '#lib/platform/batches.ts';
import type { Db, DbOrTx } from '#lib/platform/db.ts';
import { AppError, errorCode } from '#lib/platform/errors.ts';
import type { FoundRepository } from './find-repository.ts';
import { platformLabelSchema, type ImageFacts } from './read-image-config.ts';
import { recountIndexes } from './recount-indexes.ts';
import { toStorableText } from './storable-text.ts';
import { enqueueIndexing } from './touch-repository.ts';

export type RecordManifestInput = {
  /** Null: it comes from the upstream of a mirrored repository, whose blobs come when they are asked for. */
  caller: Caller | null;
  repository: FoundRepository;
  digest: Digest;
  manifest: Manifest;
  /** Exactly as it came. */
  payload: Buffer;
  facts: ImageFacts;
  tags: string[];
  /** The operator wants it so; else an image is whole when it is acknowledged. */
  mayLackLayers?: boolean;
  /** What else is promised with it, in the same transaction. */
  promise?: (tx: DbOrTx) => Promise<void>;
};

const TRANSACTION = { maxWait: 10_000, timeout: 60_000 };

/**
 * A manifest, its edges and its tags: all of it or nothing.
 * @throws AppError `manifest_blob_unknown` with the digests that the repository lacks
 */
export async function recordManifest(app: { db: Db }, input: RecordManifestInput): Promise<void> {
  const { caller, repository, digest, manifest, tags } = input;
  await app.db.$transaction(async (tx) => {
    // First, and for all of this: two pushes to one repository take turns, so tags and edges can't deadlock.
    await markPushed(tx, repository);
    const blobBytes = caller ? await sumLinkedBlobs(tx, input) : sumDescribedBlobs(manifest);
    const manifestId = await upsertManifest(tx, input, blobBytes);
    for (const tag of tags) await setTag(tx, { ...input, manifestId, tag });
    const target = `${repository.fullName}@${digest}`;
    const entry = { caller, registryId: repository.registryId, target, after: { mediaType: manifest.mediaType, tags } };
    await recordAudit(tx, { ...entry, action: caller ? 'manifest.push' : 'manifest.mirror' });
    await enqueueIndexing(tx, repository.id);
    await input.promise?.(tx);
  }, TRANSACTION);
}

async function markPushed(tx: DbOrTx, repository: FoundRepository): Promise<void> {
  const data = { version: { increment: 1 }, lastPushedAt: new Date() };
  // Of its registry still: one that was deleted meanwhile is nobody's.
  const where = { id: repository.id, registryId: repository.registryId };
  await tx.repository.update({ where, data, select: { id: true } }).catch((cause: unknown) => {
    if (errorCode(cause) !== 'P2025') throw cause;
    throw new AppError('repository_not_found', `${repository.fullName} was deleted meanwhile.`, { cause });
  });
}

/** Bytes of the blobs a manifest names, as they are stored: sizes in a manifest are claims. Locks their links. */
async function sumLinkedBlobs(
  tx: DbOrTx,
  { repository: { id: repositoryId }, manifest, mayLackLayers }: RecordManifestInput,
): Promise<bigint> {
  const named = listBlobs(manifest);
  const digests = [...new Set(named.map(({ descriptor }) => descriptor.digest))];
  const linked = await tx.$queryRaw<{ digest: string; size_bytes: bigint }[]>`
    SELECT l.digest, b.size_bytes FROM repository_blobs l JOIN blobs b ON b.id = l.blob_id
     WHERE l.repository_id = ${repositoryId} AND l.digest = ANY (${digests}) AND b.damage IS NULL FOR SHARE OF l`;
  const known = new Set(linked.map((row) => row.digest));
  const isNeeded = ({ kind, descriptor }: NamedBlob) =>
    kind === 'config' || (kind === 'layer' && !mayLackLayers && !isForeignLayer(descriptor.mediaType));
  const missing = named.filter((blob) => isNeeded(blob) && !known.has(blob.descriptor.digest));
  if (missing.length > 0) {
    throw new AppError('manifest_blob_unknown', 'The manifest names blobs that the repository does not have.', {
      detail: [...new Set(missing.map(({ descriptor }) => descriptor.digest))].map((digest) => ({ digest })),
    });
  }
  return linked.reduce((sum, row) => sum + row.size_bytes, 0n);
}

/** What the upstream's manifest says they have: each blob is held to it when it comes. */
function sumDescribedBlobs(manifest: Manifest): bigint {
  const sizes = new Map(listBlobs(manifest).map(({ descriptor }) => [descriptor.digest, descriptor.size]));
  const bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  return BigInt(Math.min(bytes, Number.MAX_SAFE_INTEGER));
}

type NamedBlob = { kind: 'config' | 'layer' | 'child'; position: number; descriptor: Descriptor };

/** An index, too, may list blobs: BuildKit's caches are made so. */
function listBlobs({ config, layers, children }: Manifest): NamedBlob[] {
  const listed = (kind: 'config' | 'layer' | 'child', descriptors: Descriptor[]) =>
    descriptors.map((descriptor, position) => ({ kind, position, descriptor }));
  return [
    ...listed('config', config ? [config] : []),
    ...listed('layer', layers),
    ...listed('child', children).filter(({ descriptor }) => manifestKind(descriptor.mediaType) === null),
  ];
}

async function upsertManifest(tx: DbOrTx, input: RecordManifestInput, blobBytes: bigint): Promise<bigint> {
  const { caller, repository, digest, manifest, payload, facts } = input;
  const key = { repositoryId: repository.id, digest };
  const existing = await tx.manifest.findUnique({ where: { repositoryId_digest: key }, select: { id: true } });
  if (existing) {
    // The same bytes: only the Content-Type they were pushed with can be new.
    await tx.manifest.update({ where: { id: existing.id }, data: { mediaType: manifest.mediaType } });
    return existing.id;
  }
  const { id } = await tx.manifest.create({
    data: {
      ...key,
      ...facts,
      mediaType: manifest.mediaType,
      artifactType: manifest.artifactType,
      configMediaType: manifest.config?.mediaType ?? null,
      subjectDigest: manifest.subject?.digest ?? null,
      annotations: storableAnnotations(manifest.annotations),
      payload: new Uint8Array(payload),
      sizeBytes: payload.length,
      contentBytes: blobBytes + (await sumChildren(tx, repository.id, manifest)),
      pushedById: caller?.actor.userId ?? null,
    },
    select: { id: true },
  });
  await insertEdges(tx, { manifestId: id, repositoryId: repository.id, manifest });
  await recountIndexes(tx, { repositoryId: repository.id, digest });
  return id;
}

type Edges = { manifestId: bigint; repositoryId: bigint; manifest: Manifest };

async function insertEdges(tx: DbOrTx, { manifestId, repositoryId, manifest }: Edges): Promise<void> {
  const blobs = listBlobs(manifest).map(({ kind, position, descriptor: { digest, mediaType, size } }) => {
    return { manifestId, repositoryId, kind, position, digest, mediaType, sizeBytes: BigInt(size) };
  });
  const children = manifest.children.map(({ digest, mediaType, size, platform }, position) => ({
    ...{ parentId: manifestId, position, digest, mediaType, sizeBytes: BigInt(size) },
    os: platformLabelSchema.parse(platform?.os),
    architecture: platformLabelSchema.parse(platform?.architecture),
    variant: platformLabelSchema.parse(platform?.variant),
  }));
  for (const data of batches(blobs)) await tx.manifestBlob.createMany({ data });
  for (const data of batches(children)) await tx.manifestChild.createMany({ data });
}

/** An index may name manifests that are not here (a sparse index); only those that are count. */
async function sumChildren(tx: DbOrTx, repositoryId: bigint, manifest: Manifest): Promise<bigint> {
  if (manifest.children.length === 0) return 0n;
  const digests = [...new Set(manifest.children.map((child) => child.digest))];
  // Indexes of indexes can be made to add up to anything.
  const [row] = await tx.$queryRaw<{ bytes: bigint }[]>`
    SELECT least(coalesce(sum(content_bytes), 0), ${Number.MAX_SAFE_INTEGER})::bigint AS bytes
      FROM manifests WHERE repository_id = ${repositoryId} AND digest = ANY (${digests})`;
  return row?.bytes ?? 0n;
}

type SetTagInput = RecordManifestInput & { manifestId: bigint; tag: string };

/** Every move leaves an event; naming the same manifest again is none. */
async function setTag(tx: DbOrTx, { caller, repository, digest, manifestId, tag }: SetTagInput): Promise<void> {
  const pushedAt = new Date();
  // One statement: whoever else pushes to the repository waits for this transaction.
  const [row] = await tx.$queryRaw<{ from_digest: string | null }[]>`
    WITH before AS (
      SELECT m.digest FROM tags t JOIN manifests m ON m.id = t.manifest_id
       WHERE t.repository_id = ${repository.id} AND t.name = ${tag}
    ), saved AS (
      INSERT INTO tags (repository_id, name, manifest_id, pushed_at, checked_at)
      VALUES (${repository.id}, ${tag}, ${manifestId}, ${pushedAt}, ${caller ? null : pushedAt})
      ON CONFLICT (repository_id, name) DO UPDATE
        SET manifest_id = excluded.manifest_id, pushed_at = excluded.pushed_at, checked_at = excluded.checked_at, gone_since = NULL
    ), event AS (
      INSERT INTO tag_events (repository_id, tag, from_digest, to_digest, user_id)
      SELECT ${repository.id}, ${tag}, (SELECT digest FROM before), ${digest}, ${caller?.actor.userId ?? null}::uuid
       WHERE NOT EXISTS (SELECT FROM before WHERE digest = ${digest})
    )
    SELECT (SELECT digest FROM before) AS from_digest`;
  const fromDigest = row?.from_digest ?? null;
  if (fromDigest === digest) return;
  await recordAudit(tx, {
    ...{ caller, registryId: repository.registryId, target: `${repository.fullName}:${tag}` },
    action: fromDigest ? 'tag.move' : 'tag.create',
    ...(fromDigest && { before: { digest: fromDigest } }),
    after: { digest },
  });
}

function storableAnnotations(annotations: Record<string, string>): Record<string, string> {
  const entries = Object.entries(annotations);
  return Object.fromEntries(entries.map(([key, value]) => [toStorableText(key), toStorableText(value)]));
}
