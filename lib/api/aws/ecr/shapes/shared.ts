// Shapes shared by several groups of operations.
import { z } from 'zod';
import { text } from '#lib/api/aws/values.ts';

export const ecrRegistryId = text({ pattern: '[0-9]{12}' });
export const ecrRepositoryName = text({
  min: 2,
  max: 256,
  pattern: '[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(\\/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*',
});
export const ecrImageIdentifier = z.object({
  imageDigest: text().optional(),
  imageTag: text({ min: 1, max: 300 }).optional(),
});
export const ecrEncryptionType = z.enum(['AES256', 'KMS', 'KMS_DSSE']);
export const ecrImageTagMutability = z.enum([
  'MUTABLE',
  'IMMUTABLE',
  'IMMUTABLE_WITH_EXCLUSION',
  'MUTABLE_WITH_EXCLUSION',
]);
export const ecrImageTagMutabilityExclusionFilterValue = text({ min: 1, max: 128, pattern: '[0-9a-zA-Z._*-]{1,128}' });
export const ecrImageTagMutabilityExclusionFilterType = z.enum(['WILDCARD']);
export const ecrImageTagMutabilityExclusionFilter = z.object({
  filter: ecrImageTagMutabilityExclusionFilterValue,
  filterType: ecrImageTagMutabilityExclusionFilterType,
});
export const ecrTag = z.object({ Key: text(), Value: text() });
export const ecrFindingSeverity = z.enum(['INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL', 'UNDEFINED']);
export const ecrScanStatus = z.enum([
  'IN_PROGRESS',
  'COMPLETE',
  'FAILED',
  'UNSUPPORTED_IMAGE',
  'ACTIVE',
  'PENDING',
  'SCAN_ELIGIBILITY_EXPIRED',
  'FINDINGS_UNAVAILABLE',
  'LIMIT_EXCEEDED',
  'IMAGE_ARCHIVED',
  'IMAGE_SIZE_EXCEEDED',
]);
export const ecrImageScanStatus = z.object({ description: text().optional(), status: ecrScanStatus.optional() });
export const ecrTagStatus = z.enum(['TAGGED', 'UNTAGGED', 'ANY']);
