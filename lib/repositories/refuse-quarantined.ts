import { AppError } from '#lib/platform/errors.ts';
import type { FoundRepository } from './find-repository.ts';

/** @throws AppError `quarantined`, whose message `docker pull` prints */
export function refuseQuarantined({
  fullName,
  quarantineReason,
}: Pick<FoundRepository, 'fullName' | 'quarantineReason'>): void {
  if (quarantineReason === null) return;
  throw new AppError('quarantined', `${fullName} is in quarantine: ${quarantineReason}`);
}
