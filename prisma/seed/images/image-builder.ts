// Builds images from recipes. Layers are shared: an image built on another begins with the same blobs.
import {
  blobOf,
  buildIndex,
  buildManifest,
  descriptorOf,
  type BuiltManifest,
  type Platform,
} from '#lib/testing/images/build-image.ts';
import { packLayer, type PackedLayer } from './pack-layer.ts';
import { attestationsFor } from './attestations.ts';
import { PLATFORMS, type Architecture, type ImageRecipe, type LayerRecipe } from './image-recipe.ts';

const OCI_CONFIG = 'application/vnd.oci.image.config.v1+json';
const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';

export type ImageBuilder = { build: (recipe: ImageRecipe) => Promise<BuiltManifest> };

export function createImageBuilder(): ImageBuilder {
  const packed = new Map<string, Promise<PackedLayer>>();
  const layerOf = (recipe: LayerRecipe, architecture: Architecture): Promise<PackedLayer> => {
    const key = recipe.isPortable ? recipe.key : `${recipe.key} ${architecture}`;
    const known = packed.get(key) ?? packLayer(recipe.files(architecture), recipe.created);
    packed.set(key, known);
    return known;
  };

  const buildFor = async (recipe: ImageRecipe, architecture: Architecture): Promise<BuiltManifest> => {
    const { created, layers, labels } = recipe;
    const built = await Promise.all(layers.map((layer) => layerOf(layer, architecture)));
    const config = blobOf(
      OCI_CONFIG,
      JSON.stringify({
        ...PLATFORMS[architecture],
        created,
        config: { ...recipe.config, Labels: labels },
        rootfs: { type: 'layers', diff_ids: built.map(({ diffId }) => diffId) },
        history: toHistory(recipe),
      }),
    );
    return buildManifest({ config, layers: built.map(({ blob }) => blob), annotations: labels });
  };

  const build = async (recipe: ImageRecipe): Promise<BuiltManifest> => {
    const images = await Promise.all(
      recipe.architectures.map(async (architecture) => ({
        platform: PLATFORMS[architecture],
        image: await buildFor(recipe, architecture),
      })),
    );
    const [only] = images;
    if (recipe.hasAttestations) return withAttestations(recipe, images);
    return only && images.length === 1 ? only.image : buildIndex(images, recipe.labels);
  };
  return { build };
}

/** The config's instructions stand before the last layer, as in most Dockerfiles that copy a program at the end. */
function toHistory({ layers, settings, created }: ImageRecipe): Record<string, unknown>[] {
  const steps = layers.map((layer) => ({ created: layer.created, created_by: layer.step }));
  const empty = settings.map((setting) => ({ created, created_by: setting, empty_layer: true }));
  return [...steps.slice(0, -1), ...empty, ...steps.slice(-1)];
}

/** An index as BuildKit writes it: an attestation manifest for each image, on no platform. */
function withAttestations(recipe: ImageRecipe, images: { platform: Platform; image: BuiltManifest }[]): BuiltManifest {
  const attested = images.map(({ platform, image }) => ({
    platform,
    image,
    attestation: attestationsFor(recipe, image),
  }));
  const manifests = [
    ...attested.map(({ platform, image }) => descriptorOf(image, { platform })),
    ...attested.map(({ image, attestation }) =>
      descriptorOf(attestation, {
        annotations: {
          'vnd.docker.reference.digest': image.digest,
          'vnd.docker.reference.type': 'attestation-manifest',
        },
        platform: { os: 'unknown', architecture: 'unknown' },
      }),
    ),
  ];
  const document = { schemaVersion: 2, mediaType: OCI_INDEX, manifests, annotations: recipe.labels };
  const children = [...images.map(({ image }) => image), ...attested.map(({ attestation }) => attestation)];
  return { ...blobOf(OCI_INDEX, JSON.stringify(document)), blobs: [], children };
}
