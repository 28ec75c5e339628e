// What the SDK reads of images, and what each refusal is called.
import {
  BatchDeleteImageCommand,
  BatchGetImageCommand,
  DescribeImagesCommand,
  ListImageReferrersCommand,
  ListImagesCommand,
  paginateDescribeImages,
  paginateListImages,
  type ImageIdentifier,
} from '@aws-sdk/client-ecr';
import { describe, expect, test } from 'vitest';
import { useAwsSite } from '#lib/testing/aws/use-aws-site.ts';
import { addManyTags } from '#lib/testing/images/add-many-tags.ts';
import {
  buildArtifact,
  buildIndex,
  type Blob,
  type BuiltManifest,
  type Platform,
} from '#lib/testing/images/build-image.ts';

const AMD: Platform = { os: 'linux', architecture: 'amd64' };
const ARM: Platform = { os: 'linux', architecture: 'arm64' };
const ABSENT = `sha256:${'a'.repeat(64)}`;

const site = useAwsSite();
const { build, createEmpty, push } = site;
const sizeOf = ({ blobs }: BuiltManifest) => blobs.reduce((sum, { bytes }) => sum + bytes.length, 0);
const textOf = ({ bytes }: Blob) => bytes.toString('utf8');
const describeAll = (repositoryName: string, imageIds?: ImageIdentifier[]) =>
  site.aws.ecr.send(new DescribeImagesCommand({ repositoryName, imageIds }));

describe('DescribeImages', () => {
  test('describes an index by its largest image, and what was pulled', async () => {
    const name = await createEmpty();
    const small = await build('small');
    const large = await build('large '.repeat(50).split('').reverse().join('x'), ARM);
    const index = buildIndex([
      { platform: AMD, image: small },
      { platform: ARM, image: large },
    ]);
    await push(name, index, ['v1', 'latest']);
    const { imageDetails } = await describeAll(name, [{ imageTag: 'v1' }, { imageDigest: small.digest }]);
    expect(imageDetails).toEqual([
      {
        registryId: site.key.registryId,
        repositoryName: name,
        imageDigest: index.digest,
        imageTags: ['latest', 'v1'],
        imageSizeInBytes: sizeOf(large),
        imagePushedAt: expect.any(Date) as Date,
        imageManifestMediaType: index.mediaType,
        imageStatus: 'ACTIVE',
      },
      {
        registryId: site.key.registryId,
        repositoryName: name,
        imageDigest: small.digest,
        imageSizeInBytes: sizeOf(small),
        imagePushedAt: expect.any(Date) as Date,
        imageManifestMediaType: small.mediaType,
        artifactMediaType: 'application/vnd.oci.image.config.v1+json',
        imageStatus: 'ACTIVE',
      },
    ]);
    await site.aws.ecr.send(new BatchGetImageCommand({ repositoryName: name, imageIds: [{ imageTag: 'v1' }] }));
    await site.vitrine.app.pullCounter.flush();
    const { imageDetails: [pulled] = [] } = await describeAll(name, [{ imageTag: 'v1' }]);
    expect(pulled?.lastRecordedPullTime).toBeInstanceOf(Date);
  });

  test('names the image that is missing', async () => {
    const name = await createEmpty();
    await expect(describeAll(name, [{ imageTag: 'v9' }])).rejects.toMatchObject({
      name: 'ImageNotFoundException',
      message: `The image with imageId {imageDigest:null, imageTag:'v9'} does not exist within the repository with name '${name}' in the registry with id '${site.key.registryId}'`,
    });
    await expect(describeAll(name, [{}])).rejects.toMatchObject({ name: 'InvalidParameterException' });
    const paged = new DescribeImagesCommand({ repositoryName: name, imageIds: [{ imageTag: 'v' }], maxResults: 5 });
    await expect(site.aws.ecr.send(paged)).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(describeAll('images/none')).rejects.toMatchObject({ name: 'RepositoryNotFoundException' });
  });

  test('filters by tag status, and binds page tokens to the question', async () => {
    const name = await createEmpty();
    const images = await Promise.all(['a', 'b', 'c', 'd'].map((text) => build(text)));
    for (const [i, image] of images.entries()) await push(name, image, i % 2 === 0 ? [`t${i}`] : []);
    const list = async (tagStatus: 'TAGGED' | 'UNTAGGED' | 'ANY') => {
      const found: (string | undefined)[] = [];
      let nextToken: string | undefined;
      do {
        const asked = { repositoryName: name, filter: { tagStatus }, maxResults: 1, nextToken };
        const page = await site.aws.ecr.send(new DescribeImagesCommand(asked));
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

    const first = await site.aws.ecr.send(new DescribeImagesCommand({ repositoryName: name, maxResults: 1 }));
    const elsewhere = { repositoryName: name, filter: { tagStatus: 'TAGGED' as const }, nextToken: first.nextToken };
    await expect(site.aws.ecr.send(new DescribeImagesCommand(elsewhere))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    const archived = { repositoryName: name, filter: { imageStatus: 'ARCHIVED' as const } };
    expect((await site.aws.ecr.send(new DescribeImagesCommand(archived))).imageDetails).toEqual([]);
  });
});

test('SDK paginators read every image of a large repository once', async () => {
  const name = await createEmpty();
  const { id: repositoryId } = await site.vitrine.app.db.repository.findFirstOrThrow({ where: { name } });
  await addManyTags(site.vitrine.app.pool, { repositoryId, versions: 1_100 });
  const paging = { client: site.aws.ecr, pageSize: 250 };
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
    const tagged = await build('tagged');
    const untagged = await build('untagged');
    await push(name, tagged, ['a', 'b', 'c']);
    await push(name, untagged, []);
    const rows: ImageIdentifier[] = [];
    let nextToken: string | undefined;
    do {
      const page = await site.aws.ecr.send(new ListImagesCommand({ repositoryName: name, maxResults: 1, nextToken }));
      rows.push(...(page.imageIds ?? []));
      nextToken = page.nextToken;
    } while (nextToken);
    expect(rows).toHaveLength(4);
    expect(new Set(rows.map((row) => `${row.imageDigest} ${row.imageTag ?? ''}`))).toEqual(
      new Set([...['a', 'b', 'c'].map((tag) => `${tagged.digest} ${tag}`), `${untagged.digest} `]),
    );
    const only = { repositoryName: name, filter: { tagStatus: 'UNTAGGED' as const } };
    expect((await site.aws.ecr.send(new ListImagesCommand(only))).imageIds).toEqual([{ imageDigest: untagged.digest }]);
    expect((await site.aws.ecr.send(new ListImagesCommand({ repositoryName: await createEmpty() }))).imageIds).toEqual(
      [],
    );
  });
});

describe('BatchGetImage', () => {
  test('answers manifests as they were pushed, and a failure for each other id', async () => {
    const name = await createEmpty();
    const image = await build('got');
    await push(name, image, ['v1']);
    const imageIds = [
      { imageTag: 'v1' },
      { imageTag: 'v2' },
      { imageDigest: ABSENT, imageTag: 'v1' },
      { imageDigest: 'sha256:short' },
      { imageTag: '-bad' },
      {},
    ];
    const { images, failures } = await site.aws.ecr.send(new BatchGetImageCommand({ repositoryName: name, imageIds }));
    expect(images).toEqual([
      {
        registryId: site.key.registryId,
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
    const docker = 'application/vnd.docker.distribution.manifest.v2+json';
    const ask = (imageId: object, accepted: string) =>
      site.aws.ecr.send(
        new BatchGetImageCommand({ repositoryName: name, imageIds: [imageId], acceptedMediaTypes: [accepted] }),
      );
    expect((await ask({ imageTag: 'v1' }, docker)).images).toMatchObject([{ imageManifestMediaType: docker }]);
    const list = 'application/vnd.docker.distribution.manifest.list.v2+json';
    for (const missing of [await ask({ imageTag: 'v1' }, list), await ask({ imageDigest: image.digest }, docker)])
      expect(missing).toMatchObject({ images: [], failures: [{ failureCode: 'ImageNotFound' }] });
  });

  test('counts as a pull by the key', async () => {
    const name = await createEmpty();
    await push(name, await build('counted'), ['v1']);
    const get = new BatchGetImageCommand({ repositoryName: name, imageIds: [{ imageTag: 'v1' }] });
    await site.aws.ecr.send(get);
    await Promise.all([site.vitrine.app.pullCounter.flush(), site.vitrine.app.pullLog.flush()]);
    const repository = await site.vitrine.app.db.repository.findFirstOrThrow({ where: { name } });
    expect(repository.pullCount).toBe(1n);
    const pulls = await site.vitrine.app.db.auditPull.findMany({ where: { repositoryName: name } });
    expect(pulls).toMatchObject([{ tag: 'v1', credential: 'access_key', actorId: site.user.caller.principal.userId }]);
    expect(pulls[0]?.accessKeyId).toMatch(/^AKIA/);
  });
});

test('ListImageReferrers pages and filters what refers to an image', async () => {
  const name = await createEmpty();
  const subject = await build('subject');
  await push(name, subject, ['v1']);
  const attach = (artifactType: string) =>
    buildArtifact({ artifactType, subject, file: { name: 'a', mediaType: 'text/plain', content: artifactType } });
  const [signature, sbom] = [attach('application/vnd.a.signature'), attach('application/vnd.a.sbom')];
  for (const referrer of [signature, sbom]) await push(name, referrer, []);
  const asked = { repositoryName: name, subjectId: { imageDigest: subject.digest } };
  const first = await site.aws.ecr.send(new ListImageReferrersCommand({ ...asked, maxResults: 1 }));
  const { nextToken } = first;
  const second = await site.aws.ecr.send(new ListImageReferrersCommand({ ...asked, maxResults: 1, nextToken }));
  const found = [...(first.referrers ?? []), ...(second.referrers ?? [])].map(({ digest }) => digest).sort();
  expect(found).toEqual([signature.digest, sbom.digest].sort());
  expect(second.nextToken).toBeUndefined();
  const filter = { artifactTypes: ['application/vnd.a.sbom', 'application/vnd.other'] };
  const { referrers } = await site.aws.ecr.send(new ListImageReferrersCommand({ ...asked, filter }));
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

test('a quarantined repository and a foreign registry are closed', async () => {
  const name = await createEmpty();
  await push(name, await build('quarantined'), ['v1']);
  await site.vitrine.app.db.repository.updateMany({ where: { name }, data: { quarantineReason: 'malware' } });
  const get = new BatchGetImageCommand({ repositoryName: name, imageIds: [{ imageTag: 'v1' }] });
  await expect(site.aws.ecr.send(get)).rejects.toMatchObject({ name: 'AccessDeniedException' });
  const remove = new BatchDeleteImageCommand({ repositoryName: name, imageIds: [{ imageTag: 'v1' }] });
  await expect(site.aws.ecr.send(remove)).rejects.toMatchObject({ name: 'AccessDeniedException' });
  const foreign = new DescribeImagesCommand({ repositoryName: name, registryId: '000000000001' });
  await expect(site.aws.ecr.send(foreign)).rejects.toMatchObject({ name: 'AccessDeniedException' });
});
