import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import type { LayerView } from '#lib/gallery/manifest-queries.ts';
import { isDigest } from '#lib/oci/digest.ts';
import { mayBeArchive } from './may-be-archive.ts';
import { isForeignLayer } from '#lib/oci/media-types.ts';
import { isAppError } from '#lib/platform/errors.ts';
import type { LayerReader } from './layer-reader.ts';
import { openReadableBlob } from '#lib/distribution/pull/open-readable-blob.ts';
import type { MirroredBlobApp } from '#lib/distribution/pull/mirrored/pull-mirrored-blob.ts';
import { readTarEntries, type TarListing } from './read-tar-entries.ts';

export const LAYER_LIMITS = { maxEntries: 10_000, maxUnpackedBytes: 512 * 1024 * 1024, maxMs: 15_000 };
/** Larger layers aren't fetched from an upstream just to be listed. */
const MAX_FETCHED_BYTES = 256 * 1024 * 1024;
/** A timed-out pass may succeed later, and a layer from an upstream is verified by then. */
const BRIEF_TTL_MS = 60_000;

type App = MirroredBlobApp & { layers: LayerReader };

/** `problem` is a sentence for the page. */
export type LayerFiles = { listing: TarListing; problem?: never } | { listing?: never; problem: string };

/**
 * Lists the files of a layer for a caller that may pull it. Concurrent requests share one pass, and later ones use the
 * cache. A pass always stops at its limits, even if no request waits for it.
 * @param options.viewer a user, or a client's network
 */
export async function listLayerFiles(
  app: App,
  options: { repository: FoundRepository; layer: LayerView; isHere: boolean; viewer: string },
): Promise<LayerFiles> {
  const { repository, layer, isHere, viewer } = options;
  const { digest, mediaType } = layer;
  if (isForeignLayer(mediaType))
    return { problem: 'This layer must not be redistributed. Its manifest says where to get it.' };
  if (!mayBeArchive(mediaType)) return { problem: "This isn't a tar archive, or its compression isn't supported." };
  if (!isHere && layer.sizeBytes > MAX_FETCHED_BYTES) {
    return { problem: "This layer isn't stored here and is too large to fetch for a listing." };
  }
  if (!isDigest(digest)) return { problem: "This layer's digest algorithm isn't supported." };
  try {
    // Open the blob before the cache lookup, because opening it checks access.
    const { blob, isStored } = await openReadableBlob(app, { repository, digest });
    const own = `${repository.registryKey} ${repository.name} ${digest}`;
    try {
      const listing =
        app.layers.listings.get(digest) ??
        app.layers.listings.get(own) ??
        (await app.layers.flights.run(own, () =>
          app.layers.viewers.run(viewer, () =>
            app.layers.passes.run(String(repository.registryKey), async () => {
              const read = await readTarEntries(blob, LAYER_LIMITS);
              const isLasting = isStored && read.end !== 'too slow';
              if (isLasting) app.layers.listings.set(digest, read);
              else app.layers.listings.set(own, read, { ttl: BRIEF_TTL_MS });
              return read;
            }),
          ),
        ));
      return { listing };
    } finally {
      await blob.close();
    }
  } catch (error) {
    if (!isAppError(error)) throw error;
    if (error.code === 'rate_limited') {
      return { problem: 'Many layers are being read right now. Try again in a minute.' };
    }
    app.log.warn({ err: error, digest }, 'reading a layer for its page failed');
    return { problem: 'The layer can’t be read right now.' };
  }
}
