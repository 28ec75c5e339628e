import { repositoryArn } from '#lib/access/resource-names.ts';
import { awsError } from '../aws-error.ts';
import { defineOperations } from '../define-operations.ts';
import { requireAwsImage } from '../find-aws-image.ts';
import { requireAwsRepository } from '../find-aws-repository.ts';
import { requireAwsAllowed } from '../require-aws-allowed.ts';
import { refuseUnsupported, unsupported } from '../unsupported.ts';
import { ECR_SCANNING_SHAPES } from './shapes/scanning.ts';

export const ECR_SCANNING = defineOperations('ecr', ECR_SCANNING_SHAPES, {
  GetRegistryScanningConfiguration: (_app, call) => {
    requireAwsAllowed(call);
    const { registryId } = call.holder.membership;
    return Promise.resolve({ registryId, scanningConfiguration: { scanType: 'BASIC' as const, rules: [] } });
  },

  /** Terraform deletes a configuration by putting a basic one without rules. */
  PutRegistryScanningConfiguration: (_app, call, { scanType = 'BASIC', rules = [] }) => {
    requireAwsAllowed(call);
    if (scanType !== 'BASIC' || rules.length > 0) throw unsupported(call);
    return Promise.resolve({ registryScanningConfiguration: { scanType, rules } });
  },

  BatchGetRepositoryScanningConfiguration: async (app, call, { repositoryNames }) => {
    requireAwsAllowed(call);
    const { holder, caller } = call;
    const { registryId } = holder.membership;
    const found = await app.db.repository.findMany({
      where: { registryKey: holder.registryKey, visibility: 'private', name: { in: repositoryNames } },
      select: { name: true },
    });
    const names = new Set(found.map(({ name }) => name));
    const { region } = caller.context.site;
    return {
      scanningConfigurations: repositoryNames
        .filter((name) => names.has(name))
        .map((repositoryName) => ({
          repositoryArn: repositoryArn(registryId, { region, name: repositoryName, visibility: 'private' }),
          repositoryName,
          scanOnPush: false,
          scanFrequency: 'MANUAL' as const,
          appliedScanFilters: [],
        })),
      failures: repositoryNames
        .filter((name) => !names.has(name))
        .map((repositoryName) => ({
          repositoryName,
          failureCode: 'REPOSITORY_NOT_FOUND' as const,
          failureReason: `The repository with name '${repositoryName}' does not exist in the registry with id '${registryId}'`,
        })),
    };
  },

  StartImageScan: refuseUnsupported,

  DescribeImageScanFindings: async (app, call, { imageId, ...named }) => {
    const repository = await requireAwsRepository(app, call, named);
    const digest = await requireAwsImage(app, call, { repository, imageId });
    throw awsError('ScanNotFoundException', `Image scan does not exist for the image with digest '${digest}'`);
  },
});
