import type { TarEnd } from '#lib/distribution/layers/read-tar-entries.ts';

/** Why not all of a layer is shown. */
export const LISTING_ENDS: Record<Exclude<TarEnd, 'complete'>, string> = {
  'too many': 'The layer has more entries than are read here.',
  'too large': 'The layer is larger, once unpacked, than what is read here.',
  'too slow': 'Reading the layer took too long.',
  damaged: 'The layer is damaged, or isn’t a tar archive.',
  unsupported: 'The layer is compressed in a way that can’t be read here.',
};
