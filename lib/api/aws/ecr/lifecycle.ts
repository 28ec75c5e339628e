import type { AwsApp } from '../aws-app.ts';
import { awsError } from '../aws-error.ts';
import { defineOperations, type Call } from '../define-operations.ts';
import { requireAwsRepository, type AddressedRepository } from '../find-aws-repository.ts';
import { refuseUnsupported } from '../unsupported.ts';
import { ECR_LIFECYCLE_SHAPES } from './shapes/lifecycle.ts';

export const ECR_LIFECYCLE = defineOperations('ecr', ECR_LIFECYCLE_SHAPES, {
  PutLifecyclePolicy: refuseUnsupported,
  GetLifecyclePolicy: refuseMissing('LifecyclePolicyNotFoundException', 'Lifecycle policy'),
  DeleteLifecyclePolicy: refuseMissing('LifecyclePolicyNotFoundException', 'Lifecycle policy'),
  StartLifecyclePolicyPreview: refuseUnsupported,
  GetLifecyclePolicyPreview: refuseMissing('LifecyclePolicyPreviewNotFoundException', 'Lifecycle policy preview'),
});

function refuseMissing(type: string, what: string) {
  return async (app: AwsApp, call: Call, named: AddressedRepository): Promise<never> => {
    await requireAwsRepository(app, call, named);
    const { registryId } = call.registry.membership;
    throw awsError(
      type,
      `${what} does not exist for the repository with name '${named.repositoryName}' in the registry with id '${registryId}'`,
    );
  };
}
