import type { ImageView, PlatformView } from '#lib/gallery/tag-queries.ts';
import { formatBytes } from '../ui/format-number.ts';

/** `linux/arm64/v8` */
export function platformText({ os, architecture, variant }: PlatformView): string {
  return [os, architecture, variant].filter(Boolean).join('/');
}

/** Formats the download size: of one image, or the range over an index's platforms. */
export function downloadSizeText({ isIndex, platforms, sizeBytes }: ImageView): string {
  const sizes = platforms.flatMap((platform) => platform.sizeBytes ?? []);
  if (!isIndex || sizes.length === 0) return formatBytes(sizeBytes);
  const [low, high] = [formatBytes(Math.min(...sizes)), formatBytes(Math.max(...sizes))];
  return low === high ? low : `${low} – ${high}`;
}
