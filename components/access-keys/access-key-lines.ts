import { quoteForShell } from '../account/quote-for-shell.ts';

export type AwsAddress = {
  /** The site's origin. */
  endpoint: string;
  /** The host of image names. */
  host: string;
  region: string;
};

type KeyPair = { accessKeyId: string; secretAccessKey: string };

/**
 * Sets the variables that the AWS CLI, SDKs and Terraform read. Older clients take the region from
 * AWS_DEFAULT_REGION, and the Go SDK's STS calls need an endpoint of their own.
 */
export function environmentLines(key: KeyPair, { endpoint, region }: AwsAddress): string {
  return [
    ['AWS_ACCESS_KEY_ID', key.accessKeyId],
    ['AWS_SECRET_ACCESS_KEY', key.secretAccessKey],
    ['AWS_ENDPOINT_URL', endpoint],
    ['AWS_ENDPOINT_URL_STS', endpoint],
    ['AWS_REGION', region],
    ['AWS_DEFAULT_REGION', region],
  ]
    .map(([name, value]) => `export ${name}=${quoteForShell(value ?? '')}`)
    .join('\n');
}

/** Works with old versions of the AWS CLI too, which ignore AWS_ENDPOINT_URL. */
export function dockerLoginLine({ endpoint, host }: AwsAddress): string {
  return `aws ecr get-login-password --endpoint-url ${endpoint} | docker login -u AWS --password-stdin ${host}`;
}
