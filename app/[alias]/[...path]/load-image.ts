import type { LayerRow } from '#components/explorer/build-history.tsx';
import { repositoryLink } from '#components/links.ts';
import { findPresentBlobs, findPresentManifests, type ManifestView } from '#lib/gallery/manifest-queries.ts';
import { isSmall, readDocument } from '#lib/images/read-document.ts';
import { matchHistory, type BuildHistory } from '#lib/oci/build-history.ts';
import type { Descriptor } from '#lib/oci/descriptor.ts';
import { isAttestationManifest } from '#lib/oci/evidence-kind.ts';
import type { ImageConfig } from '#lib/oci/image-config.ts';
import { isImageConfig, manifestKind, OCI_EMPTY } from '#lib/oci/media-types.ts';
import { isAppError } from '#lib/platform/errors.ts';
import { readConfigBlob } from '#lib/distribution/pull/read-config-blob.ts';
import { getApp } from '#lib/app.ts';
import type { PlatformRow } from '#components/explorer/platform-table.tsx';
import type { LoadedRepository } from '../../_lib/repository/load-repository.ts';

const MAX_PLATFORMS = 200;
/** For documents too large to show. */
const MAX_TEXT_BYTES = 20_000;

export type LoadedConfig = {
  /** Null if it isn't an image config or can't be read. */
  image: ImageConfig | null;
  /** The raw document of any other kind of config. */
  text: string | null;
  problem: string | null;
};

/** Returns null for indexes and for artifacts without a config. */
export async function loadConfig(
  { found }: LoadedRepository,
  { manifest, embeddedConfig }: ManifestView,
): Promise<LoadedConfig | null> {
  if (embeddedConfig) return { image: embeddedConfig, text: null, problem: null };
  const config = manifest?.config;
  if (!config || config.mediaType === OCI_EMPTY) return null;
  const { bytes, problem } = await readConfigBlob(getApp(), { repository: found, config });
  if (!bytes) return { image: null, text: null, problem };
  if (!isImageConfig(config.mediaType)) {
    const end = isSmall(bytes) ? bytes.length : MAX_TEXT_BYTES;
    return { image: null, text: bytes.toString('utf8', 0, end), problem: null };
  }
  const reading = readDocument(getApp(), 'config', { bytes, key: `repository ${found.id}` });
  const image = await reading.catch((error: unknown) => {
    if (isAppError(error)) return 'busy' as const;
    throw error;
  });
  if (image === 'busy') return { image: null, text: null, problem: 'The config can’t be read right now.' };
  return { image, text: null, problem: image ? null : 'The config isn’t valid JSON.' };
}

export async function loadHistory(
  { repository }: LoadedRepository,
  { manifest }: ManifestView,
  config: LoadedConfig | null,
): Promise<BuildHistory<LayerRow>> {
  const layers = manifest?.layers ?? [];
  const digests = layers.map(({ digest }) => digest);
  const here = await findPresentBlobs(getApp(), { repositoryId: repository.id, digests });
  const at = { alias: repository.primaryAlias, name: repository.name };
  const rows = layers.map(({ digest, mediaType, size, annotations }) => ({
    digest,
    mediaType,
    // Schema 1 doesn't tell sizes.
    sizeBytes: size || (here.get(digest) ?? 0),
    isHere: here.has(digest),
    title: annotations?.['org.opencontainers.image.title'] ?? null,
    href: repositoryLink({ ...at, item: { layer: digest } }),
  }));
  return matchHistory(config?.image?.history ?? [], rows);
}

/** The entries of an index, in order. */
export async function loadPlatforms(
  { repository }: LoadedRepository,
  { manifest }: Pick<ManifestView, 'manifest'>,
): Promise<PlatformRow[]> {
  const children = (manifest?.children ?? []).slice(0, MAX_PLATFORMS);
  const input = { repositoryId: repository.id, digests: children.map(({ digest }) => digest) };
  const [manifests, blobs] = await Promise.all([
    findPresentManifests(getApp(), input),
    children.some(isBlob) ? findPresentBlobs(getApp(), input) : new Map<string, number>(),
  ]);
  const at = { alias: repository.primaryAlias, name: repository.name };
  return children.map((child) => {
    const { digest, mediaType, artifactType } = child;
    const { os, architecture, variant } = child.platform ?? {};
    const platform = [os, architecture, variant].filter(Boolean).join('/');
    if (isBlob(child)) {
      const isHere = blobs.has(digest);
      const href = isHere ? repositoryLink({ ...at, item: { layer: digest } }) : null;
      return { digest, name: platform || mediaType, kind: 'blob', contentBytes: isHere ? child.size : null, href };
    }
    const kind = isAttestationManifest(child) ? 'attestation' : 'manifest';
    return {
      digest,
      name: kind === 'attestation' || platform === '' ? (artifactType ?? mediaType) : platform,
      kind,
      contentBytes: manifests.get(digest) ?? null,
      href: manifests.has(digest) ? repositoryLink({ ...at, item: { digest } }) : null,
    };
  });
}

function isBlob({ mediaType }: Descriptor): boolean {
  return manifestKind(mediaType) === null;
}
