// Request and response shapes of ECR's scanning operations.
import { z } from 'zod';
import { members, text, timestamp, whole } from '#lib/api/aws/values.ts';
import {
  ecrRegistryId,
  ecrRepositoryName,
  ecrImageIdentifier,
  ecrFindingSeverity,
  ecrImageScanStatus,
} from './shared.ts';
import type { OperationShapes } from '#lib/api/aws/define-operations.ts';

const scanningConfigurationFailureCode = z.enum(['REPOSITORY_NOT_FOUND']);
const repositoryScanningConfigurationFailure = z.object({
  failureCode: scanningConfigurationFailureCode.optional(),
  failureReason: text().optional(),
  repositoryName: ecrRepositoryName.optional(),
});
const scanningRepositoryFilterValue = text({ min: 1, max: 255, pattern: '[a-z0-9*](?:[._\\-/a-z0-9*]?[a-z0-9*]+)*' });
const scanningRepositoryFilterType = z.enum(['WILDCARD']);
const scanningRepositoryFilter = z.object({
  filter: scanningRepositoryFilterValue,
  filterType: scanningRepositoryFilterType,
});
const scanFrequency = z.enum(['SCAN_ON_PUSH', 'CONTINUOUS_SCAN', 'MANUAL']);
const repositoryScanningConfiguration = z.object({
  appliedScanFilters: members(scanningRepositoryFilter, { min: 0, max: 100 }).optional(),
  repositoryArn: text().optional(),
  repositoryName: ecrRepositoryName.optional(),
  scanFrequency: scanFrequency.optional(),
  scanOnPush: z.boolean().optional(),
});
const cvssScore = z.object({
  baseScore: z.number().optional(),
  scoringVector: text().optional(),
  source: text().optional(),
  version: text().optional(),
});
const vulnerablePackage = z.object({
  arch: text().optional(),
  epoch: whole().optional(),
  filePath: text().optional(),
  fixedInVersion: text().optional(),
  name: text().optional(),
  packageManager: text().optional(),
  release: text().optional(),
  sourceLayerHash: text().optional(),
  version: text().optional(),
});
const packageVulnerabilityDetails = z.object({
  cvss: members(cvssScore).optional(),
  referenceUrls: members(text()).optional(),
  relatedVulnerabilities: members(text()).optional(),
  source: text().optional(),
  sourceUrl: text().optional(),
  vendorCreatedAt: timestamp().optional(),
  vendorSeverity: text().optional(),
  vendorUpdatedAt: timestamp().optional(),
  vulnerabilityId: text().optional(),
  vulnerablePackages: members(vulnerablePackage).optional(),
});
const recommendation = z.object({ text: text().optional(), url: text().optional() });
const remediation = z.object({ recommendation: recommendation.optional() });
const awsEcrContainerImageDetails = z.object({
  architecture: text().optional(),
  author: text().optional(),
  imageHash: text().optional(),
  imageTags: members(text({ min: 1, max: 300 })).optional(),
  inUseCount: whole({ min: 0 }).optional(),
  lastInUseAt: timestamp().optional(),
  platform: text().optional(),
  pushedAt: timestamp().optional(),
  registry: ecrRegistryId.optional(),
  repositoryName: ecrRepositoryName.optional(),
});
const resourceDetails = z.object({ awsEcrContainerImage: awsEcrContainerImageDetails.optional() });
const resource = z.object({
  details: resourceDetails.optional(),
  id: text().optional(),
  tags: z.record(text(), text()).optional(),
  type: text().optional(),
});
const cvssScoreAdjustment = z.object({ metric: text().optional(), reason: text().optional() });
const cvssScoreDetails = z.object({
  adjustments: members(cvssScoreAdjustment).optional(),
  score: z.number().optional(),
  scoreSource: text().optional(),
  scoringVector: text().optional(),
  version: text().optional(),
});
const scoreDetails = z.object({ cvss: cvssScoreDetails.optional() });
const enhancedImageScanFinding = z.object({
  awsAccountId: ecrRegistryId.optional(),
  description: text().optional(),
  exploitAvailable: text().optional(),
  findingArn: text().optional(),
  firstObservedAt: timestamp().optional(),
  fixAvailable: text().optional(),
  lastObservedAt: timestamp().optional(),
  packageVulnerabilityDetails: packageVulnerabilityDetails.optional(),
  remediation: remediation.optional(),
  resources: members(resource).optional(),
  score: z.number().optional(),
  scoreDetails: scoreDetails.optional(),
  severity: text().optional(),
  status: text().optional(),
  title: text().optional(),
  type: text().optional(),
  updatedAt: timestamp().optional(),
});
const attribute = z.object({ key: text({ min: 1, max: 128 }), value: text({ min: 1, max: 256 }).optional() });
const imageScanFinding = z.object({
  attributes: members(attribute, { min: 0, max: 50 }).optional(),
  description: text().optional(),
  name: text().optional(),
  severity: ecrFindingSeverity.optional(),
  uri: text().optional(),
});
const imageScanFindings = z.object({
  enhancedFindings: members(enhancedImageScanFinding).optional(),
  findingSeverityCounts: z.partialRecord(ecrFindingSeverity, whole({ min: 0 })).optional(),
  findings: members(imageScanFinding).optional(),
  imageScanCompletedAt: timestamp().optional(),
  vulnerabilitySourceUpdatedAt: timestamp().optional(),
});
const registryScanningRule = z.object({
  repositoryFilters: members(scanningRepositoryFilter, { min: 0, max: 100 }),
  scanFrequency,
});
const scanType = z.enum(['BASIC', 'ENHANCED']);
const registryScanningConfiguration = z.object({
  rules: members(registryScanningRule, { min: 0, max: 2 }).optional(),
  scanType: scanType.optional(),
});

export const ECR_SCANNING_SHAPES = {
  PutRegistryScanningConfiguration: {
    input: z.object({
      rules: members(registryScanningRule, { min: 0, max: 2 }).optional(),
      scanType: scanType.optional(),
    }),
    output: z.object({ registryScanningConfiguration: registryScanningConfiguration.optional() }),
    errors: ['ValidationException', 'BlockedByOrganizationPolicyException'],
  },
  GetRegistryScanningConfiguration: {
    input: z.object({}),
    output: z.object({
      registryId: ecrRegistryId.optional(),
      scanningConfiguration: registryScanningConfiguration.optional(),
    }),
    errors: ['ValidationException'],
  },
  BatchGetRepositoryScanningConfiguration: {
    input: z.object({ repositoryNames: members(ecrRepositoryName, { min: 1, max: 25 }) }),
    output: z.object({
      failures: members(repositoryScanningConfigurationFailure).optional(),
      scanningConfigurations: members(repositoryScanningConfiguration).optional(),
    }),
    errors: ['RepositoryNotFoundException', 'ValidationException'],
  },
  StartImageScan: {
    input: z.object({
      imageId: ecrImageIdentifier,
      registryId: ecrRegistryId.optional(),
      repositoryName: ecrRepositoryName,
    }),
    output: z.object({
      imageId: ecrImageIdentifier.optional(),
      imageScanStatus: ecrImageScanStatus.optional(),
      registryId: ecrRegistryId.optional(),
      repositoryName: ecrRepositoryName.optional(),
    }),
    errors: [
      'UnsupportedImageTypeException',
      'LimitExceededException',
      'RepositoryNotFoundException',
      'ImageNotFoundException',
      'ValidationException',
      'ImageArchivedException',
    ],
  },
  DescribeImageScanFindings: {
    input: z.object({
      imageId: ecrImageIdentifier,
      maxResults: whole({ min: 1, max: 1000 }).optional(),
      nextToken: text().optional(),
      registryId: ecrRegistryId.optional(),
      repositoryName: ecrRepositoryName,
    }),
    output: z.object({
      imageId: ecrImageIdentifier.optional(),
      imageScanFindings: imageScanFindings.optional(),
      imageScanStatus: ecrImageScanStatus.optional(),
      nextToken: text().optional(),
      registryId: ecrRegistryId.optional(),
      repositoryName: ecrRepositoryName.optional(),
    }),
    errors: ['RepositoryNotFoundException', 'ImageNotFoundException', 'ScanNotFoundException', 'ValidationException'],
  },
} as const satisfies OperationShapes;
