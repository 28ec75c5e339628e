/** What a layer's media type may end in. Whether it is packed as it says is another matter: its first bytes decide. */
const SUFFIXES = ['tar', 'tar+gzip', 'tar+zstd', 'tar.gzip', 'tar.zstd', 'tar+bzip2', 'tar.bzip2', 'tar+xz', 'tar.xz'];
/** Says nothing at all. */
const UNTYPED = 'application/octet-stream';

/** Whether a layer may be an archive, by its media type: `application/vnd.oci.image.layer.v1.tar+gzip`, Helm's charts and their like. */
export function mayBeArchive(mediaType: string): boolean {
  const isNamed = SUFFIXES.some((suffix) => mediaType.endsWith(`.${suffix}`) || mediaType.endsWith(`/${suffix}`));
  return isNamed || mediaType === UNTYPED;
}
