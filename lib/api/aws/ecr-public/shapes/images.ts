// Request and response shapes of ECR Public's image operations.
import { z } from 'zod';
import { members, text, timestamp, whole } from '#lib/api/aws/values.ts';
import { publicRegistryId, publicRepositoryName } from './shared.ts';
import type { OperationShapes } from '#lib/api/aws/define-operations.ts';

const imageIdentifier = z.object({ imageDigest: text().optional(), imageTag: text({ min: 1, max: 300 }).optional() });
const imageFailureCode = z.enum([
  'InvalidImageDigest',
  'InvalidImageTag',
  'ImageTagDoesNotMatchDigest',
  'ImageNotFound',
  'MissingDigestAndTag',
  'ImageReferencedByManifestList',
  'KmsError',
]);
const imageFailure = z.object({
  failureCode: imageFailureCode.optional(),
  failureReason: text().optional(),
  imageId: imageIdentifier.optional(),
});
const referencedImageDetail = z.object({
  artifactMediaType: text().optional(),
  imageDigest: text().optional(),
  imageManifestMediaType: text().optional(),
  imagePushedAt: timestamp().optional(),
  imageSizeInBytes: whole().optional(),
});
const imageTagDetail = z.object({
  createdAt: timestamp().optional(),
  imageDetail: referencedImageDetail.optional(),
  imageTag: text({ min: 1, max: 300 }).optional(),
});
const imageDetail = z.object({
  artifactMediaType: text().optional(),
  imageDigest: text().optional(),
  imageManifestMediaType: text().optional(),
  imagePushedAt: timestamp().optional(),
  imageSizeInBytes: whole().optional(),
  imageTags: members(text({ min: 1, max: 300 })).optional(),
  registryId: publicRegistryId.optional(),
  repositoryName: publicRepositoryName.optional(),
});
const image = z.object({
  imageId: imageIdentifier.optional(),
  imageManifest: text({ min: 1, max: 4194304 }).optional(),
  imageManifestMediaType: text().optional(),
  registryId: text({ min: 2, max: 50 }).optional(),
  repositoryName: publicRepositoryName.optional(),
});

export const PUBLIC_IMAGES_SHAPES = {
  PutImage: {
    input: z.object({
      imageDigest: text().optional(),
      imageManifest: text({ min: 1, max: 4194304 }),
      imageManifestMediaType: text().optional(),
      imageTag: text({ min: 1, max: 300 }).optional(),
      registryId: text({ min: 2, max: 50 }).optional(),
      repositoryName: publicRepositoryName,
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
      'RegistryNotFoundException',
    ],
  },
  BatchDeleteImage: {
    input: z.object({
      imageIds: members(imageIdentifier, { min: 1, max: 100 }),
      registryId: text({ min: 2, max: 50 }).optional(),
      repositoryName: publicRepositoryName,
    }),
    output: z.object({
      failures: members(imageFailure).optional(),
      // The model's minimum of one doesn't hold when all of them fail.
      imageIds: members(imageIdentifier).optional(),
    }),
    errors: ['RepositoryNotFoundException'],
  },
  DescribeImages: {
    input: z.object({
      imageIds: members(imageIdentifier, { min: 1, max: 100 }).optional(),
      maxResults: whole({ min: 1, max: 1000 }).optional(),
      nextToken: text().optional(),
      registryId: publicRegistryId.optional(),
      repositoryName: publicRepositoryName,
    }),
    output: z.object({ imageDetails: members(imageDetail).optional(), nextToken: text().optional() }),
    errors: ['RepositoryNotFoundException', 'ImageNotFoundException'],
  },
  DescribeImageTags: {
    input: z.object({
      maxResults: whole({ min: 1, max: 1000 }).optional(),
      nextToken: text().optional(),
      registryId: publicRegistryId.optional(),
      repositoryName: publicRepositoryName,
    }),
    output: z.object({ imageTagDetails: members(imageTagDetail).optional(), nextToken: text().optional() }),
    errors: ['RepositoryNotFoundException'],
  },
} as const satisfies OperationShapes;
