/** Media type suffixes of archives. They are only a hint: the layer's first bytes decide how to unpack it. */
const SUFFIXES = ['tar', 'tar+gzip', 'tar+zstd', 'tar.gzip', 'tar.zstd', 'tar+bzip2', 'tar.bzip2', 'tar+xz', 'tar.xz'];
const UNTYPED = 'application/octet-stream';

/** Whether a layer's media type suggests an archive, such as `application/vnd.oci.image.layer.v1.tar+gzip` or a Helm chart. */
export function mayBeArchive(mediaType: string): boolean {
  const isNamed = SUFFIXES.some((suffix) => mediaType.endsWith(`.${suffix}`) || mediaType.endsWith(`/${suffix}`));
  return isNamed || mediaType === UNTYPED;
}
