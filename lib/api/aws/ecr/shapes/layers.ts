// Request and response shapes of ECR's layer operations.
import { z } from 'zod';
import { blob, members, text, whole } from '#lib/api/aws/values.ts';
import { ecrRegistryId, ecrRepositoryName } from './shared.ts';
import type { OperationShapes } from '#lib/api/aws/define-operations.ts';

const layerFailureCode = z.enum(['InvalidLayerDigest', 'MissingLayerDigest']);
const layerFailure = z.object({
  failureCode: layerFailureCode.optional(),
  failureReason: text().optional(),
  layerDigest: text({ min: 0, max: 1000 }).optional(),
});
const layerAvailability = z.enum(['AVAILABLE', 'UNAVAILABLE', 'ARCHIVED']);
const layerDigest = text({ pattern: '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+' });
const layer = z.object({
  layerAvailability: layerAvailability.optional(),
  layerDigest: layerDigest.optional(),
  layerSize: whole().optional(),
  mediaType: text().optional(),
});
const uploadId = text({ pattern: '[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}' });

export const ECR_LAYERS_SHAPES = {
  BatchCheckLayerAvailability: {
    input: z.object({
      layerDigests: members(text({ min: 0, max: 1000 }), { min: 1, max: 100 }),
      registryId: ecrRegistryId.optional(),
      repositoryName: ecrRepositoryName,
    }),
    output: z.object({ failures: members(layerFailure).optional(), layers: members(layer).optional() }),
    errors: ['RepositoryNotFoundException'],
  },
  InitiateLayerUpload: {
    input: z.object({ registryId: ecrRegistryId.optional(), repositoryName: ecrRepositoryName }),
    output: z.object({ partSize: whole({ min: 0 }).optional(), uploadId: uploadId.optional() }),
    errors: ['RepositoryNotFoundException', 'KmsException'],
  },
  UploadLayerPart: {
    input: z.object({
      layerPartBlob: blob(20971520),
      partFirstByte: whole({ min: 0 }),
      partLastByte: whole({ min: 0 }),
      registryId: ecrRegistryId.optional(),
      repositoryName: ecrRepositoryName,
      uploadId,
    }),
    output: z.object({
      lastByteReceived: whole({ min: 0 }).optional(),
      registryId: ecrRegistryId.optional(),
      repositoryName: ecrRepositoryName.optional(),
      uploadId: uploadId.optional(),
    }),
    errors: [
      'InvalidLayerPartException',
      'RepositoryNotFoundException',
      'UploadNotFoundException',
      'LimitExceededException',
      'KmsException',
    ],
  },
  CompleteLayerUpload: {
    input: z.object({
      layerDigests: members(layerDigest, { min: 1, max: 100 }),
      registryId: ecrRegistryId.optional(),
      repositoryName: ecrRepositoryName,
      uploadId,
    }),
    output: z.object({
      layerDigest: layerDigest.optional(),
      registryId: ecrRegistryId.optional(),
      repositoryName: ecrRepositoryName.optional(),
      uploadId: uploadId.optional(),
    }),
    errors: [
      'RepositoryNotFoundException',
      'UploadNotFoundException',
      'InvalidLayerException',
      'LayerPartTooSmallException',
      'LayerAlreadyExistsException',
      'EmptyUploadException',
      'KmsException',
    ],
  },
  GetDownloadUrlForLayer: {
    input: z.object({ layerDigest, registryId: ecrRegistryId.optional(), repositoryName: ecrRepositoryName }),
    output: z.object({ downloadUrl: text().optional(), layerDigest: layerDigest.optional() }),
    errors: [
      'LayersNotFoundException',
      'LayerInaccessibleException',
      'RepositoryNotFoundException',
      'UnableToGetUpstreamLayerException',
    ],
  },
} as const satisfies OperationShapes;
