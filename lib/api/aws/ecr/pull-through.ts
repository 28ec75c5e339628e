import { defineOperations } from '../define-operations.ts';
import { refuseUnsupported } from '../unsupported.ts';
import { ECR_PULL_THROUGH_SHAPES } from './shapes/pull-through.ts';

export const ECR_PULL_THROUGH = defineOperations('ecr', ECR_PULL_THROUGH_SHAPES, {
  CreatePullThroughCacheRule: refuseUnsupported,
  DescribePullThroughCacheRules: refuseUnsupported,
  UpdatePullThroughCacheRule: refuseUnsupported,
  DeletePullThroughCacheRule: refuseUnsupported,
  ValidatePullThroughCacheRule: refuseUnsupported,
});
