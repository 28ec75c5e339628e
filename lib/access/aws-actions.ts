// The actions of the ECR and ECR Public APIs, by their AWS names.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html
import type { ActionFacts } from './action-facts.ts';

function each<const Name extends string>(names: readonly Name[], facts: ActionFacts): Record<Name, ActionFacts> {
  return Object.fromEntries(names.map((name) => [name, facts])) as Record<Name, ActionFacts>;
}

/** Reads of a repository. */
export const REPOSITORY_READS = [
  ...(['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:DescribeRepositories'] as const),
  ...(['ecr:ListImages', 'ecr:DescribeImages', 'ecr:ListImageReferrers', 'ecr:ListTagsForResource'] as const),
  ...(['ecr:GetRepositoryPolicy', 'ecr:GetLifecyclePolicy', 'ecr:GetLifecyclePolicyPreview'] as const),
  ...(['ecr:DescribeImageScanFindings', 'ecr:DescribeImageReplicationStatus'] as const),
  ...(['ecr:DescribeImageSigningStatus', 'ecr-public:BatchCheckLayerAvailability'] as const),
  ...(['ecr-public:DescribeRepositories', 'ecr-public:DescribeImages', 'ecr-public:DescribeImageTags'] as const),
  ...(['ecr-public:GetRepositoryCatalogData', 'ecr-public:GetRepositoryPolicy'] as const),
  'ecr-public:ListTagsForResource',
] as const;

/** The steps of a push. */
export const PUSH_STEPS = [
  ...(['ecr:InitiateLayerUpload', 'ecr:UploadLayerPart', 'ecr:CompleteLayerUpload'] as const),
  ...(['ecr-public:InitiateLayerUpload', 'ecr-public:UploadLayerPart', 'ecr-public:CompleteLayerUpload'] as const),
  'ecr-public:PutImage',
] as const;

/** Changes of a repository's settings. */
export const REPOSITORY_CHANGES = [
  ...(['ecr:PutImageTagMutability', 'ecr:PutImageScanningConfiguration', 'ecr:UpdateImageStorageClass'] as const),
  ...(['ecr:SetRepositoryPolicy', 'ecr:DeleteRepositoryPolicy', 'ecr:DeleteLifecyclePolicy'] as const),
  ...(['ecr:StartLifecyclePolicyPreview', 'ecr:StartImageScan', 'ecr:TagResource', 'ecr:UntagResource'] as const),
  ...(['ecr-public:DeleteRepository', 'ecr-public:SetRepositoryPolicy', 'ecr-public:DeleteRepositoryPolicy'] as const),
  ...(['ecr-public:TagResource', 'ecr-public:UntagResource'] as const),
] as const;

/** Registry settings. */
export const REGISTRY_SETTINGS = [
  ...(['ecr:DescribeRegistry', 'ecr:GetRegistryPolicy', 'ecr:PutRegistryPolicy', 'ecr:DeleteRegistryPolicy'] as const),
  ...(['ecr:GetRegistryScanningConfiguration', 'ecr:PutRegistryScanningConfiguration'] as const),
  ...(['ecr:BatchGetRepositoryScanningConfiguration', 'ecr:PutReplicationConfiguration'] as const),
  ...(['ecr:StartReplicationBackfill', 'ecr:StopReplicationBackfill', 'ecr:ListReplicationBackfills'] as const),
  ...(['ecr:DescribeReplicationBackfillResults', 'ecr:CreatePullThroughCacheRule'] as const),
  ...(['ecr:DescribePullThroughCacheRules', 'ecr:UpdatePullThroughCacheRule'] as const),
  ...(['ecr:DeletePullThroughCacheRule', 'ecr:ValidatePullThroughCacheRule'] as const),
  ...(['ecr:CreateRepositoryCreationTemplate', 'ecr:DescribeRepositoryCreationTemplates'] as const),
  ...(['ecr:UpdateRepositoryCreationTemplate', 'ecr:DeleteRepositoryCreationTemplate'] as const),
  ...(['ecr:PutSigningConfiguration', 'ecr:GetSigningConfiguration', 'ecr:DeleteSigningConfiguration'] as const),
  ...(['ecr:GetAccountSetting', 'ecr:PutAccountSetting', 'ecr:RegisterPullTimeUpdateExclusion'] as const),
  ...(['ecr:DeregisterPullTimeUpdateExclusion', 'ecr:ListPullTimeUpdateExclusions'] as const),
] as const;

/** Actions that every member may take on their registry. */
export const REGISTRY_READS = [
  ...(['ecr:GetAuthorizationToken', 'ecr-public:GetAuthorizationToken', 'ecr-public:DescribeRegistries'] as const),
  'ecr-public:GetRegistryCatalogData',
  'sts:GetSessionToken',
] as const;

const READ_REFUSED = "You don't have permission to read {repository}.";
const PUSH_REFUSED = "You don't have permission to push to {repository}.";
const CHANGE_REFUSED = "You don't have permission to change {repository}.";

// prettier-ignore
export const AWS_ACTIONS = {
  ...each(REPOSITORY_READS,   { on: 'repository', needs: 'pull',  refusal: READ_REFUSED }),
  ...each(PUSH_STEPS,         { on: 'repository', needs: 'push',  refusal: PUSH_REFUSED }),
  ...each(REPOSITORY_CHANGES, { on: 'repository', needs: 'write', refusal: CHANGE_REFUSED }),
  ...each(REGISTRY_SETTINGS,  { on: 'none',       needs: 'write', refusal: "You don't have permission to manage this registry." }),
  ...each(REGISTRY_READS,     { on: 'none',       needs: 'any',   refusal: "You aren't a member of this registry." }),
  'ecr-public:CreateRepository': { on: 'repository', needs: 'push',   refusal: "You don't have permission to create {repository}." },
  'ecr-public:BatchDeleteImage': { on: 'repository', needs: 'delete', refusal: "You don't have permission to delete from {repository}." },
} as const;
