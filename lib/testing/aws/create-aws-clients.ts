// Clients of the AWS APIs for a test user.
import { ECRClient } from '@aws-sdk/client-ecr';
import { ECRPUBLICClient } from '@aws-sdk/client-ecr-public';
import { STSClient } from '@aws-sdk/client-sts';
import { createAccessKey } from '#lib/identity/access-keys/create-access-key.ts';
import type { CreatedAccessKey } from '#lib/identity/access-keys/insert-access-key.ts';
import { ensureRegistry } from '#lib/publishers/ensure-registry.ts';
import type { TestApp, TestUser } from '../create-test-app.ts';

export type AwsCredentials = { accessKeyId: string; secretAccessKey: string; sessionToken?: string };

export type AwsClients = { ecr: ECRClient; ecrPublic: ECRPUBLICClient; sts: STSClient };

/** Creates a key for the user's own registry. */
export async function createTestKey({ app }: Pick<TestApp, 'app'>, { caller }: TestUser): Promise<CreatedAccessKey> {
  const registryKey = await ensureRegistry(app, { caller });
  return createAccessKey(app, { caller, registryKey });
}

export function createAwsClients(endpoint: string, credentials: AwsCredentials): AwsClients {
  // A second try would hide a fault.
  const options = { endpoint, region: 'eu-central-1', credentials, maxAttempts: 1 };
  return {
    ecr: new ECRClient(options),
    ecrPublic: new ECRPUBLICClient({ ...options, region: 'us-east-1' }),
    sts: new STSClient(options),
  };
}
