// What the Terraform AWS provider does for an `aws_ecr_repository`, and reads back.
import {
  CreateRepositoryCommand,
  DeleteRepositoryCommand,
  DescribeRepositoriesCommand,
  ListTagsForResourceCommand,
  type CreateRepositoryCommandInput,
  type Repository,
} from '@aws-sdk/client-ecr';
import { beforeAll, expect } from 'vitest';
import { createAwsClients, type AwsClients, type AwsCredentials } from '#lib/testing/aws/create-aws-clients.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import type { BuiltManifest } from '#lib/testing/images/build-image.ts';
import { BASE_URL, createPublisher, HOST, type Publisher } from '../../fixtures.ts';

type RepositoryConfig = Omit<CreateRepositoryCommandInput, 'repositoryName'>;

export const MUTABLE: RepositoryConfig = { imageTagMutability: 'MUTABLE' };
export const TAGGED: RepositoryConfig = {
  imageTagMutability: 'IMMUTABLE',
  encryptionConfiguration: { encryptionType: 'AES256' },
  // `scan_on_push = false`: Go leaves out false.
  imageScanningConfiguration: {},
  tags: [
    { Key: 'Name', Value: ' A team ' },
    { Key: 'empty', Value: '' },
  ],
};
export const EXCLUDING: RepositoryConfig = {
  imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
  imageTagMutabilityExclusionFilters: ['z-*', 'a-*-b*'].map((filter) => ({ filter, filterType: 'WILDCARD' })),
};

type RepositoryState = Omit<Repository, 'createdAt'> & { tags: Record<string, string | undefined> };

type TerraformFixture = {
  readonly aws: AwsClients;
  readonly registryId: string;
  /** Host and alias, as image names begin. */
  readonly address: string;
  create: (name: string, config?: RepositoryConfig) => Promise<void>;
  destroy: (name: string, force?: true) => Promise<void>;
  readRepository: (name: string) => Promise<RepositoryState>;
  /** The state that makes a plan empty. */
  stateOf: (name: string, config: RepositoryConfig) => RepositoryState;
  expectGone: (name: string) => Promise<void>;
  push: (name: string, image: BuiltManifest, tags: string[]) => Promise<void>;
};

/** Registers the hook that creates a publisher with an access key. Call it once at the top of a test file. */
export function useTerraform(): TerraformFixture {
  let publisher: Publisher;
  let registryId: string;
  let aws: AwsClients;
  beforeAll(async () => {
    publisher = await createPublisher('api:write', 'pull', 'push', 'delete');
    const { registries } = await callApi<{ registries: [{ registryId: string }] }>(publisher, 'GET', 'me');
    ({ registryId } = registries[0]);
    aws = createAwsClients(
      BASE_URL,
      await callApi<AwsCredentials>(publisher, 'POST', `registries/${registryId}/access-keys`),
    );
  });

  async function findRepository(name: string): Promise<Repository> {
    const { repositories } = await aws.ecr.send(new DescribeRepositoriesCommand({ repositoryNames: [name] }));
    expect(repositories).toHaveLength(1);
    return repositories?.[0] ?? {};
  }
  const byKey = (tags: { Key?: string | undefined; Value?: string | undefined }[] = []) =>
    Object.fromEntries(tags.map(({ Key = '', Value }) => [Key, Value]));

  return {
    get aws() {
      return aws;
    },
    get registryId() {
      return registryId;
    },
    get address() {
      return `${HOST}/${publisher.alias}`;
    },
    create: async (repositoryName, config = MUTABLE) => {
      await aws.ecr.send(new CreateRepositoryCommand({ repositoryName, ...config }));
    },
    destroy: async (repositoryName, force) => {
      await aws.ecr.send(new DeleteRepositoryCommand({ registryId, repositoryName, force }));
    },
    readRepository: async (name) => {
      const { createdAt: _, ...repository } = await findRepository(name);
      const { repositoryArn: resourceArn } = repository;
      const { tags } = await aws.ecr.send(new ListTagsForResourceCommand({ resourceArn }));
      return { ...repository, tags: byKey(tags) };
    },
    stateOf: (name, { tags, ...config }) => ({
      registryId,
      repositoryName: name,
      repositoryArn: `arn:aws:ecr:us-east-1:${registryId}:repository/${name}`,
      repositoryUri: `${HOST}/${publisher.alias}/${name}`,
      ...config,
      encryptionConfiguration: { encryptionType: 'AES256' },
      imageScanningConfiguration: { scanOnPush: false },
      tags: byKey(tags),
    }),
    expectGone: (name) => expect(findRepository(name)).rejects.toMatchObject({ name: 'RepositoryNotFoundException' }),
    push: (name, image, tags) =>
      createDistributionClient(BASE_URL, publisher.secret).push(`${publisher.alias}/${name}`, image, tags),
  };
}

async function callApi<Result>({ secret }: Publisher, method: string, path: string): Promise<Result> {
  const headers = { authorization: `Bearer ${secret}` };
  const response = await fetch(`${BASE_URL}/api/v1/${path}`, { method, headers });
  if (!response.ok) throw new Error(`${method} ${path} failed: ${await response.text()}`);
  return (await response.json()) as Result;
}
