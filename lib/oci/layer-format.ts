/** How a layer's bytes are packed; null for what is no archive, or none that can be looked into. */
export type LayerFormat = 'tar' | 'tar+gzip' | 'tar+zstd';

const FORMATS: [suffix: string, format: LayerFormat][] = [
  ['tar', 'tar'],
  ['tar+gzip', 'tar+gzip'],
  // Docker's own types, before there was a specification.
  ['tar.gzip', 'tar+gzip'],
  ['tar+zstd', 'tar+zstd'],
  ['tar.zstd', 'tar+zstd'],
];

/** By the media type: `application/vnd.oci.image.layer.v1.tar+gzip`, Helm's charts and their like. */
export function layerFormat(mediaType: string): LayerFormat | null {
  const found = FORMATS.find(([suffix]) => mediaType.endsWith(`.${suffix}`) || mediaType.endsWith(`/${suffix}`));
  return found?.[1] ?? null;
}
