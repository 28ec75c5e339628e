import type { TarEnd } from '#lib/registry/read-tar-entries.ts';

/** Why not all of a layer is shown. */
export const LISTING_ENDS: Record<Exclude<TarEnd, 'complete'>, string> = {
  'too many': 'The layer has more entries than are read here.',
  'too large': 'The layer is larger, once unpacked, than what is read here.',
  'too slow': 'Reading the layer took too long.',
  damaged: 'The layer is damaged, or no tar archive after all.',
  'several frames': 'The layer is packed in several parts, of which only the first is read here.',
};
