import { awsError } from '../aws-error.ts';
import { defineOperations, type Call } from '../define-operations.ts';
import { requireAwsImage } from '../find-aws-image.ts';
import { requireAwsRepository } from '../find-aws-repository.ts';
import { requireAwsAllowed } from '../require-aws-allowed.ts';
import { refuseUnsupported } from '../unsupported.ts';
import { ECR_SIGNING_SHAPES } from './shapes/signing.ts';

export const ECR_SIGNING = defineOperations('ecr', ECR_SIGNING_SHAPES, {
  PutSigningConfiguration: refuseUnsupported,
  GetSigningConfiguration: (_app, call) => refuseMissing(call),
  DeleteSigningConfiguration: (_app, call) => refuseMissing(call),
  DescribeImageSigningStatus: async (app, call, { imageId, ...named }) => {
    const repository = await requireAwsRepository(app, call, named);
    const imageDigest = await requireAwsImage(app, call, { repository, imageId });
    const { registryId } = call.registry.membership;
    return { repositoryName: repository.name, registryId, imageId: { ...imageId, imageDigest }, signingStatuses: [] };
  },
});

function refuseMissing(call: Call): Promise<never> {
  requireAwsAllowed(call);
  const message = `Signing configuration does not exist in the registry with id '${call.holder.membership.registryId}'`;
  return Promise.reject(awsError('SigningConfigurationNotFoundException', message));
}
