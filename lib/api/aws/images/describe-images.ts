// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImages.html
import { z } from 'zod';
import type { AwsApp } from '../aws-app.ts';
import { invalidParameter } from '../aws-error.ts';
import type { Call } from '../define-operations.ts';
import { imageNotFound, type ImageId } from '../find-aws-image.ts';
import { requireAwsRepository, type AddressedRepository } from '../find-aws-repository.ts';
import { openPageToken, sealPageToken } from '../page-token.ts';
import { findImageRows, listImageRows, type ImageRow, type ImageStatus, type TagStatus } from './image-rows.sql.ts';

/** The default of every list of the AWS APIs. */
export const DEFAULT_PAGE = 100;

/** Omitting `imageStatus` asks for active images only, as in ECR. */
export type ImageFilter = { tagStatus?: TagStatus | undefined; imageStatus?: ImageStatus | undefined };
export type PageInput = { nextToken?: string | undefined; maxResults?: number | undefined };

type Input = AddressedRepository & PageInput & { imageIds?: ImageId[] | undefined; filter?: ImageFilter | undefined };

export async function describeImages(app: AwsApp, call: Call, input: Input) {
  const { imageIds, nextToken, maxResults = DEFAULT_PAGE, filter = {} } = input;
  if (imageIds) refusePaging(input);
  const repository = await requireAwsRepository(app, call, input);
  const present = (row: ImageRow) => presentImage(call, repository.name, row);
  const { id: repositoryId, name } = repository;
  if (imageIds) {
    const missing = imageIds.find(({ imageDigest, imageTag }) => imageDigest === undefined && imageTag === undefined);
    if (missing) throw invalidParameter('imageIds', 'each must have imageDigest or imageTag');
    const found = await findImageRows(app, { repositoryId, ids: imageIds });
    const rows = found.map((row, i) => {
      if (row === null) throw imageNotFound(call, { repositoryName: name, imageId: imageIds[i] ?? {} });
      return row;
    });
    return { imageDetails: [...new Map(rows.map((row) => [row.digest, row])).values()].map(present) };
  }
  const { tagStatus = 'ANY', imageStatus = 'ACTIVE' } = filter;
  const question = questionOf(call, repositoryId, `${tagStatus} ${imageStatus}`);
  const after = openPageToken(app.authKeys.awsPages, question, { token: nextToken, schema: z.string() }) ?? '';
  const { rows, end } = await listImageRows(app, { repositoryId, tagStatus, imageStatus, after, limit: maxResults });
  return {
    imageDetails: rows.map(present),
    ...(end !== null && { nextToken: sealPageToken(app.authKeys.awsPages, question, end) }),
  };
}

/** "This option cannot be used when you specify images with imageIds." */
function refusePaging({ nextToken, maxResults }: PageInput): void {
  const name = nextToken !== undefined ? 'nextToken' : 'maxResults';
  if (nextToken !== undefined || maxResults !== undefined) throw invalidParameter(name, "can't be used with imageIds");
}

/** What a page token of this call continues. */
export function questionOf({ action, registry }: Call, repositoryId: bigint, filter: string) {
  return [action, registry.membership.registryId, repositoryId.toString(), filter];
}

/** ECR Public's shape leaves out what it doesn't have. */
function presentImage({ registry }: Call, repositoryName: string, row: ImageRow) {
  const { tags, lastPulledAt, subjectDigest } = row;
  return {
    registryId: registry.membership.registryId,
    repositoryName,
    ...presentReferenced(row),
    ...(tags.length > 0 && { imageTags: tags }),
    ...(lastPulledAt && { lastRecordedPullTime: lastPulledAt }),
    ...(subjectDigest !== null && { subjectManifestDigest: subjectDigest }),
    imageStatus: toImageStatus(row.isArchived),
    ...(row.archivedAt && { lastArchivedAt: row.archivedAt }),
    ...(row.activatedAt && { lastActivatedAt: row.activatedAt }),
  };
}

export function toImageStatus(isArchived: boolean): 'ARCHIVED' | 'ACTIVE' {
  return isArchived ? 'ARCHIVED' : 'ACTIVE';
}

/** The facts that lists of tags have too. */
export function presentReferenced(row: Omit<ImageRow, 'tags'>) {
  const { digest, mediaType, artifactMediaType, sizeBytes, pushedAt } = row;
  return {
    imageDigest: digest,
    imageSizeInBytes: Number(sizeBytes),
    imagePushedAt: pushedAt,
    imageManifestMediaType: mediaType,
    ...(artifactMediaType !== null && { artifactMediaType }),
  };
}
