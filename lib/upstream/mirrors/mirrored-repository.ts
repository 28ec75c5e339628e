import type { FoundRepository } from '#lib/repositories/find-repository.ts';

/** A repository whose images are pulled through from an upstream. */
export type MirroredRepository = FoundRepository & { upstream: NonNullable<FoundRepository['upstream']> };

export function isMirrored(repository: FoundRepository): repository is MirroredRepository {
  return repository.upstream !== null;
}
