// A site with a user, an access key and AWS clients for a test file.
import { afterAll, beforeAll } from 'vitest';
import type { CreatedAccessKey } from '#lib/identity/access-keys/insert-access-key.ts';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { buildImage, type BuiltManifest, type Platform } from '#lib/testing/images/build-image.ts';
import { createAwsClients, createTestKey, type AwsClients } from './create-aws-clients.ts';

const AMD: Platform = { os: 'linux', architecture: 'amd64' };

export type AwsFixture = {
  readonly vitrine: TestApp;
  readonly user: TestUser;
  readonly key: CreatedAccessKey;
  readonly aws: AwsClients;
  /** Creates an empty repository and returns its name. */
  createEmpty: (visibility?: 'private' | 'public') => Promise<string>;
  build: (text: string, platform?: Platform) => Promise<BuiltManifest>;
  /** Pushes to /v2. */
  push: (name: string, image: BuiltManifest, tags: string[]) => Promise<void>;
};

/** Registers the hooks that start and close the site. Call it once at the top of a test file. */
export function useAwsSite(env: Record<string, string> = {}): AwsFixture {
  let vitrine: TestApp;
  let user: TestUser;
  let key: CreatedAccessKey;
  let aws: AwsClients;
  let count = 0;
  beforeAll(async () => {
    vitrine = await createTestApp(env);
    user = await vitrine.createUser();
    key = await createTestKey(vitrine, user);
    aws = createAwsClients(vitrine.url, key);
  });
  afterAll(() => vitrine.close());
  return {
    get vitrine() {
      return vitrine;
    },
    get user() {
      return user;
    },
    get key() {
      return key;
    },
    get aws() {
      return aws;
    },
    createEmpty: async (visibility = 'private') => {
      const name = `team/app-${(count += 1)}`;
      await createRepository(vitrine.app, { caller: user.caller, alias: user.alias, name, visibility });
      return name;
    },
    build: (text, platform = AMD) =>
      buildImage({ platform, layers: [[{ path: 'app', content: text }]], created: '2026-01-01T00:00:00Z' }),
    push: (name, image, tags) =>
      createDistributionClient(vitrine.url, user.token).push(`${user.alias}/${name}`, image, tags),
  };
}
