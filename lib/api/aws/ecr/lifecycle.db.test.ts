// Lifecycle policies and archived images through the SDK.
import {
  BatchGetImageCommand,
  DeleteLifecyclePolicyCommand,
  DescribeImagesCommand,
  GetLifecyclePolicyCommand,
  GetLifecyclePolicyPreviewCommand,
  ListImagesCommand,
  PutLifecyclePolicyCommand,
  StartLifecyclePolicyPreviewCommand,
  UpdateImageStorageClassCommand,
  waitUntilLifecyclePolicyPreviewComplete,
} from '@aws-sdk/client-ecr';
import { expect, test } from 'vitest';
import { useAwsSite } from '#lib/testing/aws/use-aws-site.ts';
import { buildIndex } from '#lib/testing/images/build-image.ts';

const site = useAwsSite();
const { build, createEmpty, push } = site;

const policyText = (countNumber: number, action: object = { type: 'expire' }) =>
  JSON.stringify({
    rules: [{ rulePriority: 7, selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber }, action }],
  });

test('a policy is put, read and deleted as it was written', async () => {
  const repositoryName = await createEmpty();
  const { ecr } = site.aws;
  const { registryId } = site.key;
  const missing = {
    name: 'LifecyclePolicyNotFoundException',
    message: `Lifecycle policy does not exist for the repository with name '${repositoryName}' in the registry with id '${registryId}'`,
  };
  await expect(ecr.send(new GetLifecyclePolicyCommand({ repositoryName }))).rejects.toMatchObject(missing);
  await expect(ecr.send(new StartLifecyclePolicyPreviewCommand({ repositoryName }))).rejects.toMatchObject(missing);
  const lifecyclePolicyText = ` ${policyText(3)}\n`;
  const expected = { registryId, repositoryName, lifecyclePolicyText };
  const put = new PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText });
  expect(await ecr.send(put)).toMatchObject(expected);
  expect(await ecr.send(new GetLifecyclePolicyCommand({ repositoryName }))).toMatchObject(expected);
  const wrong = new PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText: policyText(0) });
  await expect(ecr.send(wrong)).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message:
      "Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy validation failure: Rule 1 of the list: countNumber must be a whole number of at least 1.'",
  });
  expect(await ecr.send(new DeleteLifecyclePolicyCommand({ repositoryName }))).toMatchObject(expected);
  await expect(ecr.send(new DeleteLifecyclePolicyCommand({ repositoryName }))).rejects.toMatchObject(missing);
});

test('a preview is paged and filtered', async () => {
  const repositoryName = await createEmpty();
  const { ecr } = site.aws;
  const get = (input: object = {}) => ecr.send(new GetLifecyclePolicyPreviewCommand({ repositoryName, ...input }));
  await expect(get()).rejects.toMatchObject({ name: 'LifecyclePolicyPreviewNotFoundException' });
  const images = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((text) => build(text)));
  for (const [i, image] of images.entries()) await push(repositoryName, image, i % 2 === 0 ? [`v${i}`] : []);
  const lifecyclePolicyText = policyText(1);
  const started = await ecr.send(new StartLifecyclePolicyPreviewCommand({ repositoryName, lifecyclePolicyText }));
  expect(started).toMatchObject({ lifecyclePolicyText, status: 'COMPLETE' });
  const { state } = await waitUntilLifecyclePolicyPreviewComplete({ client: ecr, maxWaitTime: 6 }, { repositoryName });
  expect(state).toBe('SUCCESS');
  const first = await get({ maxResults: 3 });
  const second = await get({ maxResults: 3, nextToken: first.nextToken });
  expect(second.nextToken).toBeUndefined();
  const results = [...(first.previewResults ?? []), ...(second.previewResults ?? [])];
  expect(results.map(({ imageDigest }) => imageDigest)).toEqual([3, 2, 1, 0].map((i) => images[i]?.digest));
  expect(results[1]).toMatchObject({
    imageTags: ['v2'],
    imagePushedAt: expect.any(Date) as Date,
    action: { type: 'EXPIRE' },
    appliedRulePriority: 7,
    storageClass: 'STANDARD',
  });
  expect(first.summary).toEqual({ expiringImageTotalCount: 4, transitioningImageTotalCounts: [] });
  const digests = async (input: object) => (await get(input)).previewResults?.map(({ imageDigest }) => imageDigest);
  expect(await digests({ filter: { tagStatus: 'UNTAGGED' } })).toEqual([images[3]?.digest, images[1]?.digest]);
  expect(await digests({ imageIds: [{ imageTag: 'v0' }, { imageDigest: images[1]?.digest }] })).toEqual([
    images[1]?.digest,
    images[0]?.digest,
  ]);
  const archive = policyText(1, { type: 'transition', targetStorageClass: 'archive' });
  await ecr.send(new StartLifecyclePolicyPreviewCommand({ repositoryName, lifecyclePolicyText: archive }));
  expect((await get()).summary).toEqual({
    expiringImageTotalCount: 0,
    transitioningImageTotalCounts: [{ targetStorageClass: 'ARCHIVE', imageTotalCount: 4 }],
  });
});

test('an archived image is listed apart and can not be pulled', async () => {
  const repositoryName = await createEmpty();
  const { ecr } = site.aws;
  const [image, other] = [await build('old'), await build('new')];
  await push(repositoryName, image, ['v1']);
  await push(repositoryName, other, ['v2']);
  const imageId = { imageTag: 'v1' };
  const update = (targetStorageClass: 'ARCHIVE' | 'STANDARD', id: object = imageId) =>
    ecr.send(new UpdateImageStorageClassCommand({ repositoryName, imageId: id, targetStorageClass }));
  const describe = async (imageStatus?: 'ACTIVE' | 'ARCHIVED' | 'ACTIVATING' | 'ANY') => {
    const filter = imageStatus && { filter: { imageStatus } };
    const { imageDetails } = await ecr.send(new DescribeImagesCommand({ repositoryName, ...filter }));
    const { imageIds } = await ecr.send(new ListImagesCommand({ repositoryName, ...filter }));
    const tags = imageDetails?.flatMap(({ imageTags }) => imageTags ?? []).sort();
    expect(imageIds?.map(({ imageTag }) => imageTag).sort()).toEqual(tags);
    return tags;
  };
  expect(await update('ARCHIVE')).toMatchObject({
    imageId: { imageDigest: image.digest, imageTag: 'v1' },
    imageStatus: 'ARCHIVED',
  });
  expect(await describe()).toEqual(['v2']);
  expect(await describe('ARCHIVED')).toEqual(['v1']);
  expect(await describe('ANY')).toEqual(['v1', 'v2']);
  expect(await describe('ACTIVATING')).toEqual([]);
  const { imageDetails: [detail] = [] } = await ecr.send(
    new DescribeImagesCommand({ repositoryName, imageIds: [imageId] }),
  );
  expect(detail).toMatchObject({ imageStatus: 'ARCHIVED', lastArchivedAt: expect.any(Date) as Date });
  const got = () => ecr.send(new BatchGetImageCommand({ repositoryName, imageIds: [imageId] }));
  expect((await got()).failures).toMatchObject([{ failureCode: 'ImageInaccessible' }]);
  expect(await update('STANDARD')).toMatchObject({ imageStatus: 'ACTIVE' });
  expect((await got()).images).toHaveLength(1);
  await expect(update('ARCHIVE', { imageTag: 'none' })).rejects.toMatchObject({ name: 'ImageNotFoundException' });
  const index = buildIndex([{ platform: { os: 'linux', architecture: 'amd64' }, image }]);
  await push(repositoryName, index, ['list']);
  await expect(update('ARCHIVE')).rejects.toMatchObject({
    name: 'ImageStorageClassUpdateNotSupportedException',
    message: `The index ${index.digest} lists this image. Archive the index instead.`,
  });
});
