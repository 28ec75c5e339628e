import { defineOperations } from '../define-operations.ts';
import { refuseUnsupported } from '../unsupported.ts';
import { PUBLIC_LAYERS_SHAPES } from './shapes/layers.ts';

export const PUBLIC_LAYERS = defineOperations('ecr-public', PUBLIC_LAYERS_SHAPES, {
  BatchCheckLayerAvailability: refuseUnsupported,
  InitiateLayerUpload: refuseUnsupported,
  UploadLayerPart: refuseUnsupported,
  CompleteLayerUpload: refuseUnsupported,
});
