import { defineOperations } from '../define-operations.ts';
import { checkLayers } from '../layers/check-layers.ts';
import { completeLayerUpload, initiateLayerUpload, uploadLayerPart } from '../layers/upload-layer.ts';
import { PUBLIC_LAYERS_SHAPES } from './shapes/layers.ts';

export const PUBLIC_LAYERS = defineOperations('ecr-public', PUBLIC_LAYERS_SHAPES, {
  BatchCheckLayerAvailability: checkLayers,
  InitiateLayerUpload: initiateLayerUpload,
  UploadLayerPart: uploadLayerPart,
  CompleteLayerUpload: completeLayerUpload,
});
