import { defineOperations } from '../define-operations.ts';
import { deleteAwsPolicy, getAwsPolicy, setAwsPolicy } from '../repository-policies.ts';
import { deleteAwsRegistryPolicy, getAwsRegistryPolicy, putAwsRegistryPolicy } from './registry-policy.ts';
import { ECR_POLICIES_SHAPES } from './shapes/policies.ts';

export const ECR_POLICIES = defineOperations('ecr', ECR_POLICIES_SHAPES, {
  SetRepositoryPolicy: setAwsPolicy,
  GetRepositoryPolicy: getAwsPolicy,
  DeleteRepositoryPolicy: deleteAwsPolicy,
  PutRegistryPolicy: putAwsRegistryPolicy,
  GetRegistryPolicy: getAwsRegistryPolicy,
  DeleteRegistryPolicy: deleteAwsRegistryPolicy,
});
