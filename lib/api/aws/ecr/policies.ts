import { awsError } from '../aws-error.ts';
import { defineOperations, type Call } from '../define-operations.ts';
import { deleteAwsPolicy, getAwsPolicy, setAwsPolicy } from '../repository-policies.ts';
import { requireAwsAllowed } from '../require-aws-allowed.ts';
import { refuseUnsupported } from '../unsupported.ts';
import { ECR_POLICIES_SHAPES } from './shapes/policies.ts';

export const ECR_POLICIES = defineOperations('ecr', ECR_POLICIES_SHAPES, {
  SetRepositoryPolicy: setAwsPolicy,
  GetRepositoryPolicy: getAwsPolicy,
  DeleteRepositoryPolicy: deleteAwsPolicy,
  PutRegistryPolicy: refuseUnsupported,
  GetRegistryPolicy: (_app, call) => refuseMissing(call),
  DeleteRegistryPolicy: (_app, call) => refuseMissing(call),
});

function refuseMissing(call: Call): Promise<never> {
  requireAwsAllowed(call);
  const message = `Registry policy does not exist in the registry with id '${call.holder.membership.registryId}'`;
  return Promise.reject(awsError('RegistryPolicyNotFoundException', message));
}
