import { defineOperations } from '../define-operations.ts';
import { checkLayers } from '../layers/check-layers.ts';
import { getLayerDownloadUrl } from '../layers/layer-download-url.ts';
import { completeLayerUpload, initiateLayerUpload, uploadLayerPart } from '../layers/upload-layer.ts';
import { ECR_LAYERS_SHAPES } from './shapes/layers.ts';

export const ECR_LAYERS = defineOperations('ecr', ECR_LAYERS_SHAPES, {
  BatchCheckLayerAvailability: checkLayers,
  InitiateLayerUpload: initiateLayerUpload,
  UploadLayerPart: uploadLayerPart,
  CompleteLayerUpload: completeLayerUpload,
  GetDownloadUrlForLayer: getLayerDownloadUrl,
});
