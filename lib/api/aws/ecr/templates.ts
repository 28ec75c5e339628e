import { awsError } from '../aws-error.ts';
import { defineOperations, type Call } from '../define-operations.ts';
import { requireAwsAllowed } from '../require-aws-allowed.ts';
import { refuseUnsupported } from '../unsupported.ts';
import { ECR_TEMPLATES_SHAPES } from './shapes/templates.ts';

export const ECR_TEMPLATES = defineOperations('ecr', ECR_TEMPLATES_SHAPES, {
  CreateRepositoryCreationTemplate: refuseUnsupported,
  DescribeRepositoryCreationTemplates: (_app, call) => {
    requireAwsAllowed(call);
    return Promise.resolve({ registryId: call.holder.membership.registryId, repositoryCreationTemplates: [] });
  },
  UpdateRepositoryCreationTemplate: (_app, call, { prefix }) => refuseMissing(call, prefix),
  DeleteRepositoryCreationTemplate: (_app, call, { prefix }) => refuseMissing(call, prefix),
});

function refuseMissing(call: Call, prefix: string): Promise<never> {
  requireAwsAllowed(call);
  const { registryId } = call.holder.membership;
  const message = `The repository creation template with prefix '${prefix}' does not exist in the registry with id '${registryId}'`;
  return Promise.reject(awsError('TemplateNotFoundException', message));
}
