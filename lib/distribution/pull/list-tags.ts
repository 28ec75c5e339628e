import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import { isMirrored } from '#lib/upstream/mirrors/mirrored-repository.ts';
import type { CacheStatus } from '#lib/upstream/schema.ts';
import { listStoredTags, type TagPage } from './list-stored-tags.ts';
import { listMirroredTags, type MirroredListApp } from './mirrored/list-mirrored.ts';

type Input = { repository: FoundRepository; limit: number; last: string | null };

/** Lists tags in ASCII order, from the upstream for a mirror. `status` is null unless the repository is mirrored. */
export async function listTags(
  app: MirroredListApp,
  { repository, limit, last }: Input,
): Promise<TagPage & { status: CacheStatus | null }> {
  if (isMirrored(repository)) return listMirroredTags(app, { repository, limit, last });
  const page = await listStoredTags(app, { repositoryId: repository.id, limit, last });
  return { ...page, status: null };
}
