import type { BlobStore } from '#lib/blobs/blob-store.ts';
import { readDocument } from '#lib/images/read-document.ts';
import { isImageConfig } from '#lib/oci/media-types.ts';
import type { Offload } from '#lib/platform/concurrency/offload.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { readAnnotationRows, type AnnotationRow } from './image-annotations.sql.ts';
import { readStoredConfig } from './read-stored-config.ts';
import { STATED_KEYS } from './stated-facts.ts';

const MAX_VALUE_LENGTH = 4_096;

export type AnnotationsApp = { db: Db; blobs: BlobStore; offload: Offload };

export type AnnotatedImage = { digest: string; isIndex: boolean; platforms: { digest: string }[] };

export type ImageAnnotations = {
  values: Record<string, string>;
  /** Whether a manifest or config is missing here. A mirror may fetch it later. */
  isPartial: boolean;
};

/** Merges the described annotations of an index, of its first image, and that image's labels. The outermost wins. */
export async function readImageAnnotations(
  app: AnnotationsApp,
  { repositoryId, image }: { repositoryId: bigint; image: AnnotatedImage },
): Promise<ImageAnnotations> {
  const first = image.isIndex ? image.platforms[0]?.digest : undefined;
  const digests = [...new Set([...(first === undefined ? [] : [first]), image.digest])];
  const input = { repositoryId, digests, keys: STATED_KEYS, maxLength: MAX_VALUE_LENGTH };
  const rows = await readAnnotationRows(app.db, input);
  const parts = await Promise.all(
    digests.map(async (digest) => {
      const row = rows.find((candidate) => candidate.digest === digest);
      const labels = row ? await readLabels(app, repositoryId, row) : null;
      return { labels, annotations: row?.annotations ?? {} };
    }),
  );
  const merged = parts.flatMap(({ labels, annotations }) => [labels ?? {}, annotations]);
  return {
    values: Object.assign({}, ...merged) as Record<string, string>,
    isPartial: parts.some(({ labels }) => labels === null),
  };
}

/** Null when the config isn't stored here. */
async function readLabels(
  app: AnnotationsApp,
  repositoryId: bigint,
  { configMediaType, configDigest }: AnnotationRow,
): Promise<Record<string, string> | null> {
  if (configMediaType === null || configDigest === null || !isImageConfig(configMediaType)) return {};
  const bytes = await readStoredConfig(app, { repositoryId, digest: configDigest });
  return bytes && readDocument(app, 'labels', { bytes, key: `repository ${repositoryId}` });
}
