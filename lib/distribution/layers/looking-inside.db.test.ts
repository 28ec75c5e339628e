// Reads for the tag, manifest and layer pages. They show only content of the repository, and attachments of every kind.
import { randomBytes, randomUUID } from 'node:crypto';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findRepository, type FoundRepository } from '#lib/repositories/find-repository.ts';
import { getLayer, getManifestPage, listTagEvents } from '#lib/gallery/manifest-queries.ts';
import { digestHex, isDigest, type Digest } from '#lib/oci/digest.ts';
import {
  blobOf,
  buildArtifact,
  buildImage,
  buildManifest,
  buildTar,
  descriptorOf,
  type BuiltManifest,
} from '#lib/testing/images/build-image.ts';
import { createMirrorSite, type MirrorSite } from '#lib/testing/servers/mirror-site.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { findEvidence } from '#lib/distribution/pull/find-evidence.ts';
import { listLayerFiles } from './list-layer-files.ts';

let site: MirrorSite;
beforeAll(async () => {
  site = await createMirrorSite();
});
afterAll(() => site.close());

const LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip';

function imageWith(text: string): Promise<BuiltManifest> {
  const layers = [[{ path: 'etc/motd', content: text }]];
  return buildImage({ platform: { os: 'linux', architecture: 'amd64' }, created: '2026-03-04T05:06:07Z', layers });
}

function digestOf({ digest }: { digest: string }): Digest {
  if (!isDigest(digest)) throw new Error('no digest');
  return digest;
}

const layerOf = (image: BuiltManifest) => digestOf(image.blobs.at(-1) ?? { digest: '' });

async function found(fullName: string): Promise<FoundRepository> {
  const repository = await findRepository(site.app, fullName);
  if (!repository) throw new Error('there is no such repository');
  return repository;
}

async function push(pushes: [BuiltManifest, string[]][]): Promise<FoundRepository> {
  const { alias, token } = await site.createUser();
  const client = createDistributionClient(site.url, token);
  for (const [manifest, tags] of pushes) await client.push(`${alias}/things`, manifest, tags);
  return found(`${alias}/things`);
}

async function listFiles(repository: FoundRepository, digest: Digest, isHere = true, viewer = 'a visitor') {
  const layer = await getLayer(site.app, { repositoryId: repository.id, digest });
  return layer && listLayerFiles(site.app, { repository, layer, isHere, viewer });
}

test('lists the files of a layer only for its own repository', async () => {
  const image = await imageWith('mine');
  const repository = await push([[image, ['1']]]);
  const other = await push([[await imageWith('theirs'), ['1']]]);
  const files = await listFiles(repository, layerOf(image));
  expect(files?.listing).toMatchObject({ end: 'complete', entries: [{ path: 'etc/motd', sizeBytes: 4 }] });
  expect(await listFiles(other, layerOf(image))).toBeNull();
  expect(await getManifestPage(site.app, { repositoryId: other.id, digest: image.digest })).toBeNull();
  const layer = await getLayer(site.app, { repositoryId: repository.id, digest: layerOf(image) });
  if (!layer) throw new Error('no layer');
  // The listing is cached, but access is checked on every read.
  expect(
    (await listLayerFiles(site.app, { repository: other, layer, isHere: true, viewer: '' })).listing,
  ).toBeUndefined();
});

test('concurrent requests share one pass, and later ones use the cache', async () => {
  const image = await imageWith('shared');
  const repository = await push([[image, ['1']]]);
  const all = await Promise.all(Array.from({ length: 12 }, () => listFiles(repository, layerOf(image))));
  expect(new Set(all.map((files) => files?.listing)).size).toBe(1);
  expect((await listFiles(repository, layerOf(image)))?.listing).toBe(all[0]?.listing);
});

test('explains why a layer can’t be listed', async () => {
  const artifact = buildArtifact({
    artifactType: 'application/x.rules',
    file: { name: 'rules', mediaType: 'application/json', content: '{}' },
  });
  const broken = buildManifest({
    config: blobOf('application/vnd.oci.image.config.v1+json', '{}'),
    layers: [blobOf(LAYER, 'no gzip'), blobOf('application/vnd.oci.image.layer.v1.tar+gzip+encrypted', 'secret')],
  });
  const repository = await push([
    [artifact, ['a']],
    [broken, ['b']],
  ]);
  expect((await listFiles(repository, layerOf(artifact)))?.problem).toContain("isn't a tar archive");
  expect((await listFiles(repository, digestOf(broken.blobs[1] ?? { digest: '' })))?.listing?.end).toBe('damaged');
  expect((await listFiles(repository, layerOf(broken)))?.problem).toContain("isn't a tar archive");
});

const TYPES = ['tar', 'tar+gzip', 'tar+zstd'].map((suffix) => `application/vnd.oci.image.layer.v1.${suffix}`);

test.each([
  ['nothing', (tar: Buffer) => tar],
  ['gzip', (tar: Buffer) => gzipSync(tar)],
  ['zstd', (tar: Buffer) => zstdCompressSync(tar)],
])('lists a layer compressed with %s, whatever its media type', async (_packing, compress) => {
  for (const mediaType of [...TYPES, 'application/vnd.docker.image.rootfs.diff.tar.gzip', 'application/octet-stream']) {
    const layer = blobOf(mediaType, compress(await buildTar([{ path: 'a', content: randomUUID() }])));
    const image = buildManifest({ config: blobOf('application/vnd.oci.image.config.v1+json', '{}'), layers: [layer] });
    const files = await listFiles(await push([[image, ['1']]]), layerOf(image));
    expect(files?.listing).toMatchObject({ end: 'complete', entries: [{ path: 'a', sizeBytes: 36 }] });
  }
});

test('media types and upstreams of one repository don’t affect the listings of another', async () => {
  const tar = await buildTar([{ path: 'mine', content: randomUUID() }]);
  const nameIt = (mediaType: string) =>
    buildManifest({
      config: blobOf('application/vnd.oci.image.config.v1+json', '{}'),
      layers: [blobOf(mediaType, gzipSync(tar))],
    });
  const [wrong, right] = [nameIt(TYPES[0] ?? ''), nameIt(TYPES[1] ?? '')];
  const theirs = await push([[wrong, ['1']]]);
  const mine = await push([[right, ['1']]]);
  await listFiles(theirs, layerOf(wrong));
  expect((await listFiles(mine, layerOf(right)))?.listing).toMatchObject({
    end: 'complete',
    entries: [{ path: 'mine' }],
  });

  // A wrong digest is detected only at the end of the blob, possibly after its listing is complete.
  const motd = { path: 'etc/motd', content: randomBytes(200_000).toString('hex') };
  const layer = blobOf(TYPES[1] ?? '', gzipSync(await buildTar([motd])));
  const popular = buildManifest({
    config: blobOf('application/vnd.oci.image.config.v1+json', '{}'),
    layers: [layer],
  });
  site.upstream.content.add('lying', popular, 'latest');
  await site.anybody.send('GET', `/v2/${await site.mirror('lying')}/manifests/latest`);
  const lie = gzipSync(await buildTar([{ path: 'lie', content: '' }]));
  const { length } = layer.bytes;
  site.upstream.misbehave({ body: Buffer.concat([lie, randomBytes(length - lie.length)]) }, { when: /blobs/ });
  const lied = await listFiles(await found(`${site.owner.alias}/lying`), layerOf(popular), false);
  expect(lied?.listing?.entries).toMatchObject([{ path: 'lie' }]);
  site.upstream.behave();
  const honest = await push([[popular, ['1']]]);
  expect((await listFiles(honest, layerOf(popular)))?.listing?.entries).toMatchObject([{ path: 'etc/motd' }]);
});

test('fetches a mirrored layer from its upstream, unless the mirror is in quarantine', async () => {
  const [image, closed] = [await imageWith('far away'), await imageWith('closed')];
  for (const [name, built] of Object.entries({ looked: image, closed })) {
    site.upstream.content.add(name, built, 'latest');
    await site.anybody.send('GET', `/v2/${await site.mirror(name)}/manifests/latest`);
  }
  const repository = await found(`${site.owner.alias}/looked`);
  expect((await listFiles(repository, layerOf(image), false))?.listing?.entries).toMatchObject([{ path: 'etc/motd' }]);
  const quarantined = { ...(await found(`${site.owner.alias}/closed`)), quarantineReason: 'looked into' };
  expect((await listFiles(quarantined, layerOf(closed), false))?.problem).toContain('can’t be read');
});

test('endless layers of one publisher don’t block those of others', async () => {
  const bombed = await push([[await imageWith('bomb'), ['1']]]);
  const { promise, resolve } = Promise.withResolvers<void>();
  const bombs = Array.from({ length: 10 }, () =>
    site.app.layers.passes.run(String(bombed.registryKey), () => promise).catch(() => 'refused'),
  );
  const image = await imageWith('of somebody else');
  const files = await listFiles(await push([[image, ['1']]]), layerOf(image));
  expect(files?.listing).toMatchObject({ end: 'complete' });
  resolve();
  expect((await Promise.all(bombs)).filter((outcome) => outcome === 'refused')).toHaveLength(3);
});

test('a viewer of many endless layers doesn’t block other viewers', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const bombs = Array.from({ length: 10 }, (_, i) =>
    site.app.layers.viewers.run('attacker', () => site.app.layers.passes.run(`bombed ${i}`, () => promise)),
  );
  const outcomes = Promise.allSettled(bombs);
  const image = await imageWith('looked into by somebody else');
  const repository = await push([[image, ['1']]]);
  expect((await listFiles(repository, layerOf(image), true, 'attacker'))?.problem).toContain(
    'Many layers are being read',
  );
  expect((await listFiles(repository, layerOf(image)))?.listing).toMatchObject({ end: 'complete' });
  resolve();
  expect((await outcomes).filter(({ status }) => status === 'rejected')).toHaveLength(3);
});

test('lists the history of a tag without naming users', async () => {
  const [first, second] = [await imageWith('1'), await imageWith('2')];
  const repository = await push([
    [first, ['latest']],
    [second, ['latest', 'stable']],
  ]);
  const history = { repositoryId: repository.id, tag: 'latest', offset: 0, limit: 10 };
  const { events, total } = await listTagEvents(site.app, history);
  expect(total).toBe(2);
  expect(events.map(({ at: _, ...event }) => event)).toEqual([
    { fromDigest: first.digest, toDigest: second.digest, isHere: true, isFromHere: true },
    { fromDigest: null, toDigest: first.digest, isHere: true, isFromHere: false },
  ]);
  const view = await getManifestPage(site.app, { repositoryId: repository.id, digest: second.digest });
  expect(view).toMatchObject({ tags: ['stable', 'latest'], tagCount: 2, parents: [], text: second.bytes.toString() });
});

test('finds attachments by subject, by tag and in the index', async () => {
  const image = await imageWith('attested');
  const attestation = buildManifest({
    config: blobOf('application/vnd.oci.image.config.v1+json', '{}'),
    layers: [],
  });
  const predicates = ['https://spdx.dev/Document', 'https://slsa.dev/provenance/v1'];
  const statements = predicates.map((predicate) => blobOf('application/vnd.in-toto+json', predicate));
  const layers = statements.map((statement, i) =>
    descriptorOf(statement, { annotations: { 'in-toto.io/predicate-type': predicates[i] } }),
  );
  const attested = { ...(JSON.parse(attestation.bytes.toString()) as object), layers };
  const listed: BuiltManifest = {
    ...blobOf(attestation.mediaType, JSON.stringify(attested)),
    blobs: [...attestation.blobs, ...statements],
    children: [],
  };
  const about = { 'vnd.docker.reference.type': 'attestation-manifest', 'vnd.docker.reference.digest': image.digest };
  const manifests = [
    descriptorOf(image, { platform: { os: 'linux', architecture: 'amd64' } }),
    descriptorOf(listed, { platform: { os: 'unknown', architecture: 'unknown' }, annotations: about }),
  ];
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  const index: BuiltManifest = {
    ...blobOf(mediaType, JSON.stringify({ schemaVersion: 2, mediaType, manifests })),
    blobs: [],
    children: [image, listed],
  };
  const signature = buildArtifact({
    artifactType: 'application/vnd.cncf.notary.signature',
    file: { name: 's', mediaType: 'application/jose+json', content: 's' },
    subject: index,
  });
  const report = buildArtifact({
    artifactType: 'application/x.report',
    file: { name: 'r', mediaType: 'text/plain', content: 'r' },
    subject: image,
  });
  const cosign = await imageWith('a signature');
  const repository = await push([
    [index, ['1']],
    [signature, []],
    [report, []],
    [cosign, [`sha256-${digestHex(digestOf(image))}.sig`]],
  ]);
  const digest = digestOf(index);
  const view = await getManifestPage(site.app, { repositoryId: repository.id, digest });
  const evidence = await findEvidence(site.app, {
    repositoryId: repository.id,
    digest,
    manifest: view?.manifest ?? null,
  });
  const told = evidence.map(({ kind, foundBy, subject }) => [kind, foundBy, subject]);
  expect(told).toHaveLength(5);
  expect(told).toEqual(
    expect.arrayContaining([
      ['signature', 'referrer', index.digest],
      ['other', 'referrer', image.digest],
      ['signature', 'tag', image.digest],
      ['sbom', 'index', image.digest],
      ['provenance', 'index', image.digest],
    ]),
  );
});
