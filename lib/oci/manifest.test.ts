import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { parseManifest } from './manifest.ts';
import { DOCKER_MANIFEST, OCI_IMAGE_CONFIG, OCI_IMAGE_INDEX, OCI_IMAGE_MANIFEST } from './media-types.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const config = { mediaType: OCI_IMAGE_CONFIG, digest: DIGEST, size: 2 };
const image = { schemaVersion: 2, mediaType: OCI_IMAGE_MANIFEST, config, layers: [] };
const index = { schemaVersion: 2, mediaType: OCI_IMAGE_INDEX, manifests: [] };

const encode = (document: unknown) => new TextEncoder().encode(JSON.stringify(document));

describe('parseManifest accepts', () => {
  test.each([
    ['an image without layers', image, OCI_IMAGE_MANIFEST],
    ["Go's empty list", { ...image, layers: null }, OCI_IMAGE_MANIFEST],
    ['a manifest without a mediaType field', { ...image, mediaType: undefined }, DOCKER_MANIFEST],
    ['an empty index', index, OCI_IMAGE_INDEX],
    ['unknown fields', { ...image, 'x-new': { deep: [1] } }, OCI_IMAGE_MANIFEST],
    ['data in a descriptor', { ...image, config: { ...config, data: 'e30=' } }, OCI_IMAGE_MANIFEST],
    ['a sha512 digest', { ...image, subject: { ...config, digest: `sha512:${'b'.repeat(128)}` } }, OCI_IMAGE_MANIFEST],
  ])('%s', (_what, document, type) => {
    expect(parseManifest(encode(document), type).problem).toBeUndefined();
  });

  it('and returns its descriptors and annotations', () => {
    const subject = { ...config, mediaType: OCI_IMAGE_MANIFEST };
    const { manifest } = parseManifest(
      encode({ ...image, layers: [config], subject, artifactType: 'a/b', annotations: { k: 'v' } }),
      OCI_IMAGE_MANIFEST,
    );
    expect(manifest).toMatchObject({
      kind: 'image',
      artifactType: 'a/b',
      annotations: { k: 'v' },
      subject,
      children: [],
    });
    expect(manifest?.layers).toHaveLength(1);
  });
});

describe('parseManifest rejects', () => {
  test.each([
    ['an image with a manifests list', { ...image, manifests: [] }, OCI_IMAGE_MANIFEST],
    ['an index with layers', { ...index, layers: [] }, OCI_IMAGE_INDEX],
    ['an index with a config', { ...index, config }, OCI_IMAGE_INDEX],
    ['field names that differ only in case', { ...image, Manifests: [] }, OCI_IMAGE_MANIFEST],
    ['a mediaType that differs from the Content-Type', image, DOCKER_MANIFEST],
    ['schema version 1', { schemaVersion: 1, fsLayers: [] }, 'application/vnd.docker.distribution.manifest.v1+json'],
    ['schema version 1 under an OCI media type', { ...image, schemaVersion: 1 }, OCI_IMAGE_MANIFEST],
    ['a media type that is not a manifest', image, 'application/json'],
    ['a media type named like an Object.prototype property', image, 'constructor'],
    [
      'a digest with an unsupported algorithm',
      { ...image, config: { ...config, digest: 'md5:0' } },
      OCI_IMAGE_MANIFEST,
    ],
    ['a negative size', { ...image, config: { ...config, size: -1 } }, OCI_IMAGE_MANIFEST],
    ['a size beyond the safe integers', { ...image, config: { ...config, size: 1e300 } }, OCI_IMAGE_MANIFEST],
    ['an image without a config', { ...image, config: undefined }, OCI_IMAGE_MANIFEST],
    ['annotations that are not strings', { ...image, annotations: { a: 1 } }, OCI_IMAGE_MANIFEST],
    ['an array', [image], OCI_IMAGE_MANIFEST],
    ['null', null, OCI_IMAGE_MANIFEST],
    ['too many values', { ...index, x: new Array(100_000).fill(0) }, OCI_IMAGE_INDEX],
  ])('%s', (_what, document, type) => {
    expect(parseManifest(encode(document), type).problem).toMatch(/\.$/);
  });

  test.each([
    ['bytes that are not UTF-8', Uint8Array.from([0x7b, 0xff, 0x7d])],
    ['a byte order mark', Uint8Array.from([0xef, 0xbb, 0xbf, 0x7b, 0x7d])],
    ['an empty body', new Uint8Array()],
    ['two million open brackets', new Uint8Array(2_000_000).fill(0x5b)],
    ['a million layers', encode({ ...image, layers: Array.from({ length: 1_000_000 }, () => ({})) })],
    [
      'thousands of fields',
      encode({ ...image, ...Object.fromEntries(Array.from({ length: 1_001 }, (_, i) => [i, 0])) }),
    ],
  ])('%s', (_what, bytes) => {
    expect(parseManifest(bytes, OCI_IMAGE_MANIFEST).problem).toBeTruthy();
  });

  it('without throwing on arbitrary bytes or documents', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void parseManifest(bytes, OCI_IMAGE_INDEX)));
    fc.assert(
      fc.property(fc.json(), fc.constantFrom('config', 'layers', 'annotations', 'subject'), (json, field) => {
        parseManifest(encode({ ...image, [field]: JSON.parse(json) as unknown }), OCI_IMAGE_MANIFEST);
      }),
    );
  });
});
