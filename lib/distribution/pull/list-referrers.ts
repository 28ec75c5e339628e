import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import { isMirrored } from '#lib/upstream/mirrors/mirrored-repository.ts';
import type { CacheStatus } from '#lib/upstream/schema.ts';
import { listStoredReferrers, type ListReferrersInput, type ReferrerPage } from './list-stored-referrers.ts';
import { listMirroredReferrers, type MirroredListApp } from './mirrored/list-mirrored.ts';

type Input = Omit<ListReferrersInput, 'repositoryId'> & { repository: FoundRepository };

/**
 * Lists referrers in digest order, from the upstream for a mirror. `status` is null unless the repository is mirrored.
 */
export async function listReferrers(
  app: MirroredListApp,
  { repository, ...asked }: Input,
): Promise<ReferrerPage & { status: CacheStatus | null }> {
  if (isMirrored(repository)) return listMirroredReferrers(app, { repository, ...asked });
  const page = await listStoredReferrers(app, { repositoryId: repository.id, ...asked });
  return { ...page, status: null };
}
