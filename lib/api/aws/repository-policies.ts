// Policies of repositories, of which there are none yet (unsupported.ts).
import type { AwsApp } from './aws-app.ts';
import { awsError } from './aws-error.ts';
import type { Call } from './define-operations.ts';
import { requireAwsRepository, type AddressedRepository } from './find-aws-repository.ts';

/** @throws AppError `RepositoryPolicyNotFoundException`, as for a repository without a policy */
export async function refuseMissingPolicy(app: AwsApp, call: Call, named: AddressedRepository): Promise<never> {
  await requireAwsRepository(app, call, named);
  const { registryId } = call.holder.membership;
  throw awsError(
    'RepositoryPolicyNotFoundException',
    `Repository policy does not exist for the repository with name '${named.repositoryName}' in the registry with id '${registryId}'`,
  );
}
