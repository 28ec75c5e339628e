// Reads a mirrored image's config and annotations after its first pull: the platform, and for a page without text of
// its own a description and links.
import { z } from 'zod';
import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import type pg from 'pg';
import { announce, recordChange } from '#lib/events/record-change.ts';
import { parseAddress } from '#lib/blobs/blob-address.ts';
import { openBytes, type BlobStore } from '#lib/blobs/blob-store.ts';
import type { Intake } from '#lib/blobs/intake.ts';
import { readBlob } from '#lib/blobs/read-blob.ts';
import { describeFromAnnotations } from '#lib/images/describe-from-annotations.ts';
import { readImageConfig, readImageLabels } from '#lib/images/read-image-config.ts';
import { deleteUnusedLogo, storeLogo } from '#lib/publishers/logos/logo-store.ts';
import { lockRepository } from '#lib/repositories/lock-repository.ts';
import { isDigest, type Digest } from '#lib/oci/digest.ts';
import type { StoredSecrets } from '#lib/keys/stored-secrets.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import type { FairLimiter } from '#lib/platform/concurrency/fair-limiter.ts';
import type { Log } from '#lib/platform/log.ts';
import { fetchAnnotatedLogo } from '#lib/upstream/pull-through/fetch-annotated-logo.ts';
import { openMirroredBlob } from '#lib/upstream/pull-through/open-mirrored-blob.ts';
import type { UpstreamRuntime } from '#lib/upstream/pull-through/upstream-runtime.ts';

const MAX_CONFIG_BYTES = 4 * 1024 * 1024;
const payloadSchema = z.object({ repositoryId: z.string().regex(/^\d+$/), digest: z.string() });

type App = {
  db: Db;
  pool: pg.Pool;
  blobs: BlobStore;
  intake: Intake;
  log: Log;
  secrets: StoredSecrets;
  upstream: UpstreamRuntime;
  logoLimiter: FairLimiter;
};

/** Throws while the config is unavailable, so that the queue retries. Does nothing if the image is removed meanwhile. */
export async function describeImage(app: App, payload: unknown): Promise<void> {
  const { repositoryId, digest } = payloadSchema.parse(payload);
  const image = { repositoryId: BigInt(repositoryId), digest };
  const manifest = await findImage(app, image);
  if (!manifest) return;
  try {
    await describe(app, manifest);
  } catch (error) {
    if (await findImage(app, image)) throw error;
  }
}

type MirroredImage = NonNullable<Awaited<ReturnType<typeof findImage>>>;

async function findImage(app: App, image: { repositoryId: bigint; digest: string }) {
  return app.db.manifest.findUnique({
    where: { repositoryId_digest: image },
    include: { blobs: { where: { kind: 'config' } }, repository: true },
  });
}

async function describe(app: App, manifest: MirroredImage): Promise<void> {
  const { repositoryId, repository } = manifest;
  const configDigest = manifest.blobs[0]?.digest;
  const { upstreamId, upstreamName, registryKey, name } = repository;
  if (repository.quarantinedAt || !upstreamId || !upstreamName || !configDigest || !isDigest(configDigest)) return;
  const config = await readConfig(app, { id: repositoryId, upstreamId, upstreamName }, configDigest);
  if (!config) return;
  const annotations = { ...readImageLabels(config), ...z.record(z.string(), z.string()).parse(manifest.annotations) };
  const { description, aboutText, sourceUrl, logoId } = repository;
  const logo = logoId === null ? await fetchAnnotatedLogo(app, annotations) : null;
  await app.db.$transaction(async (tx) => {
    const newLogoId = logo && (await storeLogo(tx, logo));
    await lockRepository(tx, { id: repositoryId, registryKey, fullName: name });
    await tx.manifest.update({ where: { id: manifest.id }, data: readImageConfig(config) });
    // Never overwrite the publisher's own text.
    const described = describeFromAnnotations(annotations);
    const data = {
      ...(description === '' && { description: described.description }),
      ...(aboutText === '' && { aboutText: described.aboutText }),
      ...(sourceUrl === null && { sourceUrl: described.sourceUrl }),
      ...(newLogoId && { logoId: newLogoId }),
    };
    const where = { id: repositoryId, description, aboutText, sourceUrl, logoId };
    const { count } = await tx.repository.updateMany({ where, data });
    await deleteUnusedLogo(tx, count === 0 ? newLogoId : null);
    const subject = { registryKey, resource: { repositoryId, name } };
    const hasTexts = count > 0 && Object.values(data).some((value) => value !== '' && value !== null);
    // Search also shows the platform.
    if (!hasTexts) return announce(tx, { type: 'manifest.describe', ...subject });
    await recordChange(tx, { type: 'repository.describe-mirror', caller: SYSTEM_CALLER, ...subject, after: data });
  });
}

type Mirrored = { id: bigint; upstreamId: bigint; upstreamName: string };

async function readConfig(
  app: App,
  { id, upstreamId, upstreamName }: Mirrored,
  digest: Digest,
): Promise<Buffer | null> {
  const link = await app.db.repositoryBlob.findUnique({
    where: { repositoryId_digest: { repositoryId: id, digest } },
    select: { blob: { select: { sha256: true } } },
  });
  const key = link && parseAddress(link.blob.sha256);
  const local = key && (await openBytes(app.blobs, key));
  const repository = { id, upstream: { upstreamId, name: upstreamName } };
  return readBlob(local ?? (await openMirroredBlob(app, { repository, digest })), MAX_CONFIG_BYTES);
}
