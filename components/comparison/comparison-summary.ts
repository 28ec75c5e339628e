import type { ImageDifferences } from '#lib/distribution/comparison/compare-images.ts';
import { countOf, formatBytes } from '../ui/format-number.ts';

/** Summarizes a comparison in a line. */
export function summarize({ from, to, layers, settings, environment, labels }: ImageDifferences): string {
  const shared = layers.filter(({ side }) => side === 'both').length;
  const delta = to.sizeBytes - from.sizeBytes;
  const settingCount = settings.length + environment.length + labels.length;
  return [
    delta === 0 ? 'Same size' : `${formatBytes(Math.abs(delta))} ${delta > 0 ? 'larger' : 'smaller'}`,
    `${countOf(shared, 'shared layer')}`,
    `${countOf(layers.length - shared, 'other layer')}`,
    settingCount === 0 ? 'same config' : countOf(settingCount, 'difference in the config', 'differences in the config'),
  ].join(' · ');
}
