// Docker's schema 2 and OCI describe the same images. Only media types in the manifest differ: configs and layers stay.
import type { Descriptor } from '#lib/oci/descriptor.ts';
import type { Manifest } from '#lib/oci/manifest.ts';
import {
  DOCKER_IMAGE_CONFIG,
  DOCKER_MANIFEST,
  DOCKER_MANIFEST_LIST,
  OCI_IMAGE_CONFIG,
  OCI_IMAGE_INDEX,
  OCI_IMAGE_MANIFEST,
} from '#lib/oci/media-types.ts';

const DOCKER_LAYER = 'application/vnd.docker.image.rootfs';
const OCI_LAYER = 'application/vnd.oci.image.layer';

/** Docker's types and those of OCI that mean the same. Layers compressed by zstd have no type of Docker's. */
const PAIRS: readonly (readonly [docker: string, oci: string])[] = [
  [DOCKER_MANIFEST, OCI_IMAGE_MANIFEST],
  [DOCKER_MANIFEST_LIST, OCI_IMAGE_INDEX],
  [DOCKER_IMAGE_CONFIG, OCI_IMAGE_CONFIG],
  [`${DOCKER_LAYER}.diff.tar.gzip`, `${OCI_LAYER}.v1.tar+gzip`],
  [`${DOCKER_LAYER}.diff.tar`, `${OCI_LAYER}.v1.tar`],
  [`${DOCKER_LAYER}.foreign.diff.tar.gzip`, `${OCI_LAYER}.nondistributable.v1.tar+gzip`],
  [`${DOCKER_LAYER}.foreign.diff.tar`, `${OCI_LAYER}.nondistributable.v1.tar`],
];

const TO_OCI = new Map(PAIRS);
const TO_DOCKER = new Map(PAIRS.map(([docker, oci]) => [oci, docker]));

/** BuildKit lists attestations beside the platforms, which Docker's lists don't know. */
const ATTESTATION = 'vnd.docker.reference.type';

export type Converted = { digest: string; size: number };

/**
 * Converts the manifest of an image to the other format. The result depends on nothing else, so that its digest stays.
 * Null: not an image, or a part has no counterpart, such as an encrypted layer.
 */
export function convertImage({ mediaType, artifactType, subject, config, layers }: Manifest): Buffer | null {
  if (artifactType !== null || subject || !config) return null;
  const types = typesFrom(mediaType);
  const converted = types?.get(mediaType);
  const parts = [config, ...layers].map((part) => convertDescriptor(part, types));
  const [convertedConfig, ...convertedLayers] = parts;
  if (converted === undefined || parts.includes(null)) return null;
  return write({ schemaVersion: 2, mediaType: converted, config: convertedConfig, layers: convertedLayers });
}

/**
 * Converts a list, whose images are converted already.
 * @param children by their digests in `list`. Images that are missing there are left out, as attestations are.
 * Null: nothing is left, or the list isn't one of images.
 */
export function convertList(
  { mediaType, artifactType, subject, children }: Manifest,
  converted: ReadonlyMap<string, Converted>,
): Buffer | null {
  if (artifactType !== null || subject) return null;
  const types = typesFrom(mediaType);
  const listType = types?.get(mediaType);
  const manifests = children.flatMap((child) => {
    const childType = types?.get(child.mediaType);
    const now = converted.get(child.digest);
    if (childType === undefined || !now) return [];
    return [{ mediaType: childType, size: now.size, digest: now.digest, platform: child.platform }];
  });
  if (listType === undefined || manifests.length === 0) return null;
  return write({ schemaVersion: 2, mediaType: listType, manifests });
}

/** Whether an entry of an index stands for an image, rather than for an attestation of one. */
export function isImageEntry({ annotations, platform, mediaType }: Descriptor): boolean {
  const isAttestation = annotations?.[ATTESTATION] !== undefined || platform?.os === 'unknown';
  return !isAttestation && (mediaType === DOCKER_MANIFEST || mediaType === OCI_IMAGE_MANIFEST);
}

/** The type of the other format that means the same. Null: it has none. */
export function counterpart(mediaType: string): string | null {
  return typesFrom(mediaType)?.get(mediaType) ?? null;
}

function typesFrom(mediaType: string): ReadonlyMap<string, string> | null {
  return [TO_OCI, TO_DOCKER].find((types) => types.has(mediaType)) ?? null;
}

function convertDescriptor(descriptor: Descriptor, types: ReadonlyMap<string, string> | null) {
  const mediaType = types?.get(descriptor.mediaType);
  if (mediaType === undefined) return null;
  const { size, digest } = descriptor;
  const urls = descriptor['urls'];
  return { mediaType, size, digest, ...(Array.isArray(urls) && { urls: urls as unknown[] }) };
}

/** As Docker writes it. */
function write(manifest: object): Buffer {
  return Buffer.from(JSON.stringify(manifest, null, 3));
}
