// Images put, retagged and deleted by the SDK, and what each refusal is called.
import { BatchDeleteImageCommand, ListImagesCommand, PutImageCommand, type ImageIdentifier } from '@aws-sdk/client-ecr';
import * as ecrPublic from '@aws-sdk/client-ecr-public';
import { describe, expect, test } from 'vitest';
import { useAwsSite } from '#lib/testing/aws/use-aws-site.ts';
import { buildIndex, type Blob, type BuiltManifest, type Platform } from '#lib/testing/images/build-image.ts';

const AMD: Platform = { os: 'linux', architecture: 'amd64' };
const ABSENT = `sha256:${'a'.repeat(64)}`;

const site = useAwsSite();
const { build, createEmpty, push } = site;
const sizeOf = ({ blobs }: BuiltManifest) => blobs.reduce((sum, { bytes }) => sum + bytes.length, 0);
const textOf = ({ bytes }: Blob) => bytes.toString('utf8');
const remove = (repositoryName: string, ...imageIds: ImageIdentifier[]) =>
  site.aws.ecr.send(new BatchDeleteImageCommand({ repositoryName, imageIds }));
const tagsOf = async (name: string) => {
  const { imageIds = [] } = await site.aws.ecr.send(new ListImagesCommand({ repositoryName: name }));
  return imageIds.map(({ imageTag }) => imageTag ?? null).sort();
};

describe('PutImage', () => {
  test('retags an image, and refuses the same tag twice', async () => {
    const name = await createEmpty();
    const image = await build('retagged');
    await push(name, image, ['v1']);
    const put = new PutImageCommand({ repositoryName: name, imageManifest: textOf(image), imageTag: 'prod' });
    expect((await site.aws.ecr.send(put)).image).toEqual({
      registryId: site.key.registryId,
      repositoryName: name,
      imageId: { imageDigest: image.digest, imageTag: 'prod' },
      imageManifest: textOf(image),
      imageManifestMediaType: image.mediaType,
    });
    expect(await tagsOf(name)).toEqual(['prod', 'v1']);
    await expect(site.aws.ecr.send(put)).rejects.toMatchObject({
      name: 'ImageAlreadyExistsException',
      message: `Image with digest '${image.digest}' and tag 'prod' already exists in the repository with name '${name}' in registry with id '${site.key.registryId}'`,
    });
  });

  test('names what is wrong, and stores nothing', async () => {
    const name = await createEmpty();
    const image = await build('unstored');
    const index = buildIndex([{ platform: AMD, image }]);
    const put = (input: Partial<PutImageCommand['input']>) =>
      site.aws.ecr.send(new PutImageCommand({ repositoryName: name, imageManifest: textOf(image), ...input }));
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
    const image = await build('deleted');
    await push(name, image, ['a', 'b']);
    const one = await remove(name, { imageTag: 'a' });
    expect(one).toMatchObject({ imageIds: [{ imageDigest: image.digest, imageTag: 'a' }], failures: [] });
    expect(await tagsOf(name)).toEqual(['b']);
    await remove(name, { imageTag: 'b', imageDigest: image.digest });
    expect(await tagsOf(name)).toEqual([]);
    const { registryKey } = await site.vitrine.app.db.repository.findFirstOrThrow({ where: { name } });
    const deletions = await site.vitrine.app.db.deletion.findMany({ where: { registryKey, name } });
    expect(deletions.map(({ kind }) => kind).sort()).toEqual(['manifest', 'tag']);
  });

  test('deletes an image with all its tags by digest', async () => {
    const name = await createEmpty();
    const image = await build('by digest');
    await push(name, image, ['a', 'b']);
    const { imageIds } = await remove(name, { imageDigest: image.digest });
    expect(imageIds?.map(({ imageTag }) => imageTag).sort()).toEqual(['a', 'b']);
    expect(await tagsOf(name)).toEqual([]);
  });

  test('keeps what an index lists, unless the index goes in the same batch', async () => {
    const name = await createEmpty();
    const image = await build('listed');
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
    await push(name, await build('kept'), ['v1']);
    const { failures } = await remove(name, { imageTag: 'v2' }, {}, { imageTag: 'v1', imageDigest: ABSENT });
    expect(failures?.map(({ failureCode }) => failureCode).sort()).toEqual([
      ...['ImageNotFound', 'ImageTagDoesNotMatchDigest', 'MissingDigestAndTag'],
    ]);
    expect(await tagsOf(name)).toEqual(['v1']);
  });
});

describe('ECR Public', () => {
  test('has public repositories only, by id or by alias', async () => {
    const name = await createEmpty('public');
    const image = await build('public');
    await push(name, image, ['v1']);
    const { imageDetails } = await site.aws.ecrPublic.send(
      new ecrPublic.DescribeImagesCommand({ repositoryName: name }),
    );
    expect(imageDetails).toMatchObject([
      { imageDigest: image.digest, imageTags: ['v1'], imageSizeInBytes: sizeOf(image) },
    ]);
    expect(imageDetails?.[0]).not.toHaveProperty('imageStatus');
    await expect(site.aws.ecr.send(new ListImagesCommand({ repositoryName: name }))).rejects.toMatchObject({
      name: 'RepositoryNotFoundException',
    });

    const put = { repositoryName: name, registryId: site.user.alias, imageManifest: textOf(image), imageTag: 'v2' };
    await site.aws.ecrPublic.send(new ecrPublic.PutImageCommand(put));
    const tags: (string | undefined)[] = [];
    for await (const page of ecrPublic.paginateDescribeImageTags(
      { client: site.aws.ecrPublic, pageSize: 1 },
      { repositoryName: name },
    ))
      tags.push(...(page.imageTagDetails ?? []).map(({ imageTag }) => imageTag));
    expect(tags).toEqual(['v1', 'v2']);
    const removed = { repositoryName: name, registryId: site.user.alias, imageIds: [{ imageTag: 'v1' }] };
    expect(await site.aws.ecrPublic.send(new ecrPublic.BatchDeleteImageCommand(removed))).toMatchObject({
      imageIds: [{ imageDigest: image.digest, imageTag: 'v1' }],
    });
  });
});
