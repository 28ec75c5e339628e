// Request and response shapes of ECR Public's layer operations.
import { z } from 'zod';
import { blob, members, text, whole } from '#lib/api/aws/values.ts';
import { publicRegistryId, publicRepositoryName } from './shared.ts';
import type { OperationShapes } from '#lib/api/aws/define-operations.ts';

const layerFailureCode = z.enum(['InvalidLayerDigest', 'MissingLayerDigest']);
const layerFailure = z.object({
  failureCode: layerFailureCode.optional(),
  failureReason: text().optional(),
  layerDigest: text({ min: 0, max: 1000 }).optional(),
});
const layerAvailability = z.enum(['AVAILABLE', 'UNAVAILABLE']);
const layerDigest = text({ pattern: '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+' });
const layer = z.object({
  layerAvailability: layerAvailability.optional(),
  layerDigest: layerDigest.optional(),
  layerSize: whole().optional(),
  mediaType: text().optional(),
});
const uploadId = text({ pattern: '[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}' });

export const PUBLIC_LAYERS_SHAPES = {
  BatchCheckLayerAvailability: {
    input: z.object({
      layerDigests: members(text({ min: 0, max: 1000 }), { min: 1, max: 100 }),
      registryId: text({ min: 2, max: 50 }).optional(),
      repositoryName: publicRepositoryName,
    }),
    output: z.object({ failures: members(layerFailure).optional(), layers: members(layer).optional() }),
    errors: ['RepositoryNotFoundException', 'RegistryNotFoundException'],
  },
  InitiateLayerUpload: {
    input: z.object({ registryId: text({ min: 2, max: 50 }).optional(), repositoryName: publicRepositoryName }),
    output: z.object({ partSize: whole({ min: 0 }).optional(), uploadId: uploadId.optional() }),
    errors: ['RepositoryNotFoundException', 'RegistryNotFoundException'],
  },
  UploadLayerPart: {
    input: z.object({
      layerPartBlob: blob(20971520),
      partFirstByte: whole({ min: 0 }),
      partLastByte: whole({ min: 0 }),
      registryId: text({ min: 2, max: 50 }).optional(),
      repositoryName: publicRepositoryName,
      uploadId,
    }),
    output: z.object({
      lastByteReceived: whole({ min: 0 }).optional(),
      registryId: publicRegistryId.optional(),
      repositoryName: publicRepositoryName.optional(),
      uploadId: uploadId.optional(),
    }),
    errors: [
      'InvalidLayerPartException',
      'RepositoryNotFoundException',
      'UploadNotFoundException',
      'LimitExceededException',
      'RegistryNotFoundException',
    ],
  },
  CompleteLayerUpload: {
    input: z.object({
      layerDigests: members(layerDigest, { min: 1, max: 100 }),
      registryId: text({ min: 2, max: 50 }).optional(),
      repositoryName: publicRepositoryName,
      uploadId,
    }),
    output: z.object({
      layerDigest: layerDigest.optional(),
      registryId: publicRegistryId.optional(),
      repositoryName: publicRepositoryName.optional(),
      uploadId: uploadId.optional(),
    }),
    errors: [
      'RepositoryNotFoundException',
      'UploadNotFoundException',
      'InvalidLayerException',
      'LayerPartTooSmallException',
      'LayerAlreadyExistsException',
      'EmptyUploadException',
      'RegistryNotFoundException',
    ],
  },
} as const satisfies OperationShapes;
