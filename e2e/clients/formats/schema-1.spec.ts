import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildSchema1 } from '#lib/distribution/translate/schema-1/build-schema-1.ts';
import { openSignedManifest } from '#lib/images/schema-1/open-signed-manifest.ts';
import { toDigest } from '#lib/oci/digest.ts';
import { SCHEMA_1_SIGNED } from '#lib/oci/media-types.ts';
import { basic, createRawClient, sha256 } from '#lib/testing/servers/raw-http.ts';
import { BASE_URL, createPublisher } from '../../fixtures.ts';
import { askReference, SCHEMA_1_REFERENCE } from './schema-1-reference.ts';

const { absent } = SCHEMA_1_REFERENCE;
const title = (text: string) => (absent ? `${text} (skipped: ${absent})` : text);
const OLD_DOCKER = { 'user-agent': 'docker/1.9.1 go/go1.4.2 kernel/4.4.0 os/linux arch/amd64' };
const LAYERS = ['layer one', 'layer two'].map((text) => Buffer.from(text));

const step = fc.record(
  {
    created: fc
      .date({ min: new Date('2000-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString()),
    created_by: fc.string({ unit: 'grapheme' }),
    comment: fc.string(),
    author: fc.string({ unit: fc.constantFrom('a', '<', '&', '\u2028', '"', '\\', '\n', '\u0007', 'é', '😀') }),
    empty_layer: fc.boolean(),
  },
  { requiredKeys: ['created'] },
);
const layerDigest = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => toDigest('sha256', Buffer.from(bytes).toString('hex')));
const image = fc
  .record({
    steps: fc.array(step, { minLength: 1, maxLength: 12 }),
    indent: fc.constantFrom(0, 1, 3),
    extra: fc.jsonValue(),
    digests: fc.array(layerDigest, { minLength: 12, maxLength: 12 }),
  })
  .filter(({ steps }) => steps.some(({ empty_layer: isEmpty }) => isEmpty !== true))
  .map(({ steps, indent, extra, digests }) => {
    const layers = digests.slice(0, steps.filter(({ empty_layer: isEmpty }) => isEmpty !== true).length);
    const rootfs = { type: 'layers', diff_ids: layers };
    const config = { architecture: 'amd64', os: 'linux', config: { Env: [extra] }, extra, history: steps, rootfs };
    return { config: Buffer.from(JSON.stringify(config, null, indent)), layers };
  });

test.skipIf(absent)(title('what is built from an image is what distribution 2.8 builds, byte for byte'), async () => {
  const images = fc.sample(image, 200);
  const named = { name: 'acme/tool', tag: 'v1' };
  const answers = await askReference(images.map((built) => ({ operation: 'build', ...named, ...built })));
  for (const [at, { digest, signed, problem }] of answers.entries()) {
    const text = buildSchema1({ ...named, config: Buffer.from(''), layers: [], ...images[at] });
    expect(problem).toBeUndefined();
    expect(text).toBe(openSignedManifest(signed ?? Buffer.from('')).payload?.toString());
    expect(sha256(text ?? '')).toBe(digest);
  }
});

test.skipIf(absent)(title('an image of today is pulled as schema 1 that distribution 2.8 verifies'), async () => {
  const { alias, secret } = await createPublisher();
  const client = createRawClient(BASE_URL, basic(secret));
  const name = `${alias}/old-clients`;
  const history = [
    { created: '2024-01-02T03:04:05Z' },
    { created: '2024-01-02T03:04:06.120Z', created_by: 'COPY a && b' },
  ];
  const config = Buffer.from(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      history,
      rootfs: { type: 'layers', diff_ids: LAYERS.map((layer) => sha256(layer)) },
    }),
  );
  for (const bytes of [config, ...LAYERS]) await client.pushBlob(name, bytes);
  const describe = (mediaType: string, bytes: Buffer) => ({ mediaType, size: bytes.length, digest: sha256(bytes) });
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const body = JSON.stringify({
    schemaVersion: 2,
    mediaType,
    config: describe('application/vnd.oci.image.config.v1+json', config),
    layers: LAYERS.map((layer) => describe('application/vnd.oci.image.layer.v1.tar+gzip', layer)),
  });
  const path = `/v2/${name}/manifests/v1`;
  expect((await client.send('PUT', path, { headers: { 'content-type': mediaType }, body })).status).toBe(201);
  const pulled = await createRawClient(BASE_URL).send('GET', path, { headers: OLD_DOCKER });
  expect(pulled.headers['content-type']).toBe(SCHEMA_1_SIGNED);
  const digests = LAYERS.map((layer) => sha256(layer));
  const [verified, built] = await askReference([
    { operation: 'verify', signed: pulled.body },
    { operation: 'build', name, tag: 'v1', config, layers: digests },
  ]);
  expect(verified).toMatchObject({ digest: pulled.headers['docker-content-digest'] });
  expect(built?.digest).toBe(verified?.digest);
});

test.skipIf(absent)(
  title('what distribution 2.8 signs is taken, kept byte for byte and given to everybody'),
  async () => {
    const { alias, secret } = await createPublisher();
    const client = createRawClient(BASE_URL, basic(secret));
    const name = `${alias}/signed-long-ago`;
    for (const bytes of LAYERS) await client.pushBlob(name, bytes);
    const ids = ['a', 'b'].map((letter) => letter.repeat(64));
    const history = [
      {
        id: ids[1],
        parent: ids[0],
        created: '2015-01-02T03:04:05Z',
        os: 'linux',
        architecture: 'amd64',
        container_config: { Cmd: ['CMD /hello'] },
      },
      { id: ids[0], created: '2015-01-02T03:04:05Z', container_config: { Cmd: ['ADD rootfs'] } },
    ];
    const manifest = {
      name,
      tag: 'v1',
      architecture: 'amd64',
      fsLayers: [...LAYERS].reverse().map((layer) => ({ blobSum: sha256(layer) })),
      history: history.map((entry) => ({ v1Compatibility: JSON.stringify(entry) })),
    };
    const [made] = await askReference([{ operation: 'sign', manifest }]);
    const signed = made?.signed ?? Buffer.from('');
    // Docker 1.6 to 1.9 name no type.
    const path = `/v2/${name}/manifests/v1`;
    const pushed = await client.send('PUT', path, { body: signed });
    expect(pushed).toMatchObject({ status: 201, headers: { 'docker-content-digest': made?.digest } });
    for (const reference of ['v1', made?.digest ?? '']) {
      for (const headers of [OLD_DOCKER, { accept: 'application/vnd.oci.image.index.v1+json' }]) {
        const pulled = await createRawClient(BASE_URL).send('GET', `/v2/${name}/manifests/${reference}`, { headers });
        expect(pulled.headers).toMatchObject({
          'content-type': SCHEMA_1_SIGNED,
          'docker-content-digest': made?.digest,
        });
        expect(pulled.body.equals(signed)).toBe(true);
      }
    }
    const changed = Buffer.from(signed.toString().replace('"tag": "v1"', '"tag": "v2"'));
    const [refused] = await askReference([{ operation: 'verify', signed: changed }]);
    expect(refused?.problem).toBeDefined();
    expect(await client.send('PUT', path, { body: changed })).toMatchObject({
      status: 400,
      codes: ['MANIFEST_UNVERIFIED'],
    });
  },
);
