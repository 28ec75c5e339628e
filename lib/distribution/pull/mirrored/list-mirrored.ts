// Pages an upstream's lists, which are fetched whole.
import type pg from 'pg';
import type { StoredSecrets } from '#lib/keys/stored-secrets.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { isAppError } from '#lib/platform/errors.ts';
import type { Offload } from '#lib/platform/concurrency/offload.ts';
import { isUpstreamFailure } from '#lib/upstream/pull-through/request-upstream.ts';
import { listUpstreamReferrers } from '#lib/upstream/pull-through/list-upstream-referrers.ts';
import { listUpstreamTags } from '#lib/upstream/pull-through/list-upstream-tags.ts';
import type { MirroredRepository } from '#lib/upstream/mirrors/mirrored-repository.ts';
import type { CacheStatus } from '#lib/upstream/schema.ts';
import type { UpstreamRuntime } from '#lib/upstream/pull-through/upstream-runtime.ts';
import {
  listStoredReferrers,
  type ListReferrersInput,
  type ReferrerPage,
} from '#lib/distribution/pull/list-stored-referrers.ts';
import { listStoredTags, type TagPage } from '#lib/distribution/pull/list-stored-tags.ts';

const MAX_REFERRERS_PER_PAGE = 1000;

export type MirroredListApp = {
  db: Db;
  pool: pg.Pool;
  secrets: StoredSecrets;
  upstream: UpstreamRuntime;
  offload: Offload;
};
type Cached<Page> = Page & { status: CacheStatus };

/**
 * Lists tags. Falls back to stored tags when the upstream is unreachable and no list is cached.
 * @throws AppError `repository_not_found`
 */
export async function listMirroredTags(
  app: MirroredListApp,
  { repository, limit, last }: { repository: MirroredRepository; limit: number; last: string | null },
): Promise<Cached<TagPage>> {
  try {
    const { tags, status } = await listUpstreamTags(app, repository);
    const rest = last === null ? tags : tags.filter((tag) => tag > last);
    return { tags: rest.slice(0, limit), hasMore: limit > 0 && rest.length > limit, status };
  } catch (error) {
    if (!isAway(error)) throw error;
    const page = await listStoredTags(app, { repositoryId: repository.id, limit, last });
    if (page.tags.length === 0) throw error;
    return { ...page, status: 'STALE' };
  }
}

/** Lists referrers. Falls back to stored referrers when the upstream is unreachable and no list is cached. */
export async function listMirroredReferrers(
  app: MirroredListApp,
  { repository, ...input }: Omit<ListReferrersInput, 'repositoryId'> & { repository: MirroredRepository },
): Promise<Cached<ReferrerPage>> {
  const { subject, artifactType, last } = input;
  try {
    const { referrers, status } = await listUpstreamReferrers(app, { repository, subject });
    const rest = referrers
      .filter((referrer) => artifactType === null || referrer.artifactType === artifactType)
      .filter(({ digest }) => last === null || digest > last)
      .sort((a, b) => (a.digest < b.digest ? -1 : 1));
    const page = rest.slice(0, MAX_REFERRERS_PER_PAGE).map(({ mediaType, digest, size, ...more }) => {
      const { artifactType: type, annotations } = more;
      return { mediaType, digest, size, ...(type && { artifactType: type }), ...(annotations && { annotations }) };
    });
    return { referrers: page, hasMore: rest.length > page.length, status };
  } catch (error) {
    if (!isAway(error)) throw error;
    return { ...(await listStoredReferrers(app, { repositoryId: repository.id, ...input })), status: 'STALE' };
  }
}

/**
 * Reports whether the upstream is unreachable. An invalid or endless list doesn't count, because clients would take the
 * stored part for the whole.
 */
function isAway(error: unknown): boolean {
  return isUpstreamFailure(error) && !(isAppError(error) && error.code === 'upstream_invalid');
}
