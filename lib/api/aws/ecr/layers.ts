import { defineOperations } from '../define-operations.ts';
import { refuseUnsupported } from '../unsupported.ts';
import { ECR_LAYERS_SHAPES } from './shapes/layers.ts';

export const ECR_LAYERS = defineOperations('ecr', ECR_LAYERS_SHAPES, {
  BatchCheckLayerAvailability: refuseUnsupported,
  InitiateLayerUpload: refuseUnsupported,
  UploadLayerPart: refuseUnsupported,
  CompleteLayerUpload: refuseUnsupported,
  GetDownloadUrlForLayer: refuseUnsupported,
});
