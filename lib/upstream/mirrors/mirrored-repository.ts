import type { MirrorNames } from '#lib/repositories/create-mirrored-repository.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';

/** A repository whose images are pulled through from an upstream. */
export type MirroredRepository = FoundRepository & { upstream: NonNullable<FoundRepository['upstream']> };

/** What fetching its content needs. */
export type FetchedMirror = MirrorNames & Pick<MirroredRepository, 'upstream'>;

export function isMirrored(repository: FoundRepository): repository is MirroredRepository {
  return repository.upstream !== null;
}
