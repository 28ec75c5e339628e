import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import { refuseQuarantined } from '#lib/repositories/refuse-quarantined.ts';
import type { AwsApp } from './aws-app.ts';
import { awsError } from './aws-error.ts';
import type { Call } from './define-operations.ts';
import { requireAwsRepository, type AddressedRepository, type NamedParts } from './find-aws-repository.ts';

/**
 * Finds a repository whose content the call may change.
 * @throws AppError `AccessDeniedException`, also for a quarantined repository and for a mirror, whose content follows
 *   its upstream; `RepositoryNotFoundException`
 */
export async function requireAwsWritable(
  app: AwsApp,
  call: Call,
  addressed: AddressedRepository,
  named?: NamedParts,
): Promise<FoundRepository> {
  const repository = await requireAwsRepository(app, call, addressed, named);
  refuseQuarantined(repository);
  if (!repository.upstream) return repository;
  const message = `${repository.fullName} is mirrored from ${repository.upstream.name}, so its images can't be changed here.`;
  throw awsError('AccessDeniedException', message);
}
