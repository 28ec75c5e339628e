// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
import { setTagMutability } from '#lib/repositories/tag-mutability/set-tag-mutability.ts';
import { awsError } from '../aws-error.ts';
import { defineOperations } from '../define-operations.ts';
import { requireAwsRepository } from '../find-aws-repository.ts';
import { createAwsRepository, deleteAwsRepository, requireAwsCreation } from '../repositories/change-repository.ts';
import { describeRepositories } from '../repositories/describe-repositories.ts';
import { parseEncryption } from '../repositories/encryption.ts';
import { presentPrivateRepository } from '../repositories/present-repository.ts';
import { parseTagRule, presentTagRule } from '../repositories/tag-rule.ts';
import { unsupported } from '../unsupported.ts';
import { ECR_REPOSITORIES_SHAPES } from './shapes/repositories.ts';

const NO_SCANNING = "Scanning on push isn't supported yet. Set scanOnPush to false, or omit it.";

export const ECR_REPOSITORIES = defineOperations('ecr', ECR_REPOSITORIES_SHAPES, {
  CreateRepository: async (app, call, { encryptionConfiguration, imageScanningConfiguration, ...asked }) => {
    const { repositoryName, registryId, tags } = asked;
    await requireAwsCreation(app, call, { registryId, repositoryName, tags });
    const kmsKey = parseEncryption(encryptionConfiguration);
    if (imageScanningConfiguration?.scanOnPush) throw awsError('ValidationException', NO_SCANNING);
    const tagRule = parseTagRule(asked);
    const row = await createAwsRepository(app, call, { repositoryName, registryId, tags, tagRule, kmsKey });
    return { repository: presentPrivateRepository(app, call, row) };
  },

  DescribeRepositories: async (app, call, asked) => {
    const { rows, ...page } = await describeRepositories(app, call, asked);
    return { repositories: rows.map((row) => presentPrivateRepository(app, call, row)), ...page };
  },

  DeleteRepository: async (app, call, asked) => ({
    repository: presentPrivateRepository(app, call, await deleteAwsRepository(app, call, asked)),
  }),

  PutImageTagMutability: async (app, call, asked) => {
    const { name, fullName } = await requireAwsRepository(app, call, asked);
    const rule = await setTagMutability(app, { caller: call.caller, fullName, ...parseTagRule(asked) });
    return { registryId: call.registry.membership.registryId, repositoryName: name, ...presentTagRule(rule) };
  },

  PutImageScanningConfiguration: async (app, call, { imageScanningConfiguration, ...named }) => {
    const { name } = await requireAwsRepository(app, call, named);
    if (imageScanningConfiguration.scanOnPush) throw unsupported(call);
    const { registryId } = call.registry.membership;
    return { registryId, repositoryName: name, imageScanningConfiguration: { scanOnPush: false } };
  },
});
