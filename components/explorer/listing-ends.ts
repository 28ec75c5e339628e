import type { TarEnd } from '#lib/distribution/layers/read-tar-entries.ts';

/** Why a listing is incomplete. */
export const LISTING_ENDS: Record<Exclude<TarEnd, 'complete'>, string> = {
  'too many': 'The layer has too many entries to list them all.',
  'too large': 'The unpacked layer is too large to list it all.',
  'too slow': 'Reading the layer took too long.',
  damaged: 'The layer is damaged, or isn’t a tar archive.',
  unsupported: 'The layer is compressed in a way that can’t be read here.',
};
