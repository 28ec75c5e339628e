// Images by the SDK: what is listed, pulled, retagged and deleted, and what each refusal is called.
import {
  BatchDeleteImageCommand,
  BatchGetImageCommand,
  DescribeImagesCommand,
  ListImageReferrersCommand,
  ListImagesCommand,
  paginateDescribeImages,
  paginateListImages,
  PutImageCommand,
  type ImageIdentifier,
} from '@aws-sdk/client-ecr';
import * as ecrPublic from '@aws-sdk/client-ecr-public';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { createAwsClients, createTestKey, type AwsClients } from '#lib/testing/aws/create-aws-clients.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createDistributionClient, type DistributionClient } from '#lib/testing/distribution-client.ts';
import { addManyTags } from '#lib/testing/images/add-many-tags.ts';
import {
  buildArtifact,
  buildImage,
  buildIndex,
  type Blob,
  type BuiltManifest,
  type Platform,
} from '#lib/testing/images/build-image.ts';

const AMD: Platform = { os: 'linux', architecture: 'amd64' };
const ARM: Platform = { os: 'linux', architecture: 'arm64' };
const ABSENT = `sha256:${'a'.repeat(64)}`;

let vitrine: TestApp;
let user: TestUser;
let aws: AwsClients;
let registryId: string;
let client: DistributionClient;
let names = 0;

beforeAll(async () => {
  vitrine = await createTestApp();
  user = await vitrine.createUser();
  const key = await createTestKey(vitrine, user);
  registryId = key.registryId;
  aws = createAwsClients(vitrine.url, key);
  client = createDistributionClient(vitrine.url, user.token);
});
afterAll(() => vitrine.close());

async function createEmpty(visibility: 'private' | 'public' = 'private'): Promise<string> {
  names += 1;
  const name = `images/app-${names}`;
  await createRepository(vitrine.app, { caller: user.caller, alias: user.alias, name, visibility });
  return name;
}

const build = (platform: Platform, text: string): Promise<BuiltManifest> =>
  buildImage({ platform, layers: [[{ path: 'app', content: text }]], created: '2026-01-01T00:00:00Z' });
const push = (name: string, image: BuiltManifest, tags: string[]) => client.push(`${user.alias}/${name}`, image, tags);
const sizeOf = ({ blobs }: BuiltManifest) => blobs.reduce((sum, { bytes }) => sum + bytes.length, 0);
const textOf = ({ bytes }: Blob) => bytes.toString('utf8');
const describeAll = (repositoryName: string, imageIds?: ImageIdentifier[]) =>
  aws.ecr.send(new DescribeImagesCommand({ repositoryName, imageIds }));
const remove = (repositoryName: string, ...imageIds: ImageIdentifier[]) =>
  aws.ecr.send(new BatchDeleteImageCommand({ repositoryName, imageIds }));
const tagsOf = async (name: string) => {
  const { imageIds = [] } = await aws.ecr.send(new ListImagesCommand({ repositoryName: name }));
  return imageIds.map(({ imageTag }) => imageTag ?? null).sort();
};

describe('DescribeImages', () => {
  test('describes an index by its largest image, and what was pulled', async () => {
    const name = await createEmpty();
    const small = await build(AMD, 'small');
    const large = await build(ARM, 'large '.repeat(50).split('').reverse().join('x'));
    const index = buildIndex([
      { platform: AMD, image: small },
      { platform: ARM, image: large },
    ]);
    await push(name, index, ['v1', 'latest']);
    const { imageDetails } = await describeAll(name, [{ imageTag: 'v1' }, { imageDigest: small.digest }]);
    expect(imageDetails).toEqual([
      {
        registryId,
        repositoryName: name,
        imageDigest: index.digest,
        imageTags: ['latest', 'v1'],
        imageSizeInBytes: sizeOf(large),
        imagePushedAt: expect.any(Date) as Date,
        imageManifestMediaType: index.mediaType,
        imageStatus: 'ACTIVE',
      },
      {
        registryId,
        repositoryName: name,
        imageDigest: small.digest,
        imageSizeInBytes: sizeOf(small),
        imagePushedAt: expect.any(Date) as Date,
        imageManifestMediaType: small.mediaType,
        artifactMediaType: 'application/vnd.oci.image.config.v1+json',
        imageStatus: 'ACTIVE',
      },
    ]);
    await aws.ecr.send(new BatchGetImageCommand({ repositoryName: name, imageIds: [{ imageTag: 'v1' }] }));
    await vitrine.app.pullCounter.flush();
    const { imageDetails: [pulled] = [] } = await describeAll(name, [{ imageTag: 'v1' }]);
    expect(pulled?.lastRecordedPullTime).toBeInstanceOf(Date);
  });

  test('names the image that is missing', async () => {
    const name = await createEmpty();
    await expect(describeAll(name, [{ imageTag: 'v9' }])).rejects.toMatchObject({
      name: 'ImageNotFoundException',
      message: `The image with imageId {imageDigest:null, imageTag:'v9'} does not exist within the repository with name '${name}' in the registry with id '${registryId}'`,
    });
    await expect(describeAll(name, [{}])).rejects.toMatchObject({ name: 'InvalidParameterException' });
    const paged = new DescribeImagesCommand({ repositoryName: name, imageIds: [{ imageTag: 'v' }], maxResults: 5 });
    await expect(aws.ecr.send(paged)).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(describeAll('images/none')).rejects.toMatchObject({ name: 'RepositoryNotFoundException' });
  });

  test('filters by tag status, and binds page tokens to the question', async () => {
    const name = await createEmpty();
    const images = await Promise.all(['a', 'b', 'c', 'd'].map((text) => build(AMD, text)));
    for (const [i, image] of images.entries()) await push(name, image, i % 2 === 0 ? [`t${i}`] : []);
    const list = async (tagStatus: 'TAGGED' | 'UNTAGGED' | 'ANY') => {
      const found: (string | undefined)[] = [];
      let nextToken: string | undefined;
      do {
        const asked = { repositoryName: name, filter: { tagStatus }, maxResults: 1, nextToken };
        const page = await aws.ecr.send(new DescribeImagesCommand(asked));
        found.push(...(page.imageDetails ?? []).map(({ imageDigest }) => imageDigest));
        nextToken = page.nextToken;
      } while (nextToken);
      return found.sort();
    };
    const digests = (kept: (i: number) => boolean) =>
      images
        .filter((_image, i) => kept(i))
        .map(({ digest }) => digest)
        .sort();
    expect(await list('ANY')).toEqual(digests(() => true));
    expect(await list('TAGGED')).toEqual(digests((i) => i % 2 === 0));
    expect(await list('UNTAGGED')).toEqual(digests((i) => i % 2 === 1));

    const first = await aws.ecr.send(new DescribeImagesCommand({ repositoryName: name, maxResults: 1 }));
    const elsewhere = { repositoryName: name, filter: { tagStatus: 'TAGGED' as const }, nextToken: first.nextToken };
    await expect(aws.ecr.send(new DescribeImagesCommand(elsewhere))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    const archived = { repositoryName: name, filter: { imageStatus: 'ARCHIVED' as const } };
    expect((await aws.ecr.send(new DescribeImagesCommand(archived))).imageDetails).toEqual([]);
  });
});

test('SDK paginators read every image of a large repository once', async () => {
  const name = await createEmpty();
  const { id: repositoryId } = await vitrine.app.db.repository.findFirstOrThrow({ where: { name } });
  await addManyTags(vitrine.app.pool, { repositoryId, versions: 1_100 });
  const paging = { client: aws.ecr, pageSize: 250 };
  const digests: (string | undefined)[] = [];
  for await (const { imageDetails = [] } of paginateDescribeImages(paging, { repositoryName: name }))
    digests.push(...imageDetails.map(({ imageDigest }) => imageDigest));
  expect([digests.length, new Set(digests).size]).toEqual([1_100, 1_100]);
  const rows: ImageIdentifier[] = [];
  for await (const { imageIds = [] } of paginateListImages({ ...paging, pageSize: 1000 }, { repositoryName: name }))
    rows.push(...imageIds);
  expect([rows.length, new Set(rows.map(({ imageTag }) => imageTag)).size]).toEqual([4_400, 4_400]);
});

describe('ListImages', () => {
  test('has a row for each tag and each untagged image, over pages', async () => {
    const name = await createEmpty();
    const tagged = await build(AMD, 'tagged');
    const untagged = await build(AMD, 'untagged');
    await push(name, tagged, ['a', 'b', 'c']);
    await push(name, untagged, []);
    const rows: ImageIdentifier[] = [];
    let nextToken: string | undefined;
    do {
      const page = await aws.ecr.send(new ListImagesCommand({ repositoryName: name, maxResults: 1, nextToken }));
      rows.push(...(page.imageIds ?? []));
      nextToken = page.nextToken;
    } while (nextToken);
    expect(rows).toHaveLength(4);
    expect(new Set(rows.map((row) => `${row.imageDigest} ${row.imageTag ?? ''}`))).toEqual(
      new Set([...['a', 'b', 'c'].map((tag) => `${tagged.digest} ${tag}`), `${untagged.digest} `]),
    );
    const only = { repositoryName: name, filter: { tagStatus: 'UNTAGGED' as const } };
    expect((await aws.ecr.send(new ListImagesCommand(only))).imageIds).toEqual([{ imageDigest: untagged.digest }]);
    expect((await aws.ecr.send(new ListImagesCommand({ repositoryName: await createEmpty() }))).imageIds).toEqual([]);
  });
});

describe('BatchGetImage', () => {
  test('answers manifests as they were pushed, and a failure for each other id', async () => {
    const name = await createEmpty();
    const image = await build(AMD, 'got');
    await push(name, image, ['v1']);
    const imageIds = [
      { imageTag: 'v1' },
      { imageTag: 'v2' },
      { imageDigest: ABSENT, imageTag: 'v1' },
      { imageDigest: 'sha256:short' },
      { imageTag: '-bad' },
      {},
    ];
    const { images, failures } = await aws.ecr.send(new BatchGetImageCommand({ repositoryName: name, imageIds }));
    expect(images).toEqual([
      {
        registryId,
        repositoryName: name,
        imageId: { imageDigest: image.digest, imageTag: 'v1' },
        imageManifest: textOf(image),
        imageManifestMediaType: image.mediaType,
      },
    ]);
    expect(failures?.map(({ failureCode }) => failureCode)).toEqual([
      ...['ImageNotFound', 'ImageTagDoesNotMatchDigest', 'InvalidImageDigest', 'InvalidImageTag'],
      'MissingDigestAndTag',
    ]);
    const docker = { repositoryName: name, imageIds: [{ imageTag: 'v1' }] };
    const acceptedMediaTypes = ['application/vnd.docker.distribution.manifest.v2+json'];
    const other = await aws.ecr.send(new BatchGetImageCommand({ ...docker, acceptedMediaTypes }));
    expect(other).toMatchObject({ images: [], failures: [{ failureCode: 'ImageNotFound' }] });
  });

  test('counts as a pull by the key', async () => {
    const name = await createEmpty();
    await push(name, await build(AMD, 'counted'), ['v1']);
    const get = new BatchGetImageCommand({ repositoryName: name, imageIds: [{ imageTag: 'v1' }] });
    await aws.ecr.send(get);
    await Promise.all([vitrine.app.pullCounter.flush(), vitrine.app.pullLog.flush()]);
    const repository = await vitrine.app.db.repository.findFirstOrThrow({ where: { name } });
    expect(repository.pullCount).toBe(1n);
    const pulls = await vitrine.app.db.auditPull.findMany({ where: { repositoryName: name } });
    expect(pulls).toMatchObject([{ tag: 'v1', credential: 'access_key', actorId: user.caller.principal.userId }]);
    expect(pulls[0]?.accessKeyId).toMatch(/^AKIA/);
  });
});

describe('PutImage', () => {
  test('retags an image, and refuses the same tag twice', async () => {
    const name = await createEmpty();
    const image = await build(AMD, 'retagged');
    await push(name, image, ['v1']);
    const put = new PutImageCommand({ repositoryName: name, imageManifest: textOf(image), imageTag: 'prod' });
    expect((await aws.ecr.send(put)).image).toEqual({
      registryId,
      repositoryName: name,
      imageId: { imageDigest: image.digest, imageTag: 'prod' },
      imageManifest: textOf(image),
      imageManifestMediaType: image.mediaType,
    });
    expect(await tagsOf(name)).toEqual(['prod', 'v1']);
    await expect(aws.ecr.send(put)).rejects.toMatchObject({
      name: 'ImageAlreadyExistsException',
      message: `Image with digest '${image.digest}' and tag 'prod' already exists in the repository with name '${name}' in registry with id '${registryId}'`,
    });
  });

  test('names what is wrong, and stores nothing', async () => {
    const name = await createEmpty();
    const image = await build(AMD, 'unstored');
    const index = buildIndex([{ platform: AMD, image }]);
    const put = (input: Partial<PutImageCommand['input']>) =>
      aws.ecr.send(new PutImageCommand({ repositoryName: name, imageManifest: textOf(image), ...input }));
    await expect(put({ imageTag: 'v1' })).rejects.toMatchObject({
      name: 'LayersNotFoundException',
      message: expect.stringContaining(image.blobs[0]?.digest ?? 'none') as string,
    });
    await expect(put({ imageManifest: textOf(index) })).rejects.toMatchObject({
      name: 'ReferencedImagesNotFoundException',
      message: expect.stringContaining(image.digest) as string,
    });
    await expect(put({ imageDigest: ABSENT })).rejects.toMatchObject({ name: 'ImageDigestDoesNotMatchException' });
    const wrong = { name: 'InvalidParameterException' };
    await expect(put({ imageDigest: 'sha256:1' })).rejects.toMatchObject(wrong);
    await expect(put({ imageTag: 'a b' })).rejects.toMatchObject(wrong);
    await expect(put({ imageManifest: 'none' })).rejects.toMatchObject(wrong);
    await expect(put({ imageManifest: '{"schemaVersion":2}' })).rejects.toMatchObject(wrong);
    await expect(put({ imageManifest: '{}', imageManifestMediaType: image.mediaType })).rejects.toMatchObject(wrong);
    const surrogate = textOf(image).replace('{', `{"a":"${'\ud800'.repeat(70_000)}",`);
    await expect(put({ imageManifest: surrogate })).rejects.toMatchObject({ name: 'InvalidParameterException' });
    expect(await tagsOf(name)).toEqual([]);
  });
});

describe('BatchDeleteImage', () => {
  test('deletes tags one by one, and the image with the last one', async () => {
    const name = await createEmpty();
    const image = await build(AMD, 'deleted');
    await push(name, image, ['a', 'b']);
    const one = await remove(name, { imageTag: 'a' });
    expect(one).toMatchObject({ imageIds: [{ imageDigest: image.digest, imageTag: 'a' }], failures: [] });
    expect(await tagsOf(name)).toEqual(['b']);
    await remove(name, { imageTag: 'b', imageDigest: image.digest });
    expect(await tagsOf(name)).toEqual([]);
    const { registryKey } = await vitrine.app.db.repository.findFirstOrThrow({ where: { name } });
    const deletions = await vitrine.app.db.deletion.findMany({ where: { registryKey, name } });
    expect(deletions.map(({ kind }) => kind).sort()).toEqual(['manifest', 'tag']);
  });

  test('deletes an image with all its tags by digest', async () => {
    const name = await createEmpty();
    const image = await build(AMD, 'by digest');
    await push(name, image, ['a', 'b']);
    const { imageIds } = await remove(name, { imageDigest: image.digest });
    expect(imageIds?.map(({ imageTag }) => imageTag).sort()).toEqual(['a', 'b']);
    expect(await tagsOf(name)).toEqual([]);
  });

  test('keeps what an index lists, unless the index goes in the same batch', async () => {
    const name = await createEmpty();
    const image = await build(AMD, 'listed');
    const index = buildIndex([{ platform: AMD, image }]);
    await push(name, index, []);
    const kept = await remove(name, { imageDigest: image.digest });
    expect(kept).toMatchObject({
      imageIds: [],
      failures: [
        {
          imageId: { imageDigest: image.digest },
          failureCode: 'ImageReferencedByManifestList',
          failureReason: `Requested image referenced by manifest list: [${index.digest}]`,
        },
      ],
    });
    const both = await remove(name, { imageDigest: image.digest }, { imageDigest: index.digest });
    expect(both).toMatchObject({
      failures: [],
      imageIds: [{ imageDigest: index.digest }, { imageDigest: image.digest }],
    });
  });

  test('names each id that it could not delete', async () => {
    const name = await createEmpty();
    await push(name, await build(AMD, 'kept'), ['v1']);
    const { failures } = await remove(name, { imageTag: 'v2' }, {}, { imageTag: 'v1', imageDigest: ABSENT });
    expect(failures?.map(({ failureCode }) => failureCode).sort()).toEqual([
      ...['ImageNotFound', 'ImageTagDoesNotMatchDigest', 'MissingDigestAndTag'],
    ]);
    expect(await tagsOf(name)).toEqual(['v1']);
  });
});

test('ListImageReferrers pages and filters what refers to an image', async () => {
  const name = await createEmpty();
  const subject = await build(AMD, 'subject');
  await push(name, subject, ['v1']);
  const attach = (artifactType: string) =>
    buildArtifact({ artifactType, subject, file: { name: 'a', mediaType: 'text/plain', content: artifactType } });
  const [signature, sbom] = [attach('application/vnd.a.signature'), attach('application/vnd.a.sbom')];
  for (const referrer of [signature, sbom]) await push(name, referrer, []);
  const asked = { repositoryName: name, subjectId: { imageDigest: subject.digest } };
  const first = await aws.ecr.send(new ListImageReferrersCommand({ ...asked, maxResults: 1 }));
  const { nextToken } = first;
  const second = await aws.ecr.send(new ListImageReferrersCommand({ ...asked, maxResults: 1, nextToken }));
  const found = [...(first.referrers ?? []), ...(second.referrers ?? [])].map(({ digest }) => digest).sort();
  expect(found).toEqual([signature.digest, sbom.digest].sort());
  expect(second.nextToken).toBeUndefined();
  const filter = { artifactTypes: ['application/vnd.a.sbom', 'application/vnd.other'] };
  const { referrers } = await aws.ecr.send(new ListImageReferrersCommand({ ...asked, filter }));
  expect(referrers).toEqual([
    {
      digest: sbom.digest,
      mediaType: sbom.mediaType,
      artifactType: 'application/vnd.a.sbom',
      size: sbom.bytes.length,
      annotations: { 'org.opencontainers.image.title': 'a' },
      artifactStatus: 'ACTIVE',
    },
  ]);
  const { imageDetails } = await describeAll(name, [{ imageDigest: sbom.digest }]);
  expect(imageDetails).toMatchObject([{ subjectManifestDigest: subject.digest }]);
});

describe('ECR Public', () => {
  test('has public repositories only, by id or by alias', async () => {
    const name = await createEmpty('public');
    const image = await build(AMD, 'public');
    await push(name, image, ['v1']);
    const { imageDetails } = await aws.ecrPublic.send(new ecrPublic.DescribeImagesCommand({ repositoryName: name }));
    expect(imageDetails).toMatchObject([
      { imageDigest: image.digest, imageTags: ['v1'], imageSizeInBytes: sizeOf(image) },
    ]);
    expect(imageDetails?.[0]).not.toHaveProperty('imageStatus');
    await expect(describeAll(name)).rejects.toMatchObject({ name: 'RepositoryNotFoundException' });

    const put = { repositoryName: name, registryId: user.alias, imageManifest: textOf(image), imageTag: 'v2' };
    await aws.ecrPublic.send(new ecrPublic.PutImageCommand(put));
    const tags: (string | undefined)[] = [];
    for await (const page of ecrPublic.paginateDescribeImageTags(
      { client: aws.ecrPublic, pageSize: 1 },
      { repositoryName: name },
    ))
      tags.push(...(page.imageTagDetails ?? []).map(({ imageTag }) => imageTag));
    expect(tags).toEqual(['v1', 'v2']);
    const removed = { repositoryName: name, registryId: user.alias, imageIds: [{ imageTag: 'v1' }] };
    expect(await aws.ecrPublic.send(new ecrPublic.BatchDeleteImageCommand(removed))).toMatchObject({
      imageIds: [{ imageDigest: image.digest, imageTag: 'v1' }],
    });
  });
});

test('a quarantined repository and a foreign registry are closed', async () => {
  const name = await createEmpty();
  await push(name, await build(AMD, 'quarantined'), ['v1']);
  await vitrine.app.db.repository.updateMany({ where: { name }, data: { quarantineReason: 'malware' } });
  const get = new BatchGetImageCommand({ repositoryName: name, imageIds: [{ imageTag: 'v1' }] });
  await expect(aws.ecr.send(get)).rejects.toMatchObject({ name: 'AccessDeniedException' });
  await expect(remove(name, { imageTag: 'v1' })).rejects.toMatchObject({ name: 'AccessDeniedException' });
  const foreign = new DescribeImagesCommand({ repositoryName: name, registryId: '000000000001' });
  await expect(aws.ecr.send(foreign)).rejects.toMatchObject({ name: 'AccessDeniedException' });
});
