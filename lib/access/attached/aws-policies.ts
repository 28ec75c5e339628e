// The managed policies of AWS that registries can attach. Actions that this site doesn't have are left out.
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/security-iam-awsmanpol.html
// https://docs.aws.amazon.com/AmazonECR/latest/public/public-security-iam-awsmanpol.html

export type AwsPolicy = { description: string; policy: string };

const ECR_READS = [
  ...([
    'BatchCheckLayerAvailability',
    'GetDownloadUrlForLayer',
    'GetRepositoryPolicy',
    'DescribeRepositories',
  ] as const),
  ...(['ListImages', 'DescribeImages', 'BatchGetImage', 'GetLifecyclePolicy', 'GetLifecyclePolicyPreview'] as const),
  ...(['ListTagsForResource', 'DescribeImageScanFindings'] as const),
];
const PUBLIC_READS = [
  ...(['BatchCheckLayerAvailability', 'GetRepositoryPolicy', 'DescribeRepositories', 'DescribeRegistries'] as const),
  ...(['DescribeImages', 'DescribeImageTags', 'GetRepositoryCatalogData', 'GetRegistryCatalogData'] as const),
];
const PUSH = ['InitiateLayerUpload', 'UploadLayerPart', 'CompleteLayerUpload', 'PutImage'];

function ecr(names: readonly string[]): string {
  return allow(['GetAuthorizationToken', ...names].map((name) => `ecr:${name}`));
}

function ecrPublic(names: readonly string[]): string {
  const [token = '', ...others] = ['GetAuthorizationToken', ...names].map((name) => `ecr-public:${name}`);
  return allow([token, 'sts:GetServiceBearerToken', ...others]);
}

function allow(actions: readonly string[]): string {
  const statement = { Effect: 'Allow', Action: actions, Resource: '*' };
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] }, null, 2);
}

export const AWS_POLICIES: ReadonlyMap<string, AwsPolicy> = new Map([
  [
    'AmazonEC2ContainerRegistryFullAccess',
    { description: 'Everything in private repositories and their registry.', policy: allow(['ecr:*']) },
  ],
  [
    'AmazonEC2ContainerRegistryPowerUser',
    {
      description: 'Read and push private repositories, without deleting images or changing policies.',
      policy: ecr([...ECR_READS, ...PUSH]),
    },
  ],
  ['AmazonEC2ContainerRegistryReadOnly', { description: 'Read private repositories.', policy: ecr(ECR_READS) }],
  [
    'AmazonEC2ContainerRegistryPullOnly',
    {
      description: 'Pull from private repositories.',
      policy: ecr(['BatchGetImage', 'GetDownloadUrlForLayer', 'BatchImportUpstreamImage']),
    },
  ],
  [
    'AmazonElasticContainerRegistryPublicFullAccess',
    {
      description: 'Everything in public repositories and their registry.',
      policy: allow(['ecr-public:*', 'sts:GetServiceBearerToken']),
    },
  ],
  [
    'AmazonElasticContainerRegistryPublicPowerUser',
    {
      description: 'Read and push public repositories, without deleting images or changing policies and catalog data.',
      policy: ecrPublic([...PUBLIC_READS, ...PUSH]),
    },
  ],
  [
    'AmazonElasticContainerRegistryPublicReadOnly',
    { description: 'Read public repositories.', policy: ecrPublic(PUBLIC_READS) },
  ],
]);
