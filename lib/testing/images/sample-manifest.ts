// Minimal manifests for tests that push by hand. build-image.ts builds real images.
import { OCI_IMAGE_CONFIG, OCI_IMAGE_MANIFEST } from '#lib/oci/media-types.ts';
import { sha256, type SendOptions } from '#lib/testing/servers/raw-http.ts';

export const CONFIG = JSON.stringify({
  os: 'linux',
  architecture: 'arm64',
  variant: 'v8',
  created: '2024-05-01T10:00:00Z',
});
export const describeBlob = (mediaType: string, bytes: Buffer | string) => {
  return { mediaType, digest: sha256(bytes), size: Buffer.byteLength(bytes) };
};
export const imageOf = (config: string, layers: Buffer[] = [], more: Record<string, unknown> = {}) =>
  JSON.stringify({
    schemaVersion: 2,
    mediaType: OCI_IMAGE_MANIFEST,
    config: describeBlob(OCI_IMAGE_CONFIG, config),
    layers: layers.map((layer) => describeBlob('application/vnd.oci.image.layer.v1.tar', layer)),
    ...more,
  });
/** Options of a PUT of a document. */
export const typed = (type: string, body: Buffer | string): SendOptions => ({
  headers: { 'content-type': type },
  body,
});
