import { defineOperations } from '../define-operations.ts';
import { deleteAwsPolicy, getAwsPolicy, setAwsPolicy } from '../repository-policies.ts';
import { PUBLIC_POLICIES_SHAPES } from './shapes/policies.ts';

export const PUBLIC_POLICIES = defineOperations('ecr-public', PUBLIC_POLICIES_SHAPES, {
  SetRepositoryPolicy: setAwsPolicy,
  GetRepositoryPolicy: getAwsPolicy,
  DeleteRepositoryPolicy: deleteAwsPolicy,
});
