import type { Writable } from 'node:stream';
import type { OpenBlob } from '#lib/blobs/blob-store.ts';
import type { Digest } from '#lib/oci/digest.ts';
import { EMPTY_LAYER_DIGEST } from '#lib/oci/media-types.ts';
import { isAppError } from '#lib/platform/errors.ts';

const EMPTY_LAYER = Buffer.from('H4sIAAAJbogA/2IYBaNgFIxYAAgAAP//Lq+17wAEAAA=', 'base64');

/**
 * Answers with the empty layer, which manifests that were translated to schema 1 list, if `read` finds no such blob.
 * Every repository has it, so it takes no room and can't be deleted.
 */
export async function orEmptyLayer<Found>(
  digest: Digest,
  read: () => Promise<Found>,
  emptyLayer: (blob: OpenBlob) => Found,
): Promise<Found> {
  try {
    return await read();
  } catch (error) {
    if (digest !== EMPTY_LAYER_DIGEST || !isAppError(error) || error.code !== 'blob_not_found') throw error;
    return emptyLayer(openEmptyLayer());
  }
}

function openEmptyLayer(): OpenBlob {
  return {
    sizeBytes: EMPTY_LAYER.length,
    copyTo: (destination: Writable, range) => {
      const { start, end } = range ?? { start: 0, end: EMPTY_LAYER.length - 1 };
      return new Promise((resolve, reject) => {
        destination.write(EMPTY_LAYER.subarray(start, end + 1), (error) => (error ? reject(error) : resolve()));
      });
    },
    close: () => Promise.resolve(),
  };
}
