import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Digest } from '#lib/oci/digest.ts';
import { parseManifest, type Manifest } from '#lib/oci/manifest.ts';
import { DOCKER_MANIFEST, DOCKER_MANIFEST_LIST, OCI_IMAGE_INDEX, OCI_IMAGE_MANIFEST } from '#lib/oci/media-types.ts';
import { convertImage, convertList } from './convert-manifest.ts';

const OTHER: Record<string, string> = {
  [OCI_IMAGE_MANIFEST]: DOCKER_MANIFEST,
  [DOCKER_MANIFEST]: OCI_IMAGE_MANIFEST,
  [OCI_IMAGE_INDEX]: DOCKER_MANIFEST_LIST,
  [DOCKER_MANIFEST_LIST]: OCI_IMAGE_INDEX,
};

const digest = fc
  .string({ minLength: 64, maxLength: 64, unit: fc.constantFrom(...'0123456789abcdef') })
  .map((hex) => `sha256:${hex}` as Digest);
const layer = fc.record({
  mediaType: fc.constantFrom(
    'application/vnd.oci.image.layer.v1.tar',
    'application/vnd.oci.image.layer.v1.tar+gzip',
    'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip',
  ),
  size: fc.nat(),
  digest,
  urls: fc.option(fc.array(fc.webUrl(), { minLength: 1, maxLength: 2 }), { nil: undefined }),
  annotations: fc.option(fc.dictionary(fc.string(), fc.string()), { nil: undefined }),
});
const image = fc.record({
  schemaVersion: fc.constant(2),
  mediaType: fc.constant(OCI_IMAGE_MANIFEST),
  config: fc.record({
    mediaType: fc.constant('application/vnd.oci.image.config.v1+json'),
    size: fc.nat(),
    digest,
  }),
  layers: fc.array(layer, { maxLength: 5 }),
  annotations: fc.option(fc.dictionary(fc.string(), fc.string()), { nil: undefined }),
});

function parse(document: unknown, mediaType: string): Manifest {
  const bytes = Buffer.isBuffer(document) ? document : Buffer.from(JSON.stringify(document));
  const { manifest, problem } = parseManifest(bytes, mediaType);
  if (!manifest) throw new Error(problem);
  return manifest;
}

function convert(manifest: Manifest): Manifest {
  const bytes = convertImage(manifest);
  if (!bytes) throw new Error('not converted');
  return parse(bytes, OTHER[manifest.mediaType] ?? '');
}

const facts = ({ config, layers }: Manifest) => ({
  config: config && [config.digest, config.size],
  layers: layers.map(({ digest: of, size, ...rest }) => [of, size, rest['urls'] ?? null]),
});

test('an image has the same config and layers in both formats, and converting it back gives the same again', () => {
  fc.assert(
    fc.property(image, (document) => {
      const oci = parse(document, OCI_IMAGE_MANIFEST);
      const docker = convert(oci);
      expect(facts(docker)).toEqual(facts(oci));
      const again = convert(docker);
      expect(facts(again)).toEqual(facts(oci));
      expect(again.layers.map(({ mediaType }) => mediaType)).toEqual(oci.layers.map(({ mediaType }) => mediaType));
      expect(convertImage(again)).toEqual(convertImage(oci));
    }),
    { numRuns: 200 },
  );
});

const CONFIG = { mediaType: 'application/vnd.oci.image.config.v1+json', size: 2, digest: `sha256:${'0'.repeat(64)}` };
const LAYER = { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', size: 3, digest: `sha256:${'1'.repeat(64)}` };
const IMAGE = { schemaVersion: 2, mediaType: OCI_IMAGE_MANIFEST, config: CONFIG, layers: [LAYER] };

test.each([
  ['compressed by zstd', { layers: [{ ...LAYER, mediaType: 'application/vnd.oci.image.layer.v1.tar+zstd' }] }],
  ['encrypted', { layers: [{ ...LAYER, mediaType: `${LAYER.mediaType}+encrypted` }] }],
  ['a chart', { config: { ...CONFIG, mediaType: 'application/vnd.cncf.helm.config.v1+json' } }],
  ['an artifact', { artifactType: 'application/spdx+json' }],
  ['attached to another', { subject: LAYER }],
])('what is %s stays as it is', (_name, change) => {
  expect(convertImage(parse({ ...IMAGE, ...change }, OCI_IMAGE_MANIFEST))).toBeNull();
});

test('a list keeps its platforms, and leaves attestations out', () => {
  const entry = (n: string, more: object) => ({
    mediaType: OCI_IMAGE_MANIFEST,
    size: 5,
    digest: `sha256:${n.repeat(64)}`,
    ...more,
  });
  const platform = { os: 'windows', architecture: 'amd64', 'os.version': '10.0.17763.1' };
  const index = parse(
    {
      schemaVersion: 2,
      manifests: [
        entry('a', { platform }),
        entry('b', { annotations: { 'vnd.docker.reference.type': 'attestation-manifest' } }),
      ],
    },
    OCI_IMAGE_INDEX,
  );
  const bytes = convertList(index, new Map([[entry('a', {}).digest, { digest: `sha256:${'c'.repeat(64)}`, size: 9 }]]));
  expect(JSON.parse(bytes?.toString() ?? '')).toEqual({
    schemaVersion: 2,
    mediaType: DOCKER_MANIFEST_LIST,
    manifests: [{ mediaType: DOCKER_MANIFEST, size: 9, digest: `sha256:${'c'.repeat(64)}`, platform }],
  });
  expect(convertList(index, new Map())).toBeNull();
});
