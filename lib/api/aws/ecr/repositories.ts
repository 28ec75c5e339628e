import { defineOperations } from '../define-operations.ts';
import { refuseUnsupported } from '../unsupported.ts';
import { ECR_REPOSITORIES_SHAPES } from './shapes/repositories.ts';

export const ECR_REPOSITORIES = defineOperations('ecr', ECR_REPOSITORIES_SHAPES, {
  CreateRepository: refuseUnsupported,
  DescribeRepositories: refuseUnsupported,
  DeleteRepository: refuseUnsupported,
  PutImageTagMutability: refuseUnsupported,
  PutImageScanningConfiguration: refuseUnsupported,
});
