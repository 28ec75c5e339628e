// A site whose owner has a registry with robots. For tests only.
import { GetCallerIdentityCommand, type GetCallerIdentityCommandOutput } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { RegistryRole, UserCaller } from '#lib/access/schema.ts';
import { ensureRegistry } from '#lib/publishers/ensure-registry.ts';
import { createAwsClients, type AwsCredentials } from './aws/create-aws-clients.ts';
import { createTestApp, type TestApp, type TestUser } from './create-test-app.ts';

export type RobotFixture = {
  readonly vitrine: TestApp;
  /** A new one with a new registry for each test. */
  readonly owner: TestUser;
  readonly registryKey: bigint;
  /** Adds a member. */
  join: (role: RegistryRole) => Promise<UserCaller>;
  /** Asks who an access key belongs to. */
  identify: (robot: { key: AwsCredentials }) => Promise<GetCallerIdentityCommandOutput>;
  /** Returns the status of a login at /v2/. */
  logIn: (token: string) => Promise<number>;
};

/** Registers the hooks that start and close the site. Call it once at the top of a test file. */
export function useRobotSite(env: Record<string, string> = {}): RobotFixture {
  let vitrine: TestApp;
  let owner: TestUser;
  let registryKey: bigint;
  beforeAll(async () => {
    vitrine = await createTestApp(env);
  });
  beforeEach(async () => {
    owner = await vitrine.createUser();
    registryKey = await ensureRegistry(vitrine.app, { caller: owner.caller });
  });
  afterAll(() => vitrine.close());
  return {
    get vitrine() {
      return vitrine;
    },
    get owner() {
      return owner;
    },
    get registryKey() {
      return registryKey;
    },
    join: async (role) => {
      const { caller } = await vitrine.createUser();
      await vitrine.app.db.member.create({ data: { registryKey, userId: caller.principal.userId, role } });
      return caller;
    },
    identify: ({ key }) => createAwsClients(vitrine.url, key).sts.send(new GetCallerIdentityCommand({})),
    logIn: async (token) => {
      const authorization = `Basic ${Buffer.from(`any:${token}`).toString('base64')}`;
      return (await fetch(`${vitrine.url}/v2/`, { headers: { authorization } })).status;
    },
  };
}
