import { readBlob } from '#lib/blobs/read-blob.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import type { Descriptor } from '#lib/oci/descriptor.ts';
import { isAppError } from '#lib/platform/errors.ts';
import { openReadableBlob } from './open-readable-blob.ts';
import type { MirroredBlobApp } from './mirrored/pull-mirrored-blob.ts';

/** Real configs have a few kilobytes. Larger ones aren't read for a page. */
const MAX_CONFIG_BYTES = 1024 * 1024;

/** `problem` is a sentence for the page. */
export type ConfigBlob = { bytes: Buffer; problem?: never } | { bytes?: never; problem: string };

/** Reads the config of a manifest, whatever its media type. */
export async function readConfigBlob(
  app: MirroredBlobApp,
  { repository, config }: { repository: FoundRepository; config: Descriptor },
): Promise<ConfigBlob> {
  if (config.size > MAX_CONFIG_BYTES) return { problem: 'The config is too large to show.' };
  try {
    const { blob } = await openReadableBlob(app, { repository, digest: config.digest });
    const bytes = await readBlob(blob, MAX_CONFIG_BYTES);
    return bytes ? { bytes } : { problem: 'The config is too large to show.' };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { problem: 'The config can’t be read right now.' };
  }
}
