// Describes a repository by its image wherever the publisher has written nothing.
import { z } from 'zod';
import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { openBytes, siteBlob, type BlobStore } from '#lib/blobs/blob-store.ts';
import { readBlob } from '#lib/blobs/read-blob.ts';
import { isDigest } from '#lib/oci/digest.ts';
import { isImageConfig } from '#lib/oci/media-types.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { describeFromAnnotations, type Described } from '#lib/images/describe-from-annotations.ts';
import { readImageLabels } from '#lib/images/read-image-config.ts';
import { getFeaturedTag } from './tag-queries.ts';

const MAX_CONFIG_BYTES = 4 * 1024 * 1024;
const TITLE = 'org.opencontainers.image.title';
const annotationsSchema = z.record(z.string(), z.string()).catch({});

const TEXTS = { description: true, aboutText: true, sourceUrl: true, imageDescription: true, imageAboutText: true };

type App = { db: Db; blobs: BlobStore };

/** Updates a pushed repository from the image on its page. Mirrors are described when they are pulled. */
export async function describeRepository(app: App, repositoryId: bigint): Promise<void> {
  const repository = await app.db.repository.findUnique({
    where: { id: repositoryId },
    select: { ...TEXTS, upstreamId: true, registryKey: true, name: true },
  });
  if (!repository || repository.upstreamId !== null) return;
  const shown = await getFeaturedTag(app, { repositoryId });
  if (!shown) return;
  const { upstreamId: _upstreamId, registryKey, name, ...before } = repository;
  const { [TITLE]: title = '', ...annotations } = await readAnnotations(app, repositoryId, shown);
  // `helm push` and `oras push` put the chart's or file's name there.
  const isName = title === name.slice(name.lastIndexOf('/') + 1);
  const described = describeFromAnnotations({ ...annotations, ...(!isName && { [TITLE]: title }) });
  const data = changesOf(before, described);
  if (Object.keys(data).length === 0) return;
  await app.db.$transaction(async (tx) => {
    // The publisher's concurrent edits win.
    const { count } = await tx.repository.updateMany({
      where: { id: repositoryId, ...before },
      data: { ...data, version: { increment: 1 } },
    });
    if (count === 0) return;
    await recordChange(tx, {
      type: 'repository.describe-image',
      caller: SYSTEM_CALLER,
      registryKey,
      resource: { repositoryId, name },
      before: pick(before, data),
      after: data,
    });
  });
}

type Texts = Described & { imageDescription: string; imageAboutText: string };

/** Replaces texts that are empty or came from an earlier image. */
function changesOf(before: Texts, described: Described): Partial<Texts> {
  const isOwn = (text: string, ofImage: string) => text !== '' && text !== ofImage;
  const wanted: Texts = {
    imageDescription: described.description,
    imageAboutText: described.aboutText,
    sourceUrl: described.sourceUrl,
    description: isOwn(before.description, before.imageDescription) ? before.description : described.description,
    aboutText: isOwn(before.aboutText, before.imageAboutText) ? before.aboutText : described.aboutText,
  };
  return Object.fromEntries(Object.entries(wanted).filter(([key, value]) => before[key as keyof Texts] !== value));
}

function pick(before: Texts, data: Partial<Texts>): Partial<Texts> {
  return Object.fromEntries(Object.entries(before).filter(([key]) => key in data));
}

/** Merges annotations of an index, of its first image, and that image's labels. The outermost wins. */
async function readAnnotations(
  app: App,
  repositoryId: bigint,
  shown: { digest: string; isIndex: boolean; platforms: { digest: string }[] },
): Promise<Record<string, string>> {
  const digests = [...new Set([...(shown.isIndex ? [shown.platforms[0]?.digest ?? ''] : []), shown.digest])];
  const manifests = await app.db.manifest.findMany({
    where: { repositoryId, digest: { in: digests } },
    select: { digest: true, annotations: true, configMediaType: true, blobs: { where: { kind: 'config' } } },
  });
  const parts = await Promise.all(
    digests.map(async (digest) => {
      const manifest = manifests.find((candidate) => candidate.digest === digest);
      if (!manifest) return {};
      const hasLabels = manifest.configMediaType !== null && isImageConfig(manifest.configMediaType);
      const config = hasLabels ? await readConfig(app, repositoryId, manifest.blobs[0]?.digest ?? '') : null;
      return { ...(config && readImageLabels(config)), ...annotationsSchema.parse(manifest.annotations) };
    }),
  );
  return Object.assign({}, ...parts) as Record<string, string>;
}

async function readConfig(app: App, repositoryId: bigint, digest: string): Promise<Buffer | null> {
  const link = await app.db.repositoryBlob.findUnique({
    where: { repositoryId_digest: { repositoryId, digest } },
    select: { blob: { select: { sha256: true } } },
  });
  const sha256 = link?.blob.sha256;
  const blob = sha256 !== undefined && isDigest(sha256) ? await openBytes(app.blobs, siteBlob(sha256)) : null;
  return blob && readBlob(blob, MAX_CONFIG_BYTES);
}
