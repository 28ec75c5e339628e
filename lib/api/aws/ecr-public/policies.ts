import { defineOperations } from '../define-operations.ts';
import { refuseMissingPolicy } from '../repository-policies.ts';
import { refuseUnsupported } from '../unsupported.ts';
import { PUBLIC_POLICIES_SHAPES } from './shapes/policies.ts';

export const PUBLIC_POLICIES = defineOperations('ecr-public', PUBLIC_POLICIES_SHAPES, {
  SetRepositoryPolicy: refuseUnsupported,
  GetRepositoryPolicy: refuseMissingPolicy,
  DeleteRepositoryPolicy: refuseMissingPolicy,
});
