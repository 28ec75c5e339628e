import type { AttemptLog } from '#lib/events/attempt-log.ts';
import type { DistributionApp } from '#lib/distribution/http/distribution-request.ts';
import type { MasterKeys } from '#lib/keys/master-keys.ts';
import type { RepositoryKeys } from '#lib/keys/repository-keys.ts';
import type { IssuerKeys } from '#lib/identity/federation/issuer-keys.ts';
import type { AuthKeys } from '#lib/identity/credentials/auth-keys.ts';
import type { FairLimiter } from '#lib/platform/concurrency/fair-limiter.ts';
import type { PublisherConfig } from '#lib/publishers/publisher-config.ts';
import type { RepositoryConfig } from '#lib/repositories/repository-config.ts';

/** The parts of App that the AWS APIs use. */
export type AwsApp = Omit<DistributionApp, 'authKeys' | 'config'> & {
  authKeys: AuthKeys;
  masterKeys: MasterKeys;
  repositoryKeys: RepositoryKeys;
  issuerKeys: IssuerKeys;
  largeCalls: FairLimiter;
  logoLimiter: FairLimiter;
  apiCallLog: Pick<AttemptLog, 'note'>;
  config: DistributionApp['config'] & PublisherConfig & RepositoryConfig;
};
