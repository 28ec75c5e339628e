import { describe, expect, test } from 'vitest';
import { attachedAs, attachedByTag } from './attached-as.ts';
import { OCI_IMAGE_INDEX, OCI_IMAGE_MANIFEST } from './media-types.ts';
import { readManifest } from './read-manifest.ts';

const descriptor = (mediaType: string) => ({ mediaType, digest: `sha256:${'a'.repeat(64)}`, size: 2 });
const IMAGE = descriptor('application/vnd.oci.image.config.v1+json');
const EMPTY = descriptor('application/vnd.oci.empty.v1+json');
const LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip';

function read(document: object, type = OCI_IMAGE_MANIFEST) {
  const manifest = readManifest(new TextEncoder().encode(JSON.stringify({ schemaVersion: 2, ...document })), type);
  return manifest && attachedAs(manifest);
}
const image = (config: object, ...layers: string[]) => ({ config, layers: layers.map(descriptor) });

describe('attachedAs', () => {
  test.each([
    ['an image', image(IMAGE, LAYER), null],
    ['an image without layers', image(IMAGE), null],
    ['a chart', image(descriptor('application/vnd.cncf.helm.config.v1+json'), 'application/vnd.cncf.helm.chart'), null],
    [
      'an SBOM published on its own',
      { ...image(EMPTY, 'text/spdx+json'), artifactType: 'application/spdx+json' },
      null,
    ],
    ['a manifest with a subject', { ...image(EMPTY), artifactType: 'a/b', subject: IMAGE }, 'referrer'],
    ['cosign’s signature', image(IMAGE, 'application/vnd.dev.cosign.simplesigning.v1+json'), 'evidence'],
    ['cosign’s attestation', image(IMAGE, 'application/vnd.dsse.envelope.v1+json'), 'evidence'],
    ['cosign’s SBOM', image(IMAGE, 'text/spdx+json'), 'evidence'],
    ['BuildKit’s attestation', image(IMAGE, 'application/vnd.in-toto+json'), 'evidence'],
    [
      'a signature without a subject',
      { ...image(EMPTY), artifactType: 'application/vnd.cncf.notary.signature' },
      'evidence',
    ],
    ['an image with an SBOM in a layer', image(IMAGE, LAYER, 'text/spdx+json'), null],
    ['BuildKit’s cache', image(descriptor('application/vnd.buildkit.cacheconfig.v0'), LAYER), 'cache'],
  ])('classifies %s: %#', (_what, document, as) => {
    expect(read(document)).toBe(as);
  });

  test('classifies an index as a cache when it lists a cache config', () => {
    const manifests = [descriptor(LAYER), descriptor('application/vnd.buildkit.cacheconfig.v0')];
    expect(read({ manifests }, OCI_IMAGE_INDEX)).toBe('cache');
    expect(read({ manifests: [descriptor(OCI_IMAGE_MANIFEST)] }, OCI_IMAGE_INDEX)).toBeNull();
  });

  test('classifies by tag', () => {
    const hex = 'a'.repeat(64);
    for (const suffix of ['sig', 'att', 'sbom'])
      expect(attachedByTag(`sha256-${hex}.${suffix}`, 'image')).toBe('evidence');
    expect(attachedByTag(`sha256-${hex}`, 'index')).toBe('referrer');
    for (const tag of [`sha256-${hex}`, `sha256-${hex}.zip`, 'sha256-1.sig', 'latest'])
      expect(attachedByTag(tag, 'image')).toBeNull();
  });
});
