// Request and response shapes of ECR's image operations. The model limits `imageIds` to 1–100 in responses too, but
// ListImages returns up to 1,000, and none for an empty repository.
import { z } from 'zod';
import { members, text, timestamp, whole } from '#lib/api/aws/values.ts';
import {
  ecrRegistryId,
  ecrRepositoryName,
  ecrImageIdentifier,
  ecrTagStatus,
  ecrFindingSeverity,
  ecrImageScanStatus,
} from './shared.ts';
import type { OperationShapes } from '#lib/api/aws/define-operations.ts';

const imageFailureCode = z.enum([
  'InvalidImageDigest',
  'InvalidImageTag',
  'ImageTagDoesNotMatchDigest',
  'ImageNotFound',
  'MissingDigestAndTag',
  'ImageReferencedByManifestList',
  'KmsError',
  'UpstreamAccessDenied',
  'UpstreamTooManyRequests',
  'UpstreamUnavailable',
  'ImageInaccessible',
]);
const imageFailure = z.object({
  failureCode: imageFailureCode.optional(),
  failureReason: text().optional(),
  imageId: ecrImageIdentifier.optional(),
});
const image = z.object({
  imageId: ecrImageIdentifier.optional(),
  imageManifest: text({ min: 1, max: 4194304 }).optional(),
  imageManifestMediaType: text().optional(),
  registryId: ecrRegistryId.optional(),
  repositoryName: ecrRepositoryName.optional(),
});
const imageStatusFilter = z.enum(['ACTIVE', 'ARCHIVED', 'ACTIVATING', 'ANY']);
const describeImagesFilter = z.object({
  imageStatus: imageStatusFilter.optional(),
  tagStatus: ecrTagStatus.optional(),
});
const imageScanFindingsSummary = z.object({
  findingSeverityCounts: z.partialRecord(ecrFindingSeverity, whole({ min: 0 })).optional(),
  imageScanCompletedAt: timestamp().optional(),
  vulnerabilitySourceUpdatedAt: timestamp().optional(),
});
const imageStatus = z.enum(['ACTIVE', 'ARCHIVED', 'ACTIVATING']);
const imageDetail = z.object({
  artifactMediaType: text().optional(),
  imageDigest: text().optional(),
  imageManifestMediaType: text().optional(),
  imagePushedAt: timestamp().optional(),
  imageScanFindingsSummary: imageScanFindingsSummary.optional(),
  imageScanStatus: ecrImageScanStatus.optional(),
  imageSizeInBytes: whole().optional(),
  imageStatus: imageStatus.optional(),
  imageTags: members(text({ min: 1, max: 300 })).optional(),
  lastActivatedAt: timestamp().optional(),
  lastArchivedAt: timestamp().optional(),
  lastRecordedPullTime: timestamp().optional(),
  registryId: ecrRegistryId.optional(),
  repositoryName: ecrRepositoryName.optional(),
  subjectManifestDigest: text().optional(),
});
const artifactStatusFilter = z.enum(['ACTIVE', 'ARCHIVED', 'ACTIVATING', 'ANY']);
const listImageReferrersFilter = z.object({
  artifactStatus: artifactStatusFilter.optional(),
  artifactTypes: members(text({ min: 1, max: 255 }), { min: 0, max: 5 }).optional(),
});
const subjectIdentifier = z.object({ imageDigest: text() });
const artifactStatus = z.enum(['ACTIVE', 'ARCHIVED', 'ACTIVATING']);
const imageReferrer = z.object({
  annotations: z.record(text(), text()).optional(),
  artifactStatus: artifactStatus.optional(),
  artifactType: text({ min: 1, max: 255 }).optional(),
  digest: text(),
  mediaType: text(),
  size: whole(),
});
const listImagesFilter = z.object({ imageStatus: imageStatusFilter.optional(), tagStatus: ecrTagStatus.optional() });
const targetStorageClass = z.enum(['STANDARD', 'ARCHIVE']);

export const ECR_IMAGES_SHAPES = {
  PutImage: {
    input: z.object({
      imageDigest: text().optional(),
      imageManifest: text({ min: 1, max: 4194304 }),
      imageManifestMediaType: text().optional(),
      imageTag: text({ min: 1, max: 300 }).optional(),
      registryId: ecrRegistryId.optional(),
      repositoryName: ecrRepositoryName,
    }),
    output: z.object({ image: image.optional() }),
    errors: [
      'RepositoryNotFoundException',
      'ImageAlreadyExistsException',
      'LayersNotFoundException',
      'ReferencedImagesNotFoundException',
      'LimitExceededException',
      'ImageTagAlreadyExistsException',
      'ImageDigestDoesNotMatchException',
      'KmsException',
    ],
  },
  BatchGetImage: {
    input: z.object({
      acceptedMediaTypes: members(text(), { min: 1, max: 100 }).optional(),
      imageIds: members(ecrImageIdentifier, { min: 1, max: 100 }),
      registryId: ecrRegistryId.optional(),
      repositoryName: ecrRepositoryName,
    }),
    output: z.object({ failures: members(imageFailure).optional(), images: members(image).optional() }),
    errors: ['RepositoryNotFoundException', 'LimitExceededException', 'UnableToGetUpstreamImageException'],
  },
  BatchDeleteImage: {
    input: z.object({
      imageIds: members(ecrImageIdentifier, { min: 1, max: 100 }),
      registryId: ecrRegistryId.optional(),
      repositoryName: ecrRepositoryName,
    }),
    output: z.object({
      failures: members(imageFailure).optional(),
      imageIds: members(ecrImageIdentifier).optional(),
    }),
    errors: ['RepositoryNotFoundException'],
  },
  ListImages: {
    input: z.object({
      filter: listImagesFilter.optional(),
      maxResults: whole({ min: 1, max: 1000 }).optional(),
      nextToken: text().optional(),
      registryId: ecrRegistryId.optional(),
      repositoryName: ecrRepositoryName,
    }),
    output: z.object({
      imageIds: members(ecrImageIdentifier).optional(),
      nextToken: text().optional(),
    }),
    errors: ['RepositoryNotFoundException'],
  },
  DescribeImages: {
    input: z.object({
      filter: describeImagesFilter.optional(),
      imageIds: members(ecrImageIdentifier, { min: 1, max: 100 }).optional(),
      maxResults: whole({ min: 1, max: 1000 }).optional(),
      nextToken: text().optional(),
      registryId: ecrRegistryId.optional(),
      repositoryName: ecrRepositoryName,
    }),
    output: z.object({ imageDetails: members(imageDetail).optional(), nextToken: text().optional() }),
    errors: ['RepositoryNotFoundException', 'ImageNotFoundException'],
  },
  ListImageReferrers: {
    input: z.object({
      filter: listImageReferrersFilter.optional(),
      maxResults: whole({ min: 1, max: 50 }).optional(),
      nextToken: text().optional(),
      registryId: ecrRegistryId.optional(),
      repositoryName: ecrRepositoryName,
      subjectId: subjectIdentifier,
    }),
    output: z.object({ nextToken: text().optional(), referrers: members(imageReferrer).optional() }),
    errors: ['RepositoryNotFoundException', 'ValidationException', 'UnableToListUpstreamImageReferrersException'],
  },
  UpdateImageStorageClass: {
    input: z.object({
      imageId: ecrImageIdentifier,
      registryId: ecrRegistryId.optional(),
      repositoryName: ecrRepositoryName,
      targetStorageClass,
    }),
    output: z.object({
      imageId: ecrImageIdentifier.optional(),
      imageStatus: imageStatus.optional(),
      registryId: ecrRegistryId.optional(),
      repositoryName: ecrRepositoryName.optional(),
    }),
    errors: [
      'ImageNotFoundException',
      'ImageStorageClassUpdateNotSupportedException',
      'RepositoryNotFoundException',
      'ValidationException',
    ],
  },
} as const satisfies OperationShapes;
